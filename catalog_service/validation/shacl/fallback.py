"""What is not compiled, run by pySHACL: SPARQL-based constraints, components and targets (SHACL 5 and 6).

pySHACL gets the shapes in question only, their focus nodes named one by one, so both validators choose the same nodes.
Queries that would reach out of the data (``SERVICE``, ``FROM``, ``LOAD``) are refused, rules are left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from catalog_service.model.terms import Term, is_literal, language, literal, value
from catalog_service.namespaces import SH
from catalog_service.validation.shacl.errors import FallbackFailed
from catalog_service.validation.shacl.graph import NO_PROPERTIES, Nodes, index
from catalog_service.validation.shacl.guard import QUERIES, reached, what_reaches_out, without_comments
from catalog_service.validation.shacl.names import NODE_SHAPE, PROPERTY_SHAPE, SH_PREFIX, TARGETS, TYPE, sh
from catalog_service.validation.shacl.paths import read_path
from catalog_service.validation.shacl.report import Result, Source, to_rdflib

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PLACEHOLDER = re.compile(r"\{[?$]\w+\}")
_IMPORTS = "<http://www.w3.org/2002/07/owl#imports>"
_TARGETS = TARGETS - {sh("target")}


def run_pyshacl(shapes: Nodes, focus_nodes: Mapping[Term, Iterable[Term]], data: Nodes) -> tuple[Result, ...]:
    """Return the results of some shapes, each with the focus nodes that its compiled targets found."""
    try:
        from pyshacl import validate
    except ImportError:
        raise FallbackFailed("SPARQL-based constraints need pySHACL: pip install pyshacl") from None
    may_run = reached(shapes, focus_nodes)
    if culprit := what_reaches_out(shapes, may_run):
        raise FallbackFailed(f"a query that reaches out of the data is not run: {culprit[:200]}")
    advanced = any(sh("target") in shapes[root] or sh("expression") in shapes[root] for root in focus_nodes)
    try:
        _, report, text = validate(
            rdflib_graph(data),
            shacl_graph=rdflib_graph(_narrowed(shapes, focus_nodes, may_run)),
            advanced=advanced,
            inference="none",
            js=False,
            do_owl_imports=False,
        )
    except Exception as problem:
        raise FallbackFailed(f"pySHACL gave up: {problem}") from problem
    if not hasattr(report, "triples"):
        raise FallbackFailed(f"pySHACL gave up: {text}")
    return tuple(results_of(index(report), shapes))


def _narrowed(shapes: Nodes, focus_nodes: Mapping[Term, Iterable[Term]], may_run: set[Term]) -> Nodes:
    """Return the shapes without targets but for the nodes given, without rules and without queries nobody looked at."""
    narrowed: Nodes = {}
    for term, properties in shapes.items():
        dropped = {*_TARGETS, sh("rule"), *(() if term in may_run else QUERIES)}
        kept = {predicate: terms for predicate, terms in properties.items() if predicate not in dropped}
        for predicate in QUERIES & kept.keys():
            kept[predicate] = [literal(without_comments(value(query))) for query in kept[predicate]]
        if term not in focus_nodes:
            kept.pop(sh("target"), None)
        is_shape = NODE_SHAPE in kept.get(TYPE, ()) or PROPERTY_SHAPE in kept.get(TYPE, ()) or term in focus_nodes
        if is_shape and TYPE in kept:  # a class is its own target
            kept[TYPE] = [kind for kind in kept[TYPE] if kind in (NODE_SHAPE, PROPERTY_SHAPE)]
        narrowed[term] = kept
    for term in {term for properties in shapes.values() for term in properties.get(sh("prefixes"), ())}:
        narrowed[term] = {**narrowed.get(term, {}), sh("declare"): _declarations(shapes, term)}
    for root, nodes in focus_nodes.items():
        narrowed[root] = {**narrowed.get(root, {}), sh("targetNode"): list(nodes)}
        if not narrowed[root].get(TYPE):
            kind = PROPERTY_SHAPE if sh("path") in narrowed[root] else NODE_SHAPE
            narrowed[root][TYPE] = [kind]
    return narrowed


def _declarations(shapes: Nodes, term: Term) -> list[Term]:
    """Return the prefix declarations of ``sh:prefixes``, with those of imports (section 5.2.1)."""
    found: dict[Term, None] = {}
    seen, waiting = {term}, [term]
    while waiting:
        properties = shapes.get(waiting.pop(), NO_PROPERTIES)
        found.update(dict.fromkeys(properties.get(sh("declare"), ())))
        fresh = [each for each in properties.get(_IMPORTS, ()) if each not in seen]
        seen.update(fresh)
        waiting += fresh
    return list(found)


def rdflib_graph(nodes: Nodes) -> Any:
    """Return the rdflib Graph of an index, blank nodes with their labels."""
    from rdflib import Graph

    graph = Graph()
    for subject, properties in nodes.items():
        node = to_rdflib(subject)
        for predicate, terms in properties.items():
            link = to_rdflib(predicate)
            for term in terms:
                graph.add((node, link, to_rdflib(term)))
    return graph


def results_of(report: Nodes, shapes: Nodes) -> Iterable[Result]:
    """Yield the results of a report graph; ``shapes`` tells the shapes' own messages from pySHACL's."""
    for properties in report.values():
        for node in properties.get(f"<{SH}result>", ()):
            yield _result(report, shapes, node)


def _result(report: Nodes, shapes: Nodes, node: Term) -> Result:
    properties = report[node]

    def one(name: str) -> Term:
        return next(iter(properties.get(sh(name), ())), "")

    component = one("sourceConstraintComponent")
    constraint = one("sourceConstraint")
    own = component.startswith(SH_PREFIX) and component != sh("SPARQLConstraintComponent")
    shape = one("sourceShape")
    messages = (
        shapes.get(shape, NO_PROPERTIES).get(sh("message"), ())
        if own
        else _in_their_languages(properties.get(sh("resultMessage"), ()), shapes, (constraint, component, shape))
    )
    path = read_path(report, one("resultPath")) if one("resultPath") else None
    said = tuple(filter(is_literal, messages))
    source = Source(shape, path, component, one("resultSeverity"), said, "" if own else constraint)
    detail = tuple(_result(report, shapes, each) for each in properties.get(sh("detail"), ()))
    return Result(one("focusNode"), one("value"), source, path, detail)


def _in_their_languages(given: Iterable[Term], shapes: Nodes, sources: Iterable[Term]) -> tuple[Term, ...]:
    """Return messages that pySHACL filled, with the languages of what was filled and the constraint's own first."""
    given = list(given)
    found: dict[Term, None] = {}
    for source in sources:
        for node in (
            source,
            *(each for name in _VALIDATORS for each in shapes.get(source, NO_PROPERTIES).get(name, ())),
        ):
            for template in filter(is_literal, shapes.get(node, NO_PROPERTIES).get(sh("message"), ())):
                pieces = _PLACEHOLDER.split(value(template))
                texts = (value(term) for term in given if is_literal(term) and _fits(value(term), pieces))
                found.update(dict.fromkeys(literal(text, language(template)) for text in texts))
    told = {value(term) for term in found}
    return (*found, *(term for term in given if value(term) not in told))


_VALIDATORS = [sh(name) for name in ("validator", "nodeValidator", "propertyValidator")]


def _fits(text: str, pieces: list[str]) -> bool:
    """Tell whether a text is made of these pieces with anything between them."""
    first, *inner = pieces
    if not inner:
        return text == first
    last = inner.pop()
    if not text.startswith(first) or not text.endswith(last):
        return False
    position = len(first)
    for piece in inner:
        position = text.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    return position <= len(text) - len(last)
