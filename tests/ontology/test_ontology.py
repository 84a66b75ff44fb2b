"""The ontology, the display terms, the alignments and the context fit the shapes."""

from __future__ import annotations

import json
import re

import pytest

from catalog_service.model.compiler import alignments, known_terms
from catalog_service.model.shapegraph import ShapeGraph, required_texts
from catalog_service.namespaces import PREFIXES, STS, term
from catalog_service.registry import profile
from catalog_service.resources import folder
from tests.shapes.cases import KINDS, good_graph, record_iri

ONTOLOGY = folder("ontology")


def own_terms() -> ShapeGraph:
    return ShapeGraph.read(ONTOLOGY / "sts.ttl")


def test_every_term_of_ours_that_shapes_use_is_defined() -> None:
    used = set(re.findall(r"\bsts:([A-Za-z]+)", profile().shapes.decode()))

    assert {name for name in used if not own_terms().has(f"<{STS}{name}>")} == set()


@pytest.mark.parametrize("file", ["sts.ttl", "display.ttl"])
def test_every_term_has_label_and_definition_in_both_languages(file: str) -> None:
    graph = ShapeGraph.read(ONTOLOGY / file)

    for node in graph.having(term("skos:definition")):
        required_texts(graph, node, "rdfs:label")
        required_texts(graph, node, "skos:definition")


def test_every_term_of_ours_tells_what_it_rests_on() -> None:
    graph = own_terms()
    terms = [node for node in graph.having(term("skos:definition")) if node.startswith(f"<{STS}")]

    assert len(terms) > 25
    assert [node for node in terms if not graph.many(node, "dct:source")] == []


def test_alignments_speak_of_elements_that_exist_in_terms_that_are_defined() -> None:
    graph = alignments(ONTOLOGY)
    known = known_terms(ONTOLOGY)
    shapes = {each.shape for kind in profile().kinds.values() for _, each in kind.walk()}
    shapes |= {kind.shape for kind in profile().kinds.values()}

    subjects = {subject for predicate in known for subject in graph.having(f"<{predicate}>") if subject.startswith("<")}
    assert {subject[1:-1] for subject in subjects} <= shapes
    assert len(subjects) > 80
    graph.refuse_unknown(known)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_title_description_and_identifier_in_every_format(kind: str) -> None:
    compiled = profile().kinds[kind]
    for name in ("oai_dc", "dcat", "schema_org", "cpsv"):
        aligned = {each.name for each in compiled.fields if name in each.alignments}
        assert {compiled.title, "identifier"} <= aligned


@pytest.mark.parametrize("kind", KINDS)
def test_the_context_gives_every_stored_property_a_name(kind: str) -> None:
    context = json.loads((ONTOLOGY / "context.jsonld").read_text("utf-8"))["@context"]
    named = {meaning["@id"] if isinstance(meaning, dict) else meaning for meaning in context.values()}
    iris = {PREFIXES[name.partition(":")[0]] + name.partition(":")[2] for name in named if not name.startswith("http")}

    stored = {str(predicate) for predicate in good_graph(kind).predicates(unique=True)}
    by_prefix = {f"{PREFIXES['schema']}name", f"{PREFIXES['schema']}description", f"{PREFIXES['rdf']}type"}
    assert stored - iris <= by_prefix


@pytest.mark.parametrize("kind", KINDS)
def test_the_good_record_survives_the_way_through_json_ld(kind: str) -> None:
    from pyoxigraph import RdfFormat, parse
    from rdflib import Graph
    from rdflib.compare import isomorphic

    context = json.loads((ONTOLOGY / "context.jsonld").read_text("utf-8"))
    whole = good_graph(kind)
    document = json.loads(whole.serialize(format="json-ld", context=context["@context"]))

    lines = "".join(f"{quad.triple} .\n" for quad in parse(json.dumps(document), format=RdfFormat.JSON_LD))

    assert document["@context"] == context["@context"]
    assert isomorphic(Graph().parse(data=lines, format="nt"), whole)
    assert record_iri(kind) in lines
