"""The W3C SHACL test suite: every Core test, and the SPARQL tests through the fallback.

Results are compared as report graphs, as the suite demands: isomorphic, with only the properties of section 3.6.2, and
messages only where the expected report has them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import parse
from rdflib import Graph
from rdflib.compare import isomorphic

from catalog_service.namespaces import SH
from catalog_service.validation.shacl import ShaclError, compile_shapes
from catalog_service.validation.shacl.graph import Nodes, index
from catalog_service.validation.shacl.paths import read_list
from catalog_service.validation.shacl.report import to_rdflib

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.terms import Term

ROOT = Path(os.environ.get("KEBAO_CONFORMANCE", Path(__file__).parents[3] / "shared" / "conformance")) / "shacl"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"

CORE_EXCEPTIONS: dict[str, str] = {}
"""Core tests that do not hold, with reasons. There are none."""
SPARQL_EXCEPTIONS: dict[str, str] = {
    "sparql/pre-binding/shapesGraph-001": "support of $shapesGraph is optional (section 5.3.1); pySHACL has none",
}
"""SPARQL tests that do not hold, with reasons."""

COMPARED = {f"<{SH}{name}>" for name in (
    "focusNode", "resultPath", "value", "resultSeverity", "sourceConstraintComponent", "sourceShape",
    "sourceConstraint",
)}  # fmt: skip
MESSAGE, RESULT, CONFORMS = f"<{SH}resultMessage>", f"<{SH}result>", f"<{SH}conforms>"


@dataclass(frozen=True)
class Case:
    name: str
    nodes: Nodes
    data: Nodes
    shapes: Nodes
    result: Term


def read(path: Path) -> Nodes:
    return index(list(parse(path=str(path), base_iri=path.as_uri())))


def cases(folder: str) -> Iterator[Case]:
    waiting = [ROOT / folder / "manifest.ttl"]
    while waiting:
        path = waiting.pop()
        nodes = read(path)
        for properties in nodes.values():
            waiting += [Path(file_of(term)) for term in properties.get(f"<{MF}include>", ())]
            for head in properties.get(f"<{MF}entries>", ()):
                yield from (case_of(path, nodes, entry) for entry in read_list(nodes, head))


def case_of(path: Path, nodes: Nodes, entry: Term) -> Case:
    (action,), (result,) = nodes[entry][f"<{MF}action>"], nodes[entry][f"<{MF}result>"]
    (data,), (shapes,) = nodes[action][f"<{SHT}dataGraph>"], nodes[action][f"<{SHT}shapesGraph>"]
    graphs = {str(path): nodes}
    for term in (data, shapes):
        file = file_of(term)
        if file not in graphs:
            graphs[file] = read(Path(file))
    name = f"{path.parent.relative_to(ROOT)}/{path.stem}"
    return Case(name, nodes, graphs[file_of(data)], graphs[file_of(shapes)], result)


def file_of(term: Term) -> str:
    return term[1:-1].removeprefix("file://")


def expected_report(case: Case) -> Graph:
    """Return the expected report without what is not compared."""
    graph = Graph()
    waiting = [(case.result, {RESULT, CONFORMS})]
    seen = set()
    while waiting:
        node, wanted = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for predicate, terms in case.nodes.get(node, {}).items():
            if wanted and predicate not in wanted:
                continue
            for term in terms:
                graph.add((to_rdflib(node), to_rdflib(predicate), to_rdflib(term)))
                if predicate == RESULT:
                    waiting.append((term, COMPARED | {MESSAGE}))
                elif term.startswith("_") and (predicate == f"<{SH}resultPath>" or not wanted):
                    waiting.append((term, set()))
    return graph


def actual_report(case: Case, graph: Graph, *, messages: bool) -> Graph:
    nodes = index(graph)
    (report,) = (node for node, properties in nodes.items() if CONFORMS in properties)
    pruned = Case(case.name, nodes, {}, {}, report)
    found = expected_report(pruned)
    if not messages:
        found.remove((None, to_rdflib(MESSAGE), None))
    return found


def agree(case: Case) -> None:
    if case.result == f"<{SHT}Failure>":
        with pytest.raises(ShaclError):
            compile_shapes(case.shapes).validate(case.data)
        return
    expected = expected_report(case)
    with_messages = (None, to_rdflib(MESSAGE), None) in expected

    report = compile_shapes(case.shapes).validate(case.data)

    actual = actual_report(case, report.graph(), messages=with_messages)
    assert isomorphic(actual, expected), actual.serialize(format="turtle") + expected.serialize(format="turtle")


CORE = {case.name: case for case in cases("core")} if ROOT.is_dir() else {}
SPARQL = {case.name: case for case in cases("sparql")} if ROOT.is_dir() else {}


@pytest.mark.skipif(not CORE, reason="the conformance data is not here")
def test_the_suite_is_complete():
    assert (len(CORE), len(SPARQL)) == (98, 22)


def test_core_has_no_exceptions():
    assert not CORE_EXCEPTIONS


@pytest.mark.parametrize("name", sorted(CORE))
def test_core(name):
    agree(CORE[name])


@pytest.mark.parametrize("name", sorted(SPARQL))
def test_sparql(name):
    if name in SPARQL_EXCEPTIONS:
        with pytest.raises((AssertionError, ShaclError, pytest.fail.Exception)):
            agree(SPARQL[name])
    else:
        agree(SPARQL[name])
