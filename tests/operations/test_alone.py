"""One small record checked by itself: the same answers as a dry load gives, whatever is wrong with it."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from catalog_service.errors import InputError
from catalog_service.operations.alone import check_alone
from catalog_service.operations.load import Source, load
from tests.catalogues import bench_turtle, load_text, make_catalogue
from tests.operations.stories import agency, product
from tests.shapes.cases import KINDS, case_files, record_iri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.operations.catalogue import Catalogue

ITSELF = "https://bench.example/id/service-product/TEST-0001"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path_factory.mktemp("alone") / "home")
    load_text(made, json.dumps([agency(), agency(2)]), "agencies.json")
    yield made
    made.close()


def source(data: bytes | str, name: str) -> Source:
    return Source(name, io.BytesIO(data.encode() if isinstance(data, str) else data), True)


def assert_same(catalogue: Catalogue, data: bytes | str, name: str, kind: str = "") -> None:
    alone = check_alone(catalogue, [source(data, name)], kind)
    loaded = load(catalogue, [source(data, name)], actor="test", kind=kind, dry=True)

    assert alone is not None
    assert alone.findings == loaded.findings
    assert alone.counts["read"] == loaded.counts["read"]
    assert [(each.iri, each.title) for each in alone.taken] == [(each.iri, each.title) for each in loaded.taken]


@pytest.mark.parametrize("kind", KINDS)
def test_every_case_of_the_shapes_is_answered_as_by_a_load(catalogue: Catalogue, kind: str) -> None:
    for case in list(case_files(kind))[::6]:
        own = sorted(line for line in case.triples.splitlines() if line.startswith(f"<{record_iri(kind)}"))
        assert_same(catalogue, "\n".join(own), "case.nt")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"provider": ["没有这家机构"]},
        {"provider": [str(agency(2)["name"]["zh"])]},
        {"provider": [str(agency()["uscc"])]},
        {"related": ["专利检索与分析第 1 号"]},
        {"related": ["TEST-0001"]},
        {"related": [ITSELF]},
        {"category": ["没有"], "nobody": "knows"},
        {"title": {"zh": "\u0007"}},
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_record_of_json_is_answered_as_by_a_load(
    catalogue: Catalogue, changes: dict[str, object], named: bool
) -> None:
    record = {"kind": "service-product", **product(1, **changes)}
    if not named:
        del record["identifier"]

    assert_same(catalogue, json.dumps(record, ensure_ascii=False), "record.json")


def test_a_table_of_one_row_is_answered_as_by_a_load(catalogue: Catalogue) -> None:
    assert_same(catalogue, "名称,服务类别\n检索,没有\n", "one.csv", "service-product")


@pytest.mark.parametrize(
    ("data", "name"), [("[]", "none.json"), ("<urn:a> <urn:b> 1 .", "none.ttl"), (bench_turtle(0, 1) + "x", "x.ttl")]
)
def test_what_holds_no_record_or_a_broken_end_is_answered_as_by_a_load(
    catalogue: Catalogue, data: str, name: str
) -> None:
    assert_same(catalogue, data, name)


def test_what_cannot_be_read_is_the_same_error(catalogue: Catalogue) -> None:
    with pytest.raises(InputError):
        check_alone(catalogue, [source(b"\x00\x01", "x")], "")


def test_more_than_one_record_is_left_to_a_load(catalogue: Catalogue) -> None:
    many = source(bench_turtle(1, 1), "two.ttl")

    assert check_alone(catalogue, [many], "") is None
    assert load(catalogue, [many], actor="test", dry=True).counts["read"] == 2


def test_two_sources_and_large_ones_are_left_to_a_load(catalogue: Catalogue) -> None:
    assert check_alone(catalogue, [source("{}", "a.json"), source("{}", "b.json")], "") is None
    assert check_alone(catalogue, [source(" " * 70_000 + "{}", "a.json")], "") is None


def test_the_same_record_again_and_again_gives_the_same_answer(catalogue: Catalogue) -> None:
    record = json.dumps({"kind": "service-product", **product(1, category=["没有"])})
    answers = [check_alone(catalogue, [source(record, "r.json")], "") for _ in range(3)]

    assert answers[0] is not None
    assert all(each is not None and each.findings == answers[0].findings for each in answers)
