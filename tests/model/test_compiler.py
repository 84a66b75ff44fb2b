from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from catalog_service.i18n import explain
from catalog_service.model.compiler import all_shapes, compile_kinds
from catalog_service.model.shapegraph import BadProfile
from catalog_service.namespaces import SHAPES, term
from catalog_service.registry import Profile
from catalog_service.resources import folder

if TYPE_CHECKING:
    from pathlib import Path

    from catalog_service.model.compiler import Kinds

INSTRUMENT = """
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <http://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sts: <https://w3id.org/stsp/ns#> .
@prefix stsd: <https://w3id.org/stsp/display#> .
@prefix stsh: <https://w3id.org/stsp/shapes#> .

stsh:instrument a sh:NodeShape ; sh:targetClass sts:Instrument ;
  rdfs:label "仪器"@zh , "Instrument"@en ; skos:definition "可以共享的仪器"@zh , "An instrument to share."@en ;
  stsd:plural "仪器"@zh , "Instruments"@en ; stsd:counter "{n} 台仪器"@zh , "{n} instruments"@en ;
  stsd:also schema:Product ; stsd:title stsh:instrument-title ;
  sh:property stsh:instrument-title , stsh:instrument-address , stsh:instrument-owner .

stsh:instrument-title a sh:PropertyShape ; sh:path dct:title ; sh:datatype rdf:langString ; sh:maxCount 20 ;
  sh:name "名称"@zh , "Title"@en ; sh:description "仪器的名称"@zh , "What it is called."@en ;
  sh:message "请填写名称。"@zh , "Write the title."@en ; sh:order 2 ; sh:group stsh:group-basic ;
  stsd:number "I01" ; stsd:shortName "title" ; stsd:obligation "M" ; stsd:level stsd:harvestable ;
  dct:source "R" .

stsh:instrument-address a sh:PropertyShape ; sh:path schema:address ; sh:class schema:PostalAddress ; sh:maxCount 1 ;
  sh:property stsh:address-region ;
  sh:name "地址"@zh , "Address"@en ; sh:description "仪器在哪里"@zh , "Where it is."@en ;
  sh:message "请填写地址。"@zh , "Write the address."@en ; sh:order 1 ; sh:group stsh:group-basic ;
  stsd:shortName "address" ; stsd:obligation "O" ; dct:source "R" .

stsh:instrument-owner a sh:PropertyShape ; sh:path schema:provider ; sh:class sts:ServiceAgency ; sh:maxCount 1 ;
  sh:name "所属机构"@zh , "Owner"@en ; sh:description "谁的仪器"@zh , "Whose it is."@en ;
  sh:message "请填写所属机构。"@zh , "Name the owner."@en ; sh:order 3 ;
  stsd:facet "provider" ; stsd:facetOrder 1 ;
  stsd:shortName "owner" ; stsd:obligation "O" ; dct:source "R" .
"""
LINE = """
stsh:instrument stsd:kind sts:Instrument ; stsd:order 3 ; stsd:shapeFile "instrument.ttl" ;
  stsd:identifierPrefix "I" ; stsd:lifecycle ( "draft" "published" "withdrawn" ) .
"""


@pytest.fixture(scope="module")
def kinds() -> Kinds:
    return compile_kinds()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the shapes with a third kind."""
    place = tmp_path / "shapes"
    shutil.copytree(folder("shapes"), place)
    (place / "instrument.ttl").write_text(INSTRUMENT, "utf-8")
    manifest = place / "manifest.ttl"
    manifest.write_text(manifest.read_text("utf-8") + LINE, "utf-8")
    return place


def refusal(place: Path) -> tuple[str, str]:
    """Return what is said in both languages about shapes that are refused."""
    with pytest.raises(BadProfile) as refused:
        compile_kinds(place)
    return explain(refused.value, "zh")[0], explain(refused.value, "en")[0]


def spoil(place: Path, file: str, before: str, after: str) -> None:
    path = place / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_kinds_come_in_the_order_of_the_manifest(kinds: Kinds) -> None:
    assert list(kinds) == ["service-product", "service-agency"]


def test_a_kind_says_how_it_is_called_and_counted(kinds: Kinds) -> None:
    kind = kinds["service-product"]

    assert kind.label("zh") == "服务产品"
    assert kind.counter == {"zh": "{n} 项服务产品", "en": "{n} service products"}
    assert kind.class_iri == "https://w3id.org/stsp/ns#ServiceProduct"
    assert "http://schema.org/Service" in kind.also
    assert kind.lifecycle == ("draft", "submitted", "published", "suspended", "withdrawn")
    assert (kind.title, kind.summary) == ("title", "abstract")


def test_a_text_field_has_the_constraints_of_all_its_shapes(kinds: Kinds) -> None:
    title = kinds["service-product"].field("title")

    assert title is not None
    assert (title.type, title.number, title.obligation, title.level) == ("text", "P03", "M", "harvestable")
    assert (title.min_count, title.unique_lang, title.max_length) == (1, True, 120)
    assert title.group == "basic"
    assert title.search_weight == 8


def test_members_of_unnamed_inner_nodes_belong_to_the_node_around_them(kinds: Kinds) -> None:
    price = kinds["service-product"].field("offer.minPrice")

    assert price is not None
    assert price.path == (term("schema:priceSpecification"), term("schema:minPrice"))
    assert price.through == ("http://schema.org/UnitPriceSpecification",)
    assert price.less_than == term("schema:maxPrice")
    assert kinds["service-product"].field("offer.priceSpecification") is None


def test_a_concept_field_knows_its_lists(kinds: Kinds) -> None:
    product, agency = kinds["service-product"], kinds["service-agency"]

    category, classes, fields = product.field("category"), agency.field("agencyClass"), agency.field("serviceField")
    assert category is not None
    assert classes is not None
    assert fields is not None
    assert (category.schemes, category.leaf, category.top) == (("service-category",), True, False)
    assert (classes.schemes, classes.leaf, classes.top) == (("service-category",), False, True)
    assert fields.schemes == ("service-category", "industry")


def test_a_string_may_hold_the_code_of_a_list(kinds: Kinds) -> None:
    unit = kinds["service-product"].field("offer.periodUnit")

    assert unit is not None
    assert (unit.type, unit.schemes) == ("string", ("period-unit",))
    assert unit.codes == ("HUR", "DAY", "E49", "WEE", "MON", "ANN")


def test_references_name_the_classes_they_may_point_at(kinds: Kinds) -> None:
    provider = kinds["service-product"].field("provider")

    assert provider is not None
    assert provider.type == "reference"
    assert provider.classes == (
        "https://w3id.org/stsp/ns#ServiceAgency",
        "https://w3id.org/stsp/ns#ServiceProfessional",
    )


def test_defaults_are_codes_where_the_shape_names_a_concept(kinds: Kinds) -> None:
    sharing, currency = kinds["service-product"].field("sharing"), kinds["service-product"].field("offer.priceCurrency")

    assert sharing is not None
    assert currency is not None
    assert (sharing.default, currency.default) == ("unconditional", "CNY")


def test_what_the_catalogue_fills_in_is_marked(kinds: Kinds) -> None:
    product = kinds["service-product"]

    assert {name for name, each in product.walk() if each.system} == {"identifier", "issued"}
    assert {each.name for each in product.fields if each.computed} == {"modified", "status", "aggregateRating"}
    assert {name for name, each in kinds["service-agency"].walk() if each.private} == {"legalRepresentative"}
    assert kinds["service-agency"].field("spatial").copied_from == "address.region"  # type: ignore[union-attr]


def test_facets_of_products_are_those_of_the_interface_in_its_order(kinds: Kinds) -> None:
    facets = kinds["service-product"].facets

    assert [facet.name for facet in facets] == [
        "category", "areaServed", "providerRegion", "zone", "sector", "certification", "deliveryMode", "fullyOnline",
        "price", "period", "provider", "rating",
    ]  # fmt: skip
    assert {facet.name for facet in facets if facet.foreign} == {"providerRegion", "zone"}
    assert {facet.name: facet.scheme for facet in facets if facet.type == "coverage"} == {"areaServed": "region"}


def test_paths_into_other_records_are_the_dependencies(kinds: Kinds) -> None:
    provider = term("schema:provider")

    assert set(kinds["service-product"].dependencies) == {
        (provider, term("foaf:name")),
        (provider, term("dct:spatial")),
        (provider, term("sts:zone")),
    }
    assert kinds["service-agency"].dependencies == ()


def test_sets_know_path_and_list(kinds: Kinds) -> None:
    assert dict(kinds["service-product"].sets) == {
        "cat": ((term("dcat:theme"),), "service-category"),
        "region": ((term("schema:provider"), term("dct:spatial")), "region"),
        "org": ((term("schema:provider"),), ""),
    }


def test_every_shape_that_reports_is_about_a_field(kinds: Kinds) -> None:
    for kind in kinds.values():
        assert [rule.shape for rule in kind.rules.values() if not rule.fields] == []
        assert all(set(rule.messages) == {"zh", "en"} for rule in kind.rules.values())

    rules = kinds["service-product"].rules
    missing = rules[f"{SHAPES}service-product-abstract-recommended"]
    assert (missing.fields, missing.level, missing.severity) == (("abstract",), "recommended", "warning")
    assert rules[f"{SHAPES}offer-rule"].fields[0] == "offer.pricingMode"


def test_what_is_mandatory_for_listing_is_identifier_and_label(kinds: Kinds) -> None:
    for kind in kinds.values():
        least = {rule.fields[0] for rule in kind.rules.values() if rule.level == "harvestable"}
        assert least == {"identifier", kind.title}


def test_warnings_and_remarks_belong_to_the_recommended_level(kinds: Kinds) -> None:
    for kind in kinds.values():
        assert {rule.level for rule in kind.rules.values() if rule.severity != "error"} == {"recommended"}


def test_recommended_elements_are_those_that_warn(kinds: Kinds) -> None:
    for kind in kinds.values():
        warned = {name for rule in kind.rules.values() if rule.severity == "warning" for name in rule.fields}
        recommended = {each.name for each in kind.fields if each.obligation == "R"}
        assert recommended <= warned


def test_alignments_say_how_elements_look_elsewhere(kinds: Kinds) -> None:
    product, agency = kinds["service-product"], kinds["service-agency"]

    assert product.field("title").alignments["oai_dc"] == ("http://purl.org/dc/elements/1.1/title",)  # type: ignore[union-attr]
    assert agency.field("name").alignments["twin"] == ("http://schema.org/legalName",)  # type: ignore[union-attr]
    assert product.views["schema_org"].types == ("http://schema.org/Service",)
    assert product.views["oai_dc"].constants == (("http://purl.org/dc/elements/1.1/type", '"Service"'),)
    assert product.field("offer").targets["schema_org"] == ("http://schema.org/Offer",)  # type: ignore[union-attr]


def test_a_third_kind_is_one_file_and_one_line(copied: Path) -> None:
    kinds = compile_kinds(copied)

    instrument = kinds["instrument"]
    assert list(kinds) == ["service-product", "service-agency", "instrument"]
    assert [each.name for each in instrument.fields] == ["address", "title", "owner"]
    assert [name for name, _ in instrument.walk()] == ["address", "address.region", "title", "owner"]
    assert [(facet.name, facet.type) for facet in instrument.facets] == [("provider", "reference")]


def test_a_profile_of_other_folders_holds_the_third_kind_and_its_shapes(copied: Path) -> None:
    profile = Profile.load(shapes=copied)

    assert "instrument" in profile.kinds
    assert b"stsh:instrument-title" in profile.shapes


def test_the_shapes_of_all_kinds_are_one_graph_without_doubles(copied: Path) -> None:
    from rdflib import RDF, Graph, URIRef
    from rdflib.namespace import SH

    graph = Graph().parse(data=all_shapes(copied), format="turtle")

    assert (URIRef(f"{SHAPES}instrument"), RDF.type, SH.NodeShape) in graph
    assert len(list(graph.objects(URIRef(f"{SHAPES}offer-rule"), SH.xone))) == 1


def test_an_unknown_display_term_is_refused_with_file_and_shape(copied: Path) -> None:
    spoil(copied, "instrument.ttl", "stsd:obligation", "stsd:obligatoin")

    zh, en = refusal(copied)

    assert "instrument.ttl" in en
    assert "instrument-title" in en
    assert "obligatoin is not defined in display.ttl" in en
    assert "没有在 display.ttl 中定义" in zh


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('sh:name "名称"@zh , "Title"@en', 'sh:name "名称"@zh', "sh:name lacks en"),
        ('sh:message "请填写名称。"@zh , ', "sh:message ", "sh:message lacks zh"),
        ('stsd:obligation "M"', 'stsd:obligation "X"', "stsd:obligation must be M, C, R, O or -"),
        ("stsd:level stsd:harvestable", "stsd:level stsd:perfect", "stsd:level knows no perfect"),
        ("sh:datatype rdf:langString", "sh:datatype rdf:HTML", "is not supported"),
        ("stsd:title stsh:instrument-title", "stsd:title stsh:instrument-name", "points at"),
        ('stsd:shortName "title"', 'stsd:shortName "address"', "two elements are called address"),
        ('stsd:facet "provider"', 'stsd:facet "provider" ; stsd:facetType stsd:colour', "no facet type"),
        ("sh:path dct:title ; ", "", "exactly one sh:path"),
        ("sh:order 2", 'sh:order "second"', "sh:order must be a number"),
    ],
)
def test_what_a_shape_lacks_is_told(copied: Path, before: str, after: str, told: str) -> None:
    spoil(copied, "instrument.ttl", before, after)

    zh, en = refusal(copied)

    assert told in en
    assert zh != en


def test_broken_turtle_is_told_with_its_file(copied: Path) -> None:
    spoil(copied, "instrument.ttl", "sh:path dct:title ;", "sh:path dct:title")

    zh, en = refusal(copied)

    assert "instrument.ttl" in en
    assert "Turtle" in zh


def test_a_shape_file_that_is_missing_is_told(copied: Path) -> None:
    (copied / "instrument.ttl").unlink()

    assert "instrument.ttl" in refusal(copied)[1]


def test_a_line_without_shapes_is_told(copied: Path) -> None:
    spoil(copied, "manifest.ttl", "stsh:instrument stsd:kind", "stsh:microscope stsd:kind")

    assert "microscope" in refusal(copied)[1]
