"""Queries that would reach out of the data (``SERVICE``, ``FROM``, ``LOAD``) are found before they are run.

Clauses: SPARQL 1.1, 19.2 (code point escapes count everywhere), 19.4 (comments), 19.8 (strings, IRIs).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalog_service.model.terms import Term, value
from catalog_service.validation.shacl.graph import NO_PROPERTIES, Nodes
from catalog_service.validation.shacl.names import SUBCLASS, TYPE, sh

if TYPE_CHECKING:
    from collections.abc import Iterable

QUERIES = {sh(name) for name in ("select", "ask", "construct", "update")}
_RUN_BY_OTHERS = {sh(name) for name in ("ConstraintComponent", "SPARQLFunction", "SPARQLTargetType")}
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_NO_CODE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n\r]|\\.)*"'
    r"|'(?:[^'\\\n\r]|\\.)*'"
    r'|<[^<>"{}|^`\\\x00-\x20]*>'
    r"|#[^\n]*",
    re.DOTALL,
)
_REACHES_OUT = re.compile(r"(?<![:\w?$-])(?:SERVICE|FROM|LOAD)(?![\w-])", re.IGNORECASE)
_NO_PREFIX = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def reaches_out(query: str) -> bool:
    r"""Tell whether a query asks another place than the data.

    >>> reaches_out("SELECT $this WHERE { SERVICE<http://e/> {} }"), reaches_out("ASK { ?s ?p 'from x' } # from x")
    (True, False)
    """
    text = _ESCAPED.sub(_char, query)
    # whether a carriage return ends a comment, parsers differ: what either would run counts
    return any(_REACHES_OUT.search(_NO_CODE.sub(" ", each)) for each in (text, text.replace("\r", "\n")))


def without_comments(query: str) -> str:
    r"""Return a query without comments, in which pySHACL takes words for clauses; as it is where that is not certain.

    >>> without_comments("ASK { ?s ?p '#' } # values")
    "ASK { ?s ?p '#' }  "
    """
    if "\r" in query or _ESCAPED.search(query):
        return query
    shorter = _NO_CODE.sub(lambda found: " " if found[0].startswith("#") else found[0], query)
    return query if reaches_out(shorter) else shorter


def _char(found: re.Match[str]) -> str:
    code = int(found[1] or found[2], 16)
    return chr(code) if code <= 0x10FFFF else found[0]


def what_reaches_out(shapes: Nodes, run: Iterable[Term]) -> str:
    """Return the first query, or namespace put before one, that reaches out of the data; empty if there is none."""
    for term in run:
        properties = shapes.get(term, NO_PROPERTIES)
        for predicate in QUERIES & properties.keys():
            for query in properties[predicate]:
                if reaches_out(value(query)):
                    return value(query)
        for predicate in (sh("prefix"), sh("namespace")):
            for part in properties.get(predicate, ()):
                if _NO_PREFIX.search(value(part)):  # it would end the prefix and go on as a query
                    return value(part)
    return ""


def reached(shapes: Nodes, roots: Iterable[Term]) -> set[Term]:
    """Return the nodes of a shapes graph whose queries may run when these shapes do; rules are never run."""
    kinds = _and_below(shapes, _RUN_BY_OTHERS)
    waiting = [*roots, *(term for term, properties in shapes.items() if not kinds.isdisjoint(properties.get(TYPE, ())))]
    found = set(waiting)
    while waiting:
        for predicate, terms in shapes.get(waiting.pop(), NO_PROPERTIES).items():
            if predicate != sh("rule"):
                fresh = [term for term in terms if term in shapes and term not in found]
                found.update(fresh)
                waiting += fresh
    return found


def _and_below(shapes: Nodes, classes: Iterable[Term]) -> set[Term]:
    found = set(classes)
    while True:
        fresh = {term for term, each in shapes.items() if not found.isdisjoint(each.get(SUBCLASS, ()))} - found
        if not fresh:
            return found
        found |= fresh
