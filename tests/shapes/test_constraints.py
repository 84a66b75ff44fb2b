"""Every constraint of every element catches the fault it is there for: one bad record each, made by rule."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from catalog_service.registry import profile
from tests.shapes.cases import KINDS, Case, good_graph, record_iri, shapes, validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from catalog_service.model.kind import Field

Fault = tuple[str, str]
"""Dotted short name and the constraint component that must report."""


def chain(graph: Graph, kind: str, name: str) -> tuple[list[Node], list[Node]]:
    """Return the nodes from the record to the holder of the element's value in the good record, and the predicates."""
    from rdflib import URIRef

    parts = name.split(".")
    fields = [profile().kinds[kind].field(".".join(parts[: depth + 1])) for depth in range(len(parts))]
    steps: list[Node] = [URIRef(step[1:-1]) for each in fields if each for step in each.path]
    nodes: list[Node] = [URIRef(record_iri(kind))]
    for step in steps[:-1]:
        following = graph.value(nodes[-1], step)
        assert following is not None, f"the good record has no {name}"
        nodes.append(following)
    return nodes, steps


def bad_values(field: Field) -> Iterator[tuple[str, list[Node]]]:
    """Yield component and the values that break it, for what the element's own shape demands."""
    from rdflib import XSD, Literal, URIRef

    def literal(text: str) -> Literal:
        if field.type == "text":
            return Literal(text, lang="zh")
        return Literal(text, datatype=URIRef(field.datatype), normalize=False)

    if field.min_count:
        yield "MinCount", []
    if field.max_count and field.max_count < 50:
        many = {"text": [Literal("文", lang=f"x-a{n}") for n in range(21)]}.get(field.type)
        yield "MaxCount", many or [some(field, n) for n in range(field.max_count + 1)]
    if field.max_count == 50:
        yield "MaxCount", [some(field, n) for n in range(51)]
    if field.datatype:
        wrong = XSD.integer if field.datatype != str(XSD.integer) else XSD.string
        yield "Datatype", [Literal("1", datatype=wrong)]
    else:
        yield "NodeKind", [Literal("文")]
    if field.unique_lang:
        yield "UniqueLang", [Literal("一" * 12, lang="zh"), Literal("二" * 12, lang="zh")]
    if field.max_length:
        yield "MaxLength", [literal("长" * (field.max_length + 1))]
    if field.min_length:
        yield "MinLength", [literal("短" * (field.min_length - 1))]
    if field.pattern:
        yield "Pattern", [literal("不合格式") if field.datatype else URIRef("urn:not-so")]
    if field.minimum:
        yield "MinInclusive", [literal("-5")]
    if field.maximum:
        yield "MaxInclusive", [literal("99999")]
    if field.codes:
        yield "In", [literal("no-such-code")]
    if field.type == "concept":
        yield "Node", [URIRef("https://catalogue.example/no-such-concept")]
    if field.classes:
        yield ("Class" if len(field.classes) == 1 else "Or"), [URIRef("https://catalogue.example/nothing")]


def some(field: Field, number: int) -> Node:
    """Return one of many values of about the right sort."""
    from rdflib import Literal, URIRef

    if field.type == "text":
        return Literal(f"文字{number}", lang="zh")
    if field.datatype:
        texts = {"date": f"2026-01-{number % 28 + 1:02}", "boolean": ("true", "false")[number % 2]}
        return Literal(texts.get(field.type, str(number)), datatype=URIRef(field.datatype), normalize=False)
    return URIRef(f"https://catalogue.example/{number}")


def faulty(kind: str) -> Iterator[tuple[Fault, Case]]:
    """Yield a bad record for every constraint: the class, the inner nodes on the way, and the bad values."""
    from rdflib import RDF, Graph, URIRef

    whole = good_graph(kind)
    for name, field in profile().kinds[kind].walk():
        nodes, steps = chain(whole, kind, name)
        for component, values in bad_values(field):
            graph = Graph()
            graph.add((nodes[0], RDF.type, URIRef(profile().kinds[kind].class_iri)))
            for node, step, following in zip(nodes, steps, nodes[1:], strict=False):
                graph.add((node, step, following))
                graph += whole.triples((following, None, None))
            graph.remove((nodes[-1], steps[-1], None))
            for value in values:
                graph.add((nodes[-1], steps[-1], value))
            yield (name, component), Case(f"{name} {component}", graph.serialize(format="nt"))


@cache
def outcomes(kind: str) -> dict[Fault, bool]:
    """Return for every fault whether pySHACL saw it."""
    cases = dict(faulty(kind))
    found = validate(kind, cases.values())
    return {fault: fault in {(each.path, each.component) for each in found[case.name]} for fault, case in cases.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_constraint_reports_the_fault_it_is_for(kind: str) -> None:
    unseen = [fault for fault, seen in outcomes(kind).items() if not seen]

    assert unseen == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_constraint_component_of_a_shape_is_left_without_a_fault(kind: str) -> None:
    """What the rule above does not make is made by a case file; together they know every component in use."""
    from rdflib import URIRef
    from rdflib.namespace import SH

    made = {component for _, component in outcomes(kind)}
    by_hand = {"Or", "Xone", "Not", "Disjoint", "Equals", "LessThanOrEquals", "QualifiedMinCount", "Property"}
    known = {
        "minCount": "MinCount", "maxCount": "MaxCount", "datatype": "Datatype", "nodeKind": "NodeKind",
        "uniqueLang": "UniqueLang", "maxLength": "MaxLength", "minLength": "MinLength", "pattern": "Pattern",
        "minInclusive": "MinInclusive", "maxInclusive": "MaxInclusive", "in": "In", "node": "Node", "class": "Class",
        "or": "Or", "xone": "Xone", "disjoint": "Disjoint", "lessThanOrEquals": "LessThanOrEquals",
        "qualifiedValueShape": "QualifiedMinCount", "property": "Property", "equals": "Equals", "not": "Not",
    }  # fmt: skip
    used = {
        component
        for subject, predicate in shapes(kind).subject_predicates(unique=True)
        if isinstance(subject, URIRef) and (component := known.get(str(predicate).removeprefix(str(SH))))
    }

    assert used <= made | by_hand
