"""Unqualified Dublin Core as OAI-PMH wants it; what goes where is data in ``ontology/alignments``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.kind import per_kind
from catalog_service.namespaces import DC
from catalog_service.writers.xml import element, escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term
    from catalog_service.writers.base import Outgoing, Surroundings

NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
FORMAT = "oai_dc"
"""The name alignments go by."""

_HEAD = (
    f'<oai_dc:dc xmlns:oai_dc="{NAMESPACE}" xmlns:dc="{DC}" '
    f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{NAMESPACE} {SCHEMA}">'
)


def metadata(outgoing: Outgoing, around: Surroundings) -> str:
    """Return the ``oai_dc:dc`` element of a record: its page first among the identifiers."""
    kind, record = outgoing.kind, outgoing.record
    parts = [element("dc:identifier", around.page_of(outgoing.identifier)), element("dc:identifier", record.iri)]
    parts += _constants(kind)
    own = record.nodes.get(record.node, {})
    for name, each in _aligned(kind):
        values = own.get(each.path[0], ()) if len(each.path) == 1 else record.objects(*each.path)
        for term in values:
            parts += _elements(name, term, each, record, around)
    parts.append(element("dc:date", outgoing.modified[:10]))
    return wrapped(dict.fromkeys(parts))


def wrapped(elements: Iterable[str]) -> str:
    """Return elements of Dublin Core in the element that holds them."""
    return f"{_HEAD}{''.join(elements)}</oai_dc:dc>"


def _name(target: str) -> str:
    return f"dc:{target.removeprefix(DC)}"


@per_kind
def _constants(kind: Kind) -> list[str]:
    """Return what every record of a kind says, such as its type."""
    view = kind.views.get(FORMAT)
    return [element(_name(target), terms.value(term)) for target, term in (view.constants if view else ())]


@per_kind
def _aligned(kind: Kind) -> list[tuple[str, Field]]:
    """Return the fields that have a place in Dublin Core, each with its element."""
    return [
        (_name(target), each)
        for each in kind.fields
        for target in each.alignments.get(FORMAT, ())
        if not each.private and not each.computed
    ]


def _elements(name: str, term: Term, each: Field, record: Record, around: Surroundings) -> list[str]:
    text = terms.value(term)
    if each.type == "concept":
        concept = around.vocabularies.concept(text)
        return [_in(name, label, lang) for lang, label in concept.labels.items()] if concept else []
    if each.type == "reference":
        names = around.name_of(text)
        return [_in(name, label, lang) for lang, label in names.items()] or [element(name, text)]
    if each.type == "node":
        inner = [terms.value(value) for member in each.fields[:1] for value in record.objects(*member.path, of=term)]
        return [element(name, value) for value in inner]
    language = terms.language(term)
    return [_in(name, text, language) if language else element(name, text)]


def _in(name: str, text: str, language: str) -> str:
    return f'<{name} xml:lang="{language}">{escape(text)}</{name}>'
