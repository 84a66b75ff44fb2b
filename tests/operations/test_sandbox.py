"""The sandbox: the same answers as in the server's process, and no harm from what is made to do harm."""

from __future__ import annotations

import gzip
import io
import json
import logging
import os
import select
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from catalog_service.errors import (
    InputError,
    TooCostly,
    TooLarge,
    UnreadableInput,
    UnsupportedFormat,
)
from catalog_service.i18n import explain
from catalog_service.model.report import Finding
from catalog_service.operations.load import Source, load
from catalog_service.operations.sandbox import SMALL, must_be_isolated
from tests.catalogues import bench_turtle, load_text, make_catalogue
from tests.operations.probing import FORGED, ProbingSandbox
from tests.operations.tables import row, rows_of, table, workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.config import Value
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.load import LoadResult

KIND = "service-product"
LARGE = "-" * 2 * SMALL


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path_factory.mktemp("sandbox") / "home")
    load_text(made, bench_turtle(0))
    yield made
    made.close()


@pytest.fixture(scope="module")
def probing(catalogue: Catalogue) -> Iterator[ProbingSandbox]:
    made = ProbingSandbox(catalogue.settings, catalogue.profile.kinds)
    yield made
    made.close()


def checked(catalogue: Catalogue, data: bytes | str, name: str, *, foreign: bool, kind: str = "") -> LoadResult:
    content = data.encode() if isinstance(data, str) else data
    return load(catalogue, [Source(name, io.BytesIO(content), foreign)], actor="test", kind=kind, dry=True)


def probe(sandbox: ProbingSandbox, what: str) -> str:
    """Return what a function says that is run in a worker."""
    source = Source("probe", io.BytesIO(b"body"), True)
    with sandbox.open([source]) as job:
        (found,) = job.read(source, what)
    assert isinstance(found, Finding)
    return found.message["en"]


def assert_alive(catalogue: Catalogue) -> None:
    assert checked(catalogue, bench_turtle(30), "good.ttl", foreign=True).counts["checked"] == 33


# what goes there


@pytest.mark.parametrize(
    ("data", "foreign", "isolated"),
    [
        (b"x" * SMALL, True, False),
        (b"x" * (SMALL + 1), True, True),
        (b"x" * (SMALL + 1), False, False),
        (gzip.compress(b"x"), True, True),
        (b"PK\x03\x04", True, True),
    ],
)
def test_what_is_foreign_and_large_or_packed_is_isolated(data: bytes, foreign: bool, isolated: bool) -> None:
    source = Source("x", io.BytesIO(data), foreign)

    assert must_be_isolated(source) is isolated
    assert isinstance(source.data, io.BytesIO)
    assert source.data.tell() == 0


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "home", sandbox__enabled="off")

    assert checked(catalogue, bench_turtle(30), "x.ttl", foreign=True).counts["read"] == 33
    assert "sandbox" not in vars(catalogue)
    catalogue.close()


# the same answers


def documents(catalogue: Catalogue) -> dict[str, bytes]:
    """Return fifty records in every format, some of them bad."""
    turtle = bench_turtle(50).replace("schema:price ", "schema:prize ", 5)
    good = [row(n) for n in range(45)]
    bad = [row(n, category="没有", offer__price="很便宜", provider="无此机构") for n in range(45, 50)]
    rows = rows_of(*good, *bad)
    quads = list(_parsed(turtle))
    return {
        "x.ttl": turtle.encode(),
        "x.ttl.gz": gzip.compress(turtle.encode()),
        "broken.ttl": turtle.replace("schema:provider", "schema:provider ]", 3).encode(),
        "x.nt": _serialized(quads, "N_TRIPLES"),
        "x.rdf": _serialized(quads, "RDF_XML"),
        "x.jsonld": _serialized(quads, "JSON_LD"),
        "ours.jsonld": _with_our_context(_serialized(quads, "JSON_LD")),
        "x.csv": table(rows).encode("gb18030"),
        "x.xlsx": workbook(rows),
        "x.jsonl": b"\n".join(_wrong_form(n) for n in range(90)),
    }  # fmt: skip


def _wrong_form(number: int) -> bytes:
    return json.dumps({"kind": KIND, "title": {"zh": f"第 {number} 号"}, "x": [], "offer": [[number]]}).encode()


def _with_our_context(expanded: bytes) -> bytes:
    document = {"@context": "https://w3id.org/stsp/context.jsonld", "@graph": json.loads(expanded)}
    return json.dumps(document).encode()


def _parsed(turtle: str) -> Iterator[object]:
    import pyoxigraph as ox

    yield from ox.parse(turtle, format=ox.RdfFormat.TURTLE)


def _serialized(quads: list[object], form: str) -> bytes:
    import pyoxigraph as ox

    return ox.serialize(quads, format=getattr(ox.RdfFormat, form)) or b""  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    ["x.ttl", "x.ttl.gz", "broken.ttl", "x.nt", "x.rdf", "x.jsonld", "ours.jsonld", "x.csv", "x.xlsx", "x.jsonl"],
)
def test_the_answers_are_those_of_our_own_process(catalogue: Catalogue, name: str) -> None:
    data = documents(catalogue)[name]
    here = checked(catalogue, data, name, foreign=False)

    there = load(catalogue, [Source(name, io.BytesIO(data))], actor="test", dry=True, isolated=True)

    assert here.counts["read"] >= 50
    assert there.counts == here.counts
    assert there.findings == here.findings
    assert [each.iri for each in there.taken] == [each.iri for each in here.taken]


def test_what_is_stored_in_many_chunks_is_the_same_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several chunks the next one is checked while one is stored."""
    monkeypatch.setattr("catalog_service.operations.load.CHUNK", 7)
    forms = []
    for foreign in (False, True):
        catalogue = make_catalogue(tmp_path / str(foreign))
        source = Source("x.ttl", io.BytesIO(bench_turtle(50).encode()), foreign)
        result = load(catalogue, [source], actor="test", publishing=True)
        assert result.counts["published"] == 53
        assert ("sandbox" in vars(catalogue)) is foreign
        rows = catalogue.store.listing_records(limit=100)
        forms.append([(row.iri, row.working_hash, row.public_hash) for row in rows])
        catalogue.close()

    assert forms[0] == forms[1]


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("x.bin", b"\x00" * len(LARGE), UnsupportedFormat),
        ("x.jsonld", b'{"@context": "https://example.org/x", "a": "%s"}' % LARGE.encode(), UnreadableInput),
        ("x.ttl.gz", gzip.compress(bench_turtle(1).encode())[:-9], UnreadableInput),
        ("x.rdf", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>%s</x>' % LARGE.encode(), UnreadableInput),
        ("x.json", b"[" * len(LARGE), UnreadableInput),
    ],
)
def test_an_error_is_the_one_our_own_process_raises(
    catalogue: Catalogue, name: str, data: bytes, error: type[InputError]
) -> None:
    with pytest.raises(error) as here:
        checked(catalogue, data, name, foreign=False)

    with pytest.raises(error) as there:
        checked(catalogue, data, name, foreign=True)

    for lang in ("zh", "en"):
        assert explain(there.value, lang) == explain(here.value, lang)
    assert_alive(catalogue)


# harm


def test_a_gzip_bomb_meets_a_limit(catalogue: Catalogue) -> None:
    bomb = gzip.compress(b"<urn:x:a> <urn:x:b> <urn:x:c> .\n" * 5_000_000)

    with pytest.raises(InputError) as caught:
        checked(catalogue, bomb, "bomb.nt.gz", foreign=True)
    assert caught.value.status in (413, 422)
    assert_alive(catalogue)


@pytest.mark.parametrize(("count", "text"), [(1_000_000, ""), (40_000, "长" * 200)])
def test_a_million_triples_on_one_subject_cost_that_record_and_no_other(
    catalogue: Catalogue, count: int, text: str
) -> None:
    node = bench_turtle(1, 1).partition("/id/service-product/")[2].partition(">")[0]
    many = "".join(
        f'<https://bench.example/id/service-product/{node}> <urn:x:p> "{number}{text}" .\n' for number in range(count)
    )
    data = f"{bench_turtle(1, 1)}{many}<urn:x:a> a <https://w3id.org/stsp/ns#ServiceAgency> ."

    result = checked(catalogue, data, "wide.ttl", foreign=False)

    assert result.counts["read"] == 2
    assert len([each for each in result.findings if each.code == "too-large"]) == 1


def test_a_million_triples_on_one_subject_end_within_the_limits_of_a_worker(catalogue: Catalogue) -> None:
    many = "".join(f'<urn:x:a> <urn:x:p> "{number}" .\n' for number in range(1_000_000))

    try:
        refused = checked(catalogue, many, "wide.nt", foreign=True).refused
    except InputError as error:
        refused = int(error.status in (413, 422))

    assert refused == 1
    assert_alive(catalogue)


def test_memory_is_bounded(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "home", sandbox__memory=30_000_000, sandbox__wall_seconds=60)
    members = ",".join(f'"m{n}": [[], {{}}]' for n in range(700_000))

    with pytest.raises(InputError) as caught:
        checked(catalogue, f'{{"kind": "service-product", {members}}}', "wide.json", foreign=True)

    assert caught.value.status in (413, 422)
    assert_alive(catalogue)
    catalogue.close()


def test_a_document_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    """Ten megabytes of legal Turtle that never becomes a record: nested as deep as a tree can be, and never closed."""
    catalogue = make_catalogue(tmp_path / "home")
    no_time: dict[str, Value] = {"sandbox.cpu_seconds": 0, "sandbox.wall_seconds": 0}
    catalogue.settings = replace(catalogue.settings, values={**catalogue.settings.values, **no_time})
    nested = "<urn:x:a> <urn:x:p> " + "[ <urn:x:p> " * 400_000 + '"x"' + "]" * 400_000 + " ."

    with pytest.raises(TooCostly) as caught:
        checked(catalogue, nested, "deep.ttl", foreign=True)

    assert caught.value.status == 422
    assert "deep.ttl" in explain(caught.value, "zh")[0]
    catalogue.close()


def test_a_worker_that_eats_memory_is_stopped(probing: ProbingSandbox) -> None:
    with pytest.raises(TooLarge) as caught:
        probe(probing, "eat_memory")

    assert caught.value.status == 413


@pytest.mark.parametrize("what", ["spin", "wait"])
def test_a_worker_that_does_not_answer_is_ended(catalogue: Catalogue, what: str, tmp_path: Path) -> None:
    settings = make_catalogue(tmp_path / "home", sandbox__wall_seconds=1).settings
    sandbox = ProbingSandbox(settings, catalogue.profile.kinds)

    with pytest.raises(TooCostly):
        probe(sandbox, what)
    sandbox.close()


def test_processor_time_is_bounded_by_the_kernel(catalogue: Catalogue, tmp_path: Path) -> None:
    settings = make_catalogue(tmp_path / "home", sandbox__wall_seconds=500, sandbox__cpu_seconds=1).settings
    sandbox = ProbingSandbox(settings, catalogue.profile.kinds)

    with pytest.raises(TooCostly, match="longer"):
        probe(sandbox, "spin")
    sandbox.close()


@pytest.mark.parametrize("what", ["die", "abort"])
def test_a_worker_that_dies_is_an_error_of_what_was_sent(
    probing: ProbingSandbox, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(TooCostly) as caught:
        probe(probing, what)

    assert caught.value.status == 422
    assert "broke off" in caplog.text


def test_a_zygote_that_dies_is_replaced(probing: ProbingSandbox) -> None:
    probe(probing, "connect")
    assert probing._process is not None
    probing._process.kill()
    probing._process.wait()

    assert probe(probing, "connect") == "24"


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_jobs_at_the_same_time_have_workers_of_their_own(probing: ProbingSandbox) -> None:
    source = Source("probe", io.BytesIO(b"body"), True)

    with probing.open([source]) as one, probing.open([source]) as two, probing.open([source]) as three:
        found = [next(iter(job.read(source, "tell_pid"))) for job in (one, two, three)]

    assert len({each.message["en"] for each in found if isinstance(each, Finding)}) == 3


def test_a_spare_worker_that_died_is_done_without(probing: ProbingSandbox) -> None:
    probe(probing, "connect")
    assert probing._process is not None
    for spare in children_of(probing._process.pid):
        os.kill(spare, signal.SIGKILL)

    assert {probe(probing, "connect") for _ in range(3)} == {"24"}


def test_no_worker_outlives_the_zygote(catalogue: Catalogue) -> None:
    sandbox = ProbingSandbox(catalogue.settings, catalogue.profile.kinds)
    probe(sandbox, "connect")
    assert sandbox._process is not None
    pids = children_of(sandbox._process.pid)
    ends = [os.pidfd_open(pid) for pid in pids]
    sandbox.close()

    for end in ends:
        assert select.select([end], [], [], 60)[0]
        os.close(end)


def test_nobody_can_be_reached(probing: ProbingSandbox) -> None:
    assert probe(probing, "connect") == "24"  # EMFILE: no socket can be made
    assert probing.network in ("none", "no sockets")


@pytest.mark.parametrize(
    ("what", "errno"), [("open_passwd", "24"), ("write_file", "24"), ("write_to_body", "too large")]
)
def test_no_file_can_be_opened_or_written(probing: ProbingSandbox, what: str, errno: str) -> None:
    assert probe(probing, what) == errno


@pytest.mark.parametrize("what", [*FORGED, "endless"])
def test_what_no_worker_of_ours_says_is_not_believed(
    probing: ProbingSandbox, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    source = Source("forged", io.BytesIO(b""), True)

    with probing.open([source]) as job, pytest.raises(TooCostly):
        list(job.read(source, what))


def test_too_many_records_over_the_network_are_refused(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "home", limits__upload_records=40)

    assert checked(catalogue, bench_turtle(45), "x.ttl", foreign=False).counts["read"] == 48
    with pytest.raises(TooLarge, match="more than 40 records"):
        checked(catalogue, bench_turtle(45), "x.ttl", foreign=True)
    catalogue.close()
