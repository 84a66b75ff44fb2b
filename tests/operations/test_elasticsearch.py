"""The same catalogue on a real Elasticsearch: the same hits, counts and order; when it dies, the records are safe."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.errors import IndexUnavailable
from catalog_service.operations import follow
from catalog_service.operations.documents import Maker
from catalog_service.operations.reindex import compare, rebuild, status, use
from catalog_service.operations.sample import load_samples
from catalog_service.operations.search import SearchRequest, search
from tests.catalogues import make_catalogue
from tests.operations.stories import agency, contents, load_json, made_anew, product, run_python

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue
    from tests.elasticsearch_server import Server

CLEAN: dict[str, list[str]] = {"missing": [], "stale": [], "extra": []}

QUERIES = (
    SearchRequest(),
    SearchRequest(q="专利检索"),
    SearchRequest(q="检测 南宁", filters={"deliveryMode": ("on-site", "hybrid")}),
    SearchRequest(q="zljs"),
    SearchRequest(q="服务 -培训", sort="price"),
    SearchRequest(q='"技术转移" OR 成果转化', lang="en"),
    SearchRequest(filters={"areaServed": ("450200",), "price": ("1000-20000", "negotiable")}),
    SearchRequest(filters={"category": ("03", "05"), "period": ("30",)}, sort="price"),
    SearchRequest(q="知识产权", kind="service-agency"),
    SearchRequest(filters={"providerRegion": ("450100",), "fullyOnline": ("true",)}),
    SearchRequest(q="专力检所"),
    SearchRequest(q="检测", filters={"category": ("07",), "deliveryMode": ("mail-in",)}),
)


@pytest.fixture
def options(elasticsearch_options: dict[str, Any]) -> dict[str, Any]:
    return {
        "search__engine": "elasticsearch",
        "search__url": elasticsearch_options["url"],
        "search__index_prefix": elasticsearch_options["index_prefix"],
    }


@pytest.fixture
def catalogue(tmp_path: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    monkeypatch.setattr(follow, "open_engine", partial(follow.open_engine, patience=1.0))
    made = make_catalogue(tmp_path / "home", **options)
    yield made
    made.close()


def answers(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return everything a page shows of each query, but for the time it took."""
    pages = [search(catalogue, replace(request, size=10)) for request in QUERIES]
    further = [search(catalogue, replace(p.request, size=10, after=p.next)) for p in pages if p.next]
    return [
        {
            "hits": [(hit.id, hit.score, hit.highlight) for hit in page.hits],
            "total": page.total,
            "facets": page.facets,
            "tabs": page.tabs,
            "relaxed": (page.relaxations, page.dropped, page.did_you_mean),
        }
        for page in (*pages, *further)
    ]


def test_the_samples_give_the_same_hits_counts_and_order_on_both_engines(catalogue: Catalogue) -> None:
    load_samples(catalogue)
    distributed = answers(catalogue)
    catalogue.close()
    other = make_catalogue(catalogue.home, search__engine="embedded")
    other.index.bring_to(other.store.last_seq())

    for request, one, two in zip(QUERIES, answers(other), distributed, strict=False):
        assert (request, one) == (request, two)
    assert compare(catalogue) == compare(other) == CLEAN
    other.close()


def test_a_catalogue_moves_to_the_server_and_back_by_one_setting(tmp_path: Path, options: dict[str, Any]) -> None:
    settings = options | {"search__engine": "embedded"}
    catalogue = make_catalogue(tmp_path / "home", **settings)
    load_json(catalogue, agency(), product(1), product(2))

    use(catalogue, "elasticsearch")
    assert (status(catalogue)["engine"], search(catalogue, SearchRequest()).total) == ("elasticsearch", 2)
    load_json(catalogue, product(3))
    assert contents(catalogue.index.engine) == made_anew(catalogue)

    use(catalogue, "embedded")
    assert (search(catalogue, SearchRequest()).total, compare(catalogue)) == (3, CLEAN)
    catalogue.close()


def test_a_rebuild_leaves_one_index_and_misses_nothing_written_meanwhile(
    catalogue: Catalogue, elasticsearch_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_json(catalogue, agency(), *(product(n) for n in range(1, 6)))
    whole, calls = Maker.changes, []

    def meanwhile(self: Maker, entries: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            load_json(catalogue, product(7), product(2, title={"zh": "商标检索"}))
        return whole(self, entries)

    monkeypatch.setattr(Maker, "changes", meanwhile)
    rebuild(catalogue)
    catalogue.index.bring_to(catalogue.store.last_seq())

    assert contents(catalogue.index.engine) == made_anew(catalogue)
    prefix = catalogue.settings.text("search.index_prefix")
    assert len(elasticsearch_server.request("GET", f"/{prefix}*/_settings")) == 1


LOAD = """
import sys
from functools import partial
from pathlib import Path
from catalog_service.cli import kebao
from catalog_service.operations import follow
from catalog_service.operations import load as loading
from catalog_service.operations.intake import Intake
loading.CHUNK = 5
follow.open_engine = partial(follow.open_engine, patience=0.5)
whole = Intake.take
def take(self, candidates):
    taken = whole(self, candidates)
    print("stored", flush=True)
    if candidates[0].record.kind == "service-product":
        sys.stdin.readline()
    return taken
Intake.take = take
kebao(["--home", sys.argv[1], "load", sys.argv[2], "--publish"])
"""


def test_a_server_that_dies_in_mid_load_loses_no_record_and_is_caught_up_with(
    catalogue: Catalogue, elasticsearch_server: Server, tmp_path: Path
) -> None:
    if not elasticsearch_server.owned:
        pytest.skip("the server is not ours to stop")
    load_json(catalogue, agency(), product(90))
    settings = "\n".join(
        f'{name} = "{catalogue.settings.text(name)}"'
        for name in ("search.engine", "search.url", "search.index_prefix", "catalogue.iri_base")
    )
    (catalogue.home / "kebao.toml").write_text(settings)
    catalogue.close()
    file = tmp_path / "records.json"
    file.write_text(json.dumps([product(n) for n in range(20)]), encoding="utf-8")
    child = run_python(LOAD, catalogue.home, str(file), stdin=-1)
    assert child.stdin
    assert child.stdout
    assert child.stdout.readline() == "stored\n"
    elasticsearch_server.kill()
    try:
        out, err = child.communicate("\n" * 10, timeout=120)

        assert (child.returncode, err) == (1, "")
        assert "20 new" in out
        assert "does not show them yet" in out
        with pytest.raises(IndexUnavailable):
            search(catalogue, SearchRequest())
        assert catalogue.store.count(live=True) == 22
    finally:
        elasticsearch_server.start()

    catalogue.close()
    assert catalogue.index.bring_to(catalogue.store.last_seq())
    assert search(catalogue, SearchRequest()).total == 21
    assert compare(catalogue) == CLEAN


def test_no_server_at_all_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "open_engine", partial(follow.open_engine, patience=0.1))
    catalogue = make_catalogue(tmp_path, search__engine="elasticsearch", search__url="http://127.0.0.1:9")

    result = load_json(catalogue, agency(), product(1))

    assert (result.counts["published"], result.behind) == (2, True)
    assert [each.code for each in result.findings if each.constraint == "index"] == ["index-behind"]
    with pytest.raises(IndexUnavailable):
        search(catalogue, SearchRequest())
    catalogue.close()
