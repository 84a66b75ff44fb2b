"""RDF as other libraries read it: the same graph in every syntax, compared as graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import Graph
from rdflib.compare import to_isomorphic

from catalog_service.writers import writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.writers.base import Outgoing, Surroundings

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own

PARSERS = {"turtle": "turtle", "rdfxml": "xml", "jsonld": "json-ld"}
AWKWARD = ('"a < b & \\"c\\" \\\\ d"@zh', '"一行\\n两行\\t"@zh', '"𠮷 \\u0085 é"@en')
TITLE = "<http://purl.org/dc/terms/title>"


def written(form: str, records: tuple[Outgoing, ...], around: Surroundings) -> bytes:
    return b"".join(writer(form).write(records, around))


def graph(form: str, records: tuple[Outgoing, ...], around: Surroundings) -> Graph:
    return Graph().parse(data=written(form, records, around), format=PARSERS.get(form, "nt"))


@pytest.mark.parametrize("form", list(PARSERS))
def test_every_syntax_holds_the_same_graph(form: str, published: tuple[Outgoing, ...], around: Surroundings) -> None:
    chosen = published[:6] + published[-6:]

    assert to_isomorphic(graph(form, chosen, around)) == to_isomorphic(graph("ntriples", chosen, around))


@pytest.mark.parametrize("form", [*PARSERS, "ntriples"])
@pytest.mark.parametrize("text", AWKWARD)
def test_no_character_is_lost(form: str, text: str, make: Callable[..., Outgoing], around: Surroundings) -> None:
    outgoing = make((TITLE, text))

    assert to_isomorphic(graph(form, (outgoing,), around)) == to_isomorphic(
        Graph().parse(data=outgoing.record.canonical(), format="nt")
    )


def test_n_quads_are_the_lines_that_are_stored(published: tuple[Outgoing, ...], around: Surroundings) -> None:
    assert written("nquads", published, around) == b"".join(each.record.canonical() for each in published)


@pytest.mark.parametrize("form", [*PARSERS, "ntriples", "nquads"])
def test_no_records_are_a_good_document(form: str, around: Surroundings) -> None:
    assert len(graph(form, (), around)) == 0


@pytest.mark.parametrize("form", ["turtle", "rdfxml"])
def test_an_odd_address_of_old_does_not_break_the_document(
    form: str, make: Callable[..., Outgoing], around: Surroundings
) -> None:
    odd = "<https://x.example/?q=50%折扣>"
    outgoing = make((TITLE, '"甲"@zh'), ("<http://www.w3.org/ns/dcat#landingPage>", odd))

    assert odd[1:-1].encode() in written(form, (outgoing,), around)
