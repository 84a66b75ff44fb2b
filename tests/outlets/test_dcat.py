"""``/catalog`` over the sample records: the same graph in four syntaxes, walked page by page as harvesters walk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest
from rdflib import BNode, Graph, URIRef
from rdflib.compare import to_isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from catalog_service.errors import BadQuery, Gone, NotAcceptable
from catalog_service.operations.load import Source, load
from catalog_service.operations.paging import seal
from catalog_service.operations.publish import withdraw
from catalog_service.outlets.base import Request, Response, address
from catalog_service.outlets.dcat import FORMATS, HYDRA, answer
from catalog_service.resources import folder
from tests.catalogues import bench_turtle, load_text, make_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own

PARSERS = {".ttl": "turtle", ".rdf": "xml", ".jsonld": "json-ld", ".nt": "nt"}
STATUS = URIRef("http://www.w3.org/ns/adms#status")
DELETED = URIRef("https://w3id.org/stsp/ns#deleted")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path_factory.mktemp("dcat"))
    sources = [Source(name, folder("samples") / name) for name in ("agencies.xlsx", "products.xlsx")]
    load(made, sources, actor="test", publishing=True)
    yield made
    made.close()


def ask(catalogue: Catalogue, path: str = "/catalog.nt", accept: str = "", **arguments: str) -> Response:
    return answer(catalogue, Request(path, tuple(arguments.items()), accept))


def graph(answered: Response) -> Graph:
    ending = next(ending for ending, media_type in FORMATS.items() if media_type == answered.media_type)
    return Graph().parse(data=answered.body, format=PARSERS[ending])


def next_key(answered: Response) -> str:
    found = re.search(r'after=([^&>]+)[^>]*>; rel="next"', answered.headers["Link"])
    return found[1] if found else ""


@pytest.mark.parametrize("text", ["a>b", "a b", "x>\n<urn:a", "1"])
def test_deleted_is_true_or_false(catalogue: Catalogue, text: str) -> None:
    with pytest.raises(BadQuery):
        ask(catalogue, deleted=text)


def walk(catalogue: Catalogue, path: str = "/catalog.nt", **arguments: str) -> list[Response]:
    pages = [ask(catalogue, path, **arguments)]
    while key := next_key(pages[-1]):
        pages.append(ask(catalogue, path, after=key, **arguments))
    return pages


def topics(pages: list[Response]) -> list[str]:
    return [str(topic) for page in pages for topic in graph(page).objects(None, FOAF.primaryTopic)]


@pytest.mark.parametrize("ending", list(FORMATS))
def test_every_syntax_holds_the_same_records(catalogue: Catalogue, ending: str) -> None:
    page, plain = (graph(ask(catalogue, path)) for path in (f"/catalog{ending}", "/catalog.nt"))
    for each in (page, plain):
        for node in set(each.subjects(RDF.type, URIRef(HYDRA + "PartialCollectionView"))):
            each.remove((node, None, None))
            each.remove((None, None, node))

    assert to_isomorphic(page) == to_isomorphic(plain)


@pytest.mark.parametrize("ending", list(FORMATS))
def test_a_walk_meets_every_record_once(catalogue: Catalogue, ending: str) -> None:
    pages = walk(catalogue, f"/catalog{ending}")

    found = topics(pages)
    assert len(pages) > 1
    assert len(found) == len(set(found)) == catalogue.store.count(live=True)


def test_each_page_has_one_paging_node_that_agrees_with_its_links(catalogue: Catalogue) -> None:
    pages = walk(catalogue, "/catalog.ttl")

    for page in pages:
        found = graph(page)
        nodes = set(found.subjects(RDF.type, URIRef(HYDRA + "PagedCollection")))
        assert nodes == set(found.subjects(RDF.type, URIRef(HYDRA + "PartialCollectionView")))
        (node,) = nodes
        following = [str(each) for each in found.objects(node, URIRef(HYDRA + "next"))]
        assert following == [str(each) for each in found.objects(node, URIRef(HYDRA + "nextPage"))]
        assert following == re.findall(r'<([^>]*)>; rel="next"', page.headers["Link"])
    assert not following


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "modified_since=2099-01-01",
        "deleted=false",
        "modified_since=2020-01-01T00:00:00Z&deleted=true",
        "x=%3E%20%22",
    ],
)
def test_the_paging_node_is_called_as_the_page_was_asked_for(catalogue: Catalogue, asked: str) -> None:
    answered = answer(catalogue, Request("/catalog.nt", tuple(parse_qsl(asked))))

    (node,) = graph(answered).subjects(RDF.type, URIRef(HYDRA + "PartialCollectionView"))
    assert str(node) == f"{address(catalogue)}/catalog.nt" + (f"?{asked}" if asked else "")


def test_every_page_stands_by_itself(catalogue: Catalogue) -> None:
    for page in walk(catalogue, "/catalog.ttl"):
        found = graph(page)
        (node,) = found.subjects(RDF.type, DCAT.Catalog)
        assert {title.language for title in found.objects(node, DCTERMS.title)} == {"zh", "en"}  # type: ignore[attr-defined]
        assert [found.value(publisher, FOAF.name) for publisher in found.objects(node, DCTERMS.publisher)] != [None]
        assert not [each for each in found.all_nodes() if isinstance(each, BNode)]


def test_a_listed_record_is_the_one_that_oai_identifies(catalogue: Catalogue) -> None:
    found = graph(ask(catalogue))

    identifiers = {str(each) for about in found.subjects(RDF.type, DCAT.CatalogRecord)
                   for each in found.objects(about, DCTERMS.identifier)}  # fmt: skip
    assert identifiers <= {row.identifier for row in catalogue.store.listing_records(limit=500)}
    assert len(identifiers) == 100


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("text/turtle;q=0.5, application/rdf+xml", "application/rdf+xml"),
        ("text/turtle;q=0, */*;q=0.1", "application/rdf+xml"),
        ("application/n-triples;q=0.2, application/*;q=0.1", "application/n-triples"),
    ],
)
def test_the_form_is_the_one_that_is_accepted(catalogue: Catalogue, accept: str, media_type: str) -> None:
    answered = ask(catalogue, "/catalog", accept)

    assert answered.media_type == media_type
    assert answered.headers["Vary"] == "Accept"


def test_a_form_that_is_not_offered_is_told_with_those_that_are(catalogue: Catalogue) -> None:
    with pytest.raises(NotAcceptable) as refused:
        ask(catalogue, "/catalog", "image/png")

    assert "text/turtle" in str(refused.value.values["known"])


def test_keys_that_are_not_ours_or_of_an_old_epoch_are_gone(catalogue: Catalogue) -> None:
    good = next_key(ask(catalogue))
    secret = catalogue.secret("page-key")

    for key in ("junk", good[:-3] + "AAA", seal(b"other", ["catalog", 1, 5]), seal(secret, ["catalog", 99, 5]),
                seal(secret, ["oai", 1, 5]), seal(secret, {"a": 1})):  # fmt: skip
        with pytest.raises(Gone):
            ask(catalogue, after=key)


def test_a_day_that_does_not_exist_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(BadQuery):
        ask(catalogue, modified_since="2024-02-30")


def test_changes_since_hold_what_was_withdrawn(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path)
    load_text(catalogue, bench_turtle(4))
    withdraw(catalogue, "BP-0000002", "given up", actor="test")

    whole, changes, tombs = (
        graph(ask(catalogue, **arguments)) for arguments in ({}, {"modified_since": "2020-01-01"}, {"deleted": "true"})
    )

    gone = URIRef("https://bench.example/id/record/BP-0000002")
    assert (gone, STATUS, DELETED) not in whole
    for listed in (changes, tombs):
        assert (gone, STATUS, DELETED) in listed
        assert (URIRef("https://bench.example/id/service-product/BP-0000002"), None, None) not in listed
    counted = [
        {str(each) for each in listed.objects(None, URIRef(HYDRA + "totalItems"))} for listed in (whole, changes)
    ]
    assert counted == [{"6"}, {"7"}]
    assert topics([ask(catalogue, modified_since="2099-01-01")]) == []
    catalogue.close()
