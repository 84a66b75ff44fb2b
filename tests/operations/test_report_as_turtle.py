"""The report in Turtle is a validation report of SHACL (section 3.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

from catalog_service.model.record import Record, nodes_of
from catalog_service.model.report import Finding
from catalog_service.model.terms import split_line
from catalog_service.namespaces import RDF, SH
from catalog_service.operations.sandbox import wire
from catalog_service.operations.validate import Checked, as_turtle
from catalog_service.validation.shacl.graph import index
from tests.normalise.records import normaliser, products
from tests.validation.records import check

if TYPE_CHECKING:
    from catalog_service.validation.shacl.graph import Nodes, Properties

DECIMAL = "<http://www.w3.org/2001/XMLSchema#decimal>"


def report(*findings: Finding) -> tuple[Properties, Nodes]:
    nodes = index(list(parse(as_turtle(Checked(1, findings, {})).encode(), format=RdfFormat.TURTLE)))
    (one,) = (each for each in nodes.values() if f"<{SH}ValidationReport>" in each.get(f"<{RDF}type>", ()))
    return one, nodes


def found() -> list[Finding]:
    """Return the findings on a product without title, of a negative price and another sector."""
    record = normaliser().normalise(products()[0]).record
    lines = [" ".join(each) for each in record.triples() if each[1] != "<http://purl.org/dc/terms/title>"]
    price = next(line for line in lines if "schema.org/price>" in line)
    lines.append(f'{price.rsplit(" ", 1)[0]} "-1.0"^^{DECIMAL}')
    lines.append(f"<{record.iri}> <http://data.europa.eu/m8g/sector> <https://e.example/nowhere>")
    return check("compiled", [Record(record.iri, record.kind, nodes_of(map(split_line, lines)))], {})


def test_every_result_has_a_focus_node_a_component_and_a_severity() -> None:
    head, nodes = report(*found())

    assert len(head[f"<{SH}result>"]) > 3
    for node in head[f"<{SH}result>"]:
        for name in ("focusNode", "sourceConstraintComponent", "resultSeverity"):
            assert len(nodes[node][f"<{SH}{name}>"]) == 1


def test_values_are_terms_and_paths_are_told() -> None:
    head, nodes = report(*found())
    results = [nodes[node] for node in head[f"<{SH}result>"]]

    values = {term for each in results for term in each.get(f"<{SH}value>", ())}
    paths = {term for each in results for term in each.get(f"<{SH}resultPath>", ())}

    assert {f'"-1.0"^^{DECIMAL}', "<https://e.example/nowhere>"} <= values
    assert {"<http://purl.org/dc/terms/title>", "<http://data.europa.eu/m8g/sector>"} <= paths


def test_a_path_of_several_steps_is_a_list() -> None:
    steps = ("<http://e/p>", "<http://e/q>")
    head, nodes = report(Finding("x", {}, constraint=f"{SH}Own", focus_node="_:b", predicates=steps))

    (path,) = nodes[head[f"<{SH}result>"][0]][f"<{SH}resultPath>"]
    (rest,) = nodes[path][f"<{RDF}rest>"]
    assert (*nodes[path][f"<{RDF}first>"], *nodes[rest][f"<{RDF}first>"]) == steps


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_a_report_with_any_result_does_not_conform(severity: str) -> None:
    head, _ = report(Finding("x", {}, severity=severity, constraint=f"{SH}Own", focus_node="<http://e/a>"))  # type: ignore[arg-type]

    assert head[f"<{SH}conforms>"] == ['"false"^^<http://www.w3.org/2001/XMLSchema#boolean>']


def test_what_no_shape_says_is_no_result() -> None:
    head, nodes = report(Finding("unreadable", {"en": "Line 3 is broken."}, value="x", constraint="read"))

    (node,) = head["<http://purl.org/dc/terms/hasPart>"]
    assert f"<{SH}result>" not in head
    assert nodes[node][f"<{RDF}type>"] == [f"<{SH}AbstractResult>"]
    assert nodes[node][f"<{SH}resultMessage>"] == ['"Line 3 is broken."@en']


@pytest.mark.parametrize("term", ["nowhere", "<http://e/ b>", '"a" . <x>'])
def test_what_a_worker_says_of_no_term_is_refused(term: str) -> None:
    kept = Finding("x", {}, focus_node="<http://e/a>", value_term='"1"@zh', predicates=("<http://e/p>",))

    assert wire.finding_of(wire.pack_finding(kept)) == kept
    for forged in (replace(kept, focus_node=term), replace(kept, value_term=term), replace(kept, predicates=(term,))):
        with pytest.raises(wire.Forged):
            wire.finding_of(wire.pack_finding(forged))
