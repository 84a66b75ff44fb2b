"""What is uploaded speaks of its own records only: no shapes, no classes of ours, nothing about other subjects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from catalog_service.model.record import parse_canonical
from tests.catalogues import BASE, bench_turtle, load_text, make_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.load import LoadResult

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix e: <https://evil.example/> .
"""
SUBJECT = f"<{BASE}/id/service-product/"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home")
    load_text(made, bench_turtle(0))
    yield made
    made.close()


def one_product(extra: str = "", **replaced: str) -> str:
    """Return the first bench product with statements added, or texts replaced."""
    text = bench_turtle(1)
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return text + PREFIXES + extra


def product_iri() -> str:
    start = bench_turtle(1).index(SUBJECT) + 1
    return bench_turtle(1)[start:].partition(">")[0]


def stored(catalogue: Catalogue) -> bytes:
    row = catalogue.store.by_iri(product_iri())
    assert row is not None
    version = catalogue.store.working(row.identifier)
    assert version is not None
    return version.canonical


def codes(result: LoadResult) -> set[str]:
    return {finding.code for finding in result.findings}


@pytest.fixture
def clean(catalogue: Catalogue) -> bytes:
    """How the product is stored when nothing foreign comes with it."""
    result = load_text(catalogue, one_product())
    assert result.counts["created"] == 1
    return stored(catalogue)


FOREIGN = {
    "shapes": "e:shape a sh:NodeShape ; sh:targetClass sts:ServiceProduct ; sh:deactivated true .",
    "our shapes off": "<https://w3id.org/stsp/shapes/service-product> sh:deactivated true .",
    "a class under ours": "e:Evil rdfs:subClassOf sts:ServiceAgency .",
    "our class elsewhere": "sts:ServiceProduct rdfs:subClassOf e:Evil ; owl:equivalentClass e:Other .",
    "a property of ours": "schema:provider rdfs:range e:Evil .",
    "a code of ours": "<https://w3id.org/stsp/cl/region/999999> a skos:Concept ; "
    "skos:inScheme <https://w3id.org/stsp/cl/region> ; skos:notation '999999' .",
    "a label of a code": "<https://w3id.org/stsp/cl/region/450000> skos:prefLabel '假'@zh .",
    "another record": f"<{BASE}/id/service-agency/BENCH-A0001> foaf:name '冒名'@zh .",
    "a stranger": "<https://evil.example/x> dct:title 'x'@en .",
    "imports": "<https://evil.example/> a owl:Ontology ; owl:imports <file:///etc/passwd> .",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_statements_about_anything_else_change_nothing(catalogue: Catalogue, clean: bytes, name: str) -> None:
    before = {row.iri: row.working_hash for row in catalogue.store.listing_records()}

    result = load_text(catalogue, one_product(FOREIGN[name]))

    assert stored(catalogue) == clean
    assert {row.iri: row.working_hash for row in catalogue.store.listing_records()} == before
    assert "no-record" in codes(result)
    assert result.counts["unchanged"] == result.counts["read"]


@pytest.mark.parametrize(
    "statement",
    [
        "sh:targetClass sts:ServiceProduct",
        "rdfs:subClassOf sts:ServiceAgency",
        "owl:sameAs <https://evil.example/x>",
        "sh:deactivated true",
        "a sh:NodeShape",
        "a owl:Class",
        "a rdfs:Class",
    ],
)
def test_schema_statements_on_the_record_itself_are_left_out_and_told(
    catalogue: Catalogue, clean: bytes, statement: str
) -> None:
    result = load_text(catalogue, one_product(f"<{product_iri()}> {statement} ."))

    assert stored(catalogue) == clean
    assert "schema-statement" in codes(result)


@pytest.mark.parametrize(
    "statements",
    [
        "<{iri}#c> rdfs:subClassOf sts:ServiceAgency .",
        "<{iri}> schema:provider <{iri}#me> . <{iri}#me> a <{iri}#c> . <{iri}#c> rdfs:subClassOf sts:ServiceAgency .",
    ],
)
def test_no_class_of_an_upload_passes_for_one_of_ours(catalogue: Catalogue, statements: str) -> None:
    result = load_text(catalogue, one_product(statements.replace("{iri}", product_iri())))

    assert codes(result) & {"schema-statement", "no-record"}
    assert "subClassOf" not in (stored(catalogue).decode() if result.counts["created"] else "")


@pytest.mark.parametrize(
    "provider",
    [
        "<{iri}#me> . <{iri}#me> a sts:ServiceAgency ; foaf:name '我'@zh .",
        "<{iri}#me> . <{iri}#me> a sts:ServiceProfessional ; foaf:name '我'@zh .",
        "[ a sts:ServiceAgency ; foaf:name '我'@zh ] .",
        "[ a sts:ServiceProfessional ; foaf:name '我'@zh ] .",
        "<https://evil.example/me> . <https://evil.example/me> a e:Evil . e:Evil rdfs:subClassOf sts:ServiceAgency .",
    ],
)
def test_a_provider_is_a_record_and_nothing_that_claims_to_be_one(catalogue: Catalogue, provider: str) -> None:
    iri = product_iri()
    text = re.sub(r"schema:provider <[^>]*> ;", "", bench_turtle(1))

    result = load_text(catalogue, f"{text}{PREFIXES}<{iri}> schema:provider {provider}".replace("{iri}", iri))

    row = catalogue.store.by_iri(iri)
    assert row is None or not row.live
    assert {"unknown-reference", "target-not-published"} & codes(result)


def test_a_code_is_of_our_lists_and_nothing_that_claims_to_be_one(catalogue: Catalogue) -> None:
    iri = product_iri()
    text = re.sub(r"dcat:theme <[^>]*> ;", f"dcat:theme <{iri}#code> ;", bench_turtle(1))
    claim = (
        f"<{iri}#code> a skos:Concept ; skos:inScheme <https://w3id.org/stsp/cl/service-category> ; "
        "skos:notation '0504' ; skos:prefLabel '假'@zh ; skos:broader <https://w3id.org/stsp/cl/service-category/05> ."
    )

    result = load_text(catalogue, text + PREFIXES + claim)

    assert catalogue.store.by_iri(iri) is None
    assert "category" in {finding.path for finding in result.findings if finding.severity == "error"}


def test_inner_nodes_are_those_the_record_leads_to(catalogue: Catalogue, clean: bytes) -> None:
    iri = product_iri()

    load_text(catalogue, one_product(f"<{iri}#loose> dct:title 'x'@en ."))

    record = parse_canonical(stored(catalogue), iri, "service-product")
    assert "#loose" not in "".join(record.nodes)


def test_json_brings_no_statements_of_another_subject(catalogue: Catalogue) -> None:
    body = (
        '{"@context": "https://w3id.org/stsp/context.jsonld", "@graph": ['
        f'{{"@id": "{BASE}/id/service-agency/BENCH-A0001", "@reverse": {{"schema:provider": {{"@id": "urn:x:y"}}}}}},'
        '{"@id": "http://www.w3.org/ns/shacl#targetClass", "dct:title": "x"}]}'
    )

    result = load_text(catalogue, body, "x.jsonld")

    assert result.counts["read"] == 0
    assert codes(result) == {"no-record"}
