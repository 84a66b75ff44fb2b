"""Unqualified Dublin Core as OAI-PMH wants it; what goes where is data in ``ontology/alignments``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.kind import per_kind
from catalog_service.model.terms import literal_parts
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
            if each.type in ("concept", "reference"):
                parts += _named(name, term, each, around)
            elif each.type == "node":
                parts += _inner(name, term, each, record)
            else:
                parts.append(_in(name, *literal_parts(term)))
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


def _named(name: str, term: Term, each: Field, around: Surroundings) -> list[str]:
    """Return the labels of a code or the names of a record, each language by itself; made once as long as they hold."""
    found = around.written.get((name, term))
    if found is None:
        iri = terms.value(term)
        if each.type == "concept":
            concept = around.vocabularies.concept(iri)
            found = [_in(name, label, lang) for lang, label in concept.labels.items()] if concept else []
        else:
            names = around.name_of(iri)
            found = [_in(name, label, lang) for lang, label in names.items()] or [element(name, iri)]
        around.written[name, term] = found
    return found


def _inner(name: str, node: Term, each: Field, record: Record) -> list[str]:
    values = [value for member in each.fields[:1] for value in record.objects(*member.path, of=node)]
    return [element(name, terms.value(value)) for value in values]


def _in(name: str, text: str, language: str) -> str:
    return f'<{name} xml:lang="{language}">{escape(text)}</{name}>' if language else f"<{name}>{escape(text)}</{name}>"
