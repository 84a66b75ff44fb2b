"""Records that come as RDF: what is repaired, what is dropped, what names other records."""

from __future__ import annotations

from catalog_service.model.raw import RawRecord
from catalog_service.model.report import Place
from catalog_service.namespaces import TYPE, term
from tests.normalise.records import BASE, normaliser

IRI = f"{BASE}/id/service-product/T-0001"
NODE = f"<{IRI}>"
XSD = "http://www.w3.org/2001/XMLSchema#"


def normalised(*triples: tuple[str, str, str], kind: str = "service-product"):  # type: ignore[no-untyped-def]
    class_iri = {"service-product": "sts:ServiceProduct", "service-agency": "sts:ServiceAgency"}[kind]
    raw = RawRecord(Place("a.ttl"), kind, iri=IRI, triples=((NODE, TYPE, term(class_iri)), *triples))
    return normaliser().normalise(raw)


def test_schema_org_has_one_spelling() -> None:
    found = normalised((NODE, "<https://schema.org/provider>", "<https://schema.org/x>"))

    assert found.record.objects(term("schema:provider")) == ["<http://schema.org/x>"]


def test_a_text_without_language_gets_one_and_that_is_told() -> None:
    found = normalised((NODE, term("dct:title"), '"专利检索"'), (NODE, term("dct:title"), '"search"'))

    assert sorted(found.record.objects(term("dct:title"))) == ['"search"@zh', '"专利检索"@zh']
    assert [finding.code for finding in found.findings] == ["language-added", "language-added"]


def test_a_code_as_text_becomes_its_concept() -> None:
    found = normalised((NODE, term("dcat:theme"), '"0504"'))

    assert found.record.objects(term("dcat:theme")) == ["<https://w3id.org/stsp/cl/service-category/0504>"]


def test_numbers_have_one_spelling_of_the_type_their_field_wants() -> None:
    capital, staff = term("sts:registeredCapital"), term("schema:numberOfEmployees")
    kind = "service-agency"
    from catalog_service.registry import profile

    fields = profile().kinds[kind]
    capital_path = fields.field("capital").path  # type: ignore[union-attr]
    staff_path = fields.field("staff").path  # type: ignore[union-attr]
    capital, staff = capital_path[0], staff_path[0]
    found = normalised(
        (NODE, capital, "_:c"), ("_:c", capital_path[1], f'"5000000.00"^^<{XSD}double>'),
        (NODE, staff, "_:s"), ("_:s", staff_path[1], f'"35.0"^^<{XSD}decimal>'), kind=kind,
    )  # fmt: skip

    assert found.record.objects(*capital_path) == [f'"5000000"^^<{XSD}decimal>']
    assert found.record.objects(*staff_path) == [f'"35"^^<{XSD}integer>']


def test_what_the_catalogue_computes_is_left_out_and_told() -> None:
    found = normalised((NODE, term("dct:modified"), f'"2026-03-05"^^<{XSD}date>'))

    assert found.record.objects(term("dct:modified")) == []
    assert [(finding.code, finding.severity) for finding in found.findings] == [("computed", "info")]


def test_the_record_and_its_inner_nodes_are_typed_as_their_shapes_want() -> None:
    found = normalised((NODE, term("schema:offers"), "_:o"), ("_:o", term("sts:pricingMode"), '"free"'))

    offer = found.record.objects(term("schema:offers"))[0]
    assert found.record.nodes[offer][TYPE] == [term("schema:Offer")]
    assert len(found.record.objects(TYPE)) >= 2


def test_values_that_name_records_are_references() -> None:
    found = normalised((NODE, term("schema:provider"), '"某机构"'))

    assert [(each.path, each.text) for each in found.references] == [("provider", "某机构")]


def test_the_identifier_comes_from_the_record_or_from_an_iri_of_ours() -> None:
    assert normalised().identifier == "T-0001"
    assert normalised((NODE, term("dct:identifier"), '"t－0001"')).identifier == "T-0001"
    other = normalised((NODE, term("dct:identifier"), '"KB-0000009"'))
    assert (other.identifier, [each.code for each in other.findings if each.severity == "error"]) == (
        "T-0001", ["identifier-mismatch"],
    )  # fmt: skip
