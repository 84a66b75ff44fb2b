"""Records as plain JSON with the profile's short names.

A text is an object by language, a code is its notation (``list/code`` where a field has several lists), an inner node
an object, and a field that may have several values a list. Reading plain JSON is `catalog_service.normalise`'s work.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from catalog_service.model import terms
from catalog_service.namespaces import CODE_LISTS

if TYPE_CHECKING:
    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term
    from catalog_service.model.vocabulary import Vocabularies

_NO_LANGUAGE = "und"


def to_plain(record: Record, kind: Kind, vocabularies: Vocabularies | None = None) -> dict[str, Any]:
    """Return a record's fields as JSON; ``vocabularies`` are needed for codes of lists under another base."""
    return _members(record, record.node, kind.fields, vocabularies)


def _members(
    record: Record, node: Term, fields: tuple[Field, ...], vocabularies: Vocabularies | None
) -> dict[str, Any]:
    members = {}
    for each in fields:
        values = record.objects(*each.path, of=node)
        if values:
            members[each.name] = _values(record, each, sorted(values), vocabularies)
    return members


def _values(record: Record, each: Field, values: list[Term], vocabularies: Vocabularies | None) -> Any:
    if each.type == "text":
        return _by_language(each, values)
    plain = [_value(record, each, value, vocabularies) for value in values]
    if each.type == "node":
        plain.sort(key=_place)
    return plain[0] if each.max_count == 1 and len(plain) == 1 else plain


def _place(node: Any) -> Any:
    """Return the sort key of an inner node: its position if it has one; others stay in the order of their IRIs."""
    position = node.get("position", 0) if isinstance(node, dict) else 0
    return position if isinstance(position, int) else 0


def _by_language(each: Field, values: list[Term]) -> dict[str, Any]:
    texts: dict[str, list[str]] = {}
    for value in values:
        texts.setdefault(terms.language(value) or _NO_LANGUAGE, []).append(terms.value(value))
    ordered = sorted(texts, key=lambda tag: (tag != "zh", tag != "en", tag))
    return {tag: texts[tag][0] if each.unique_lang and len(texts[tag]) == 1 else texts[tag] for tag in ordered}


def _value(record: Record, each: Field, value: Term, vocabularies: Vocabularies | None) -> Any:
    text = terms.value(value)
    match each.type:
        case "node":
            return _members(record, value, each.fields, vocabularies) if value in record.nodes else text
        case "concept":
            return _code(each, text, vocabularies)
        case "integer" | "decimal":
            return _number(text)
        case "boolean":
            return {"true": True, "1": True, "false": False, "0": False}.get(text, text)
        case _:
            return text.removeprefix(each.iri_prefix)


def _code(each: Field, iri: str, vocabularies: Vocabularies | None) -> str:
    """Return a concept as its notation, with the list where it could be of several; an unknown one as its IRI."""
    concept = vocabularies.concept(iri) if vocabularies is not None else None
    if concept is not None:
        slug, code = concept.scheme, concept.notation
    elif iri.startswith(CODE_LISTS):
        slug, _, code = iri.removeprefix(CODE_LISTS).partition("/")
    else:
        return iri
    return code if each.schemes == (slug,) else f"{slug}/{code}"


def _number(text: str) -> int | float | str:
    """Return a number that JSON can hold without loss, else the text.

    >>> _number("2800.00"), _number("0.5"), _number("ten")
    (2800, 0.5, 'ten')
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number) >= 2**53:
        return text
    if number == number.to_integral_value():
        return int(number)
    return float(number) if Decimal(repr(float(number))) == number else text
