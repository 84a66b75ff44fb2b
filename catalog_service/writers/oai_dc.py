"""Unqualified Dublin Core as OAI-PMH wants it; what goes where is data in ``ontology/alignments``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.namespaces import DC
from catalog_service.writers.xml import element

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    parts += [element("dc:type", "Service")]
    for name, each in _aligned(kind):
        for term in record.objects(*each.path):
            parts += _elements(name, term, each, record, around)
    parts.append(element("dc:date", outgoing.modified[:10]))
    return f"{_HEAD}{''.join(dict.fromkeys(parts))}</oai_dc:dc>"


def _aligned(kind: Kind) -> Iterator[tuple[str, Field]]:
    for each in kind.fields:
        for target in each.alignments.get(FORMAT, ()):
            if not each.private and not each.computed:
                yield f"dc:{target.removeprefix(DC)}", each


def _elements(name: str, term: Term, each: Field, record: Record, around: Surroundings) -> Iterable[str]:
    text = terms.value(term)
    if each.type == "concept":
        concept = around.vocabularies.concept(text)
        return [element(name, label, xml_lang=lang) for lang, label in concept.labels.items()] if concept else []
    if each.type == "reference":
        names = around.name_of(text)
        return [element(name, label, xml_lang=lang) for lang, label in names.items()] or [element(name, text)]
    if each.type == "node":
        inner = [terms.value(value) for member in each.fields[:1] for value in record.objects(*member.path, of=term)]
        return [element(name, value) for value in inner]
    return [element(name, text, xml_lang=terms.language(term))]
