"""JSON-LD with the profile's context inside, inner nodes nested under their owner."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from catalog_service.model import terms
from catalog_service.namespaces import PREFIXES, TYPE, XSD, shorten
from catalog_service.resources import folder
from catalog_service.writers.twins import with_twins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term
    from catalog_service.writers.base import Outgoing, Surroundings


class JsonLd:
    """One document: the context, then the records as a graph, or as the document itself if there is one."""

    name = "jsonld"
    media_type = "application/ld+json"
    ending = "jsonld"
    one_kind = False

    def write(self, records: Iterable[Outgoing], _around: Surroundings) -> Iterator[bytes]:
        """Yield the document, record by record."""
        context, names = context_of(), _names()
        found = [_compact(record, record.node, names, set()) for record in map(with_twins, records)]
        body = found[0] if len(found) == 1 else {"@graph": found}
        yield json.dumps({"@context": context} | body, ensure_ascii=False, indent=2).encode() + b"\n"


@cache
def context_of() -> dict[str, Any]:
    """Return the profile's JSON-LD context."""
    document = json.loads((folder("ontology") / "context.jsonld").read_text(encoding="utf-8"))
    context: dict[str, Any] = document["@context"]
    return context


@cache
def _names() -> dict[str, tuple[str, str]]:
    """Return IRI to the name that stands for it in the context, and the type values have by it.

    Several names may stand for one property, one for each sort of value: the first without conditions is taken.
    """
    names: dict[str, tuple[str, str]] = {}
    for name, meaning in context_of().items():
        definition = meaning if isinstance(meaning, dict) else {"@id": meaning}
        target = definition.get("@id", "")
        if name.startswith("@") or not isinstance(target, str) or target.startswith("@") or name in PREFIXES:
            continue
        if "@language" in definition or "@container" in definition:
            continue
        names.setdefault(_expanded(target), (name, str(definition.get("@type", ""))))
    return names


def _expanded(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES and not local.startswith("//") else name


def _compact(record: Record, node: Term, names: dict[str, tuple[str, str]], above: set[Term]) -> dict[str, Any]:
    properties = record.nodes[node]
    compact: dict[str, Any] = {"@id": terms.value(node)}
    types = [shorten(terms.value(each)) for each in sorted(properties.get(TYPE, ()))]
    if types:
        compact["@type"] = types if len(types) > 1 else types[0]
    for predicate in sorted(properties):
        if predicate == TYPE:
            continue
        name, coercion = names.get(terms.value(predicate), (shorten(terms.value(predicate)), ""))
        values = [_value(record, each, coercion, names, above | {node}) for each in sorted(properties[predicate])]
        compact[name] = values if len(values) > 1 else values[0]
    return compact


def _value(record: Record, term: Term, coercion: str, names: dict[str, tuple[str, str]], above: set[Term]) -> Any:
    text = terms.value(term)
    if terms.is_iri(term):
        if term in record.nodes and term not in above:
            return _compact(record, term, names, above)
        return text if coercion == "@id" else {"@id": text}
    language, datatype = terms.language(term), terms.datatype(term)
    if language:
        return {"@value": text, "@language": language}
    if datatype == terms.XSD_STRING:
        return text if not coercion else {"@value": text}
    if datatype == f"{XSD}boolean" and text in ("true", "false"):
        return text == "true"
    return text if coercion and _expanded(coercion) == datatype else {"@value": text, "@type": datatype}
