"""The JSON Schema of a kind's plain JSON: types and unknown members only, everything about content is SHACL's.

It accepts whatever normalisation understands: numbers as text, one value or a list, nothing at all; of several types
the usual one stands first. Nothing is shared by ``$ref``, so that a schema can be put into another document as it is.
Source: JSON Schema 2020-12, https://json-schema.org/draft/2020-12
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog_service.namespaces import PROFILE

if TYPE_CHECKING:
    from catalog_service.model.kind import Field, Kind

_SCALARS: dict[str, list[str]] = {
    "integer": ["integer", "number", "string", "boolean", "null"],
    "decimal": ["number", "string", "boolean", "null"],
    "boolean": ["boolean", "string", "number", "null"],
}
"""Types of one value, the usual one first; what people write otherwise is understood or told with its content."""

_USUAL = ["string", "number", "boolean", "null"]

_TAG = "[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"
_END = "$(?!\n)"
"""The end of a name; where ``$`` also stands before a line feed, as in Python, the rest sees to it."""

_known: dict[int, tuple[Kind, dict[str, Any]]] = {}


def json_schema(kind: Kind) -> dict[str, Any]:
    """Return the JSON Schema of a kind; the same object for the same kind, so leave it as it is."""
    kept = _known.get(id(kind))
    if kept is None or kept[0] is not kind:
        kept = _known[id(kind)] = (kind, _schema(kind))
    return kept[1]


def _schema(kind: Kind) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{PROFILE}/schema/{kind.name}",
        "title": kind.label("en"),
        "description": kind.definitions["en"],
        "type": "object",
        "properties": {
            "kind": {"enum": [kind.name, "", None], "title": "Kind"},
            "iri": {"type": ["string", "null"], "title": "IRI"},
            "@context": {},
            "$schema": {},
            **{each.name: _field(each) for each in kind.fields},
        },
        "patternProperties": _with_language(kind.fields),
        "additionalProperties": False,
    }


def _field(each: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "title": each.label("en"),
        "description": each.definitions["en"],
        "x-label-zh": each.label("zh"),
        "x-obligation": each.obligation,
    }
    if each.number:
        schema["x-number"] = each.number
    if each.computed:
        schema["readOnly"] = True
    if each.max_count is not None:
        schema["x-max-count"] = each.max_count
    if each.schemes:
        schema["x-code-lists"] = list(each.schemes)
    return schema | _form(each)


def _form(each: Field) -> dict[str, Any]:
    if each.type == "text":
        return _text()
    one = _node(each) if each.type == "node" else _scalar(each)
    return one | {"type": [*one["type"], "array"], "items": one}


def _scalar(each: Field) -> dict[str, Any]:
    return {"type": _SCALARS.get(each.type, _USUAL)}


def _node(each: Field) -> dict[str, Any]:
    """An inner node is an object; words, such as those on a price, are understood where they can be."""
    return {
        "type": ["object", *_USUAL],
        "properties": {member.name: _field(member) for member in each.fields},
        "patternProperties": _with_language(each.fields),
        "additionalProperties": False,
    }


def _text() -> dict[str, Any]:
    """A text is an object by language; a plain string is Chinese."""
    one: dict[str, Any] = {"type": _USUAL}
    several = {"type": [*_USUAL, "array"], "items": one}
    return several | {
        "type": ["object", *_USUAL, "array"],
        "propertyNames": {"pattern": f"^{_TAG}{_END}"},
        "additionalProperties": several,
    }


def _with_language(fields: tuple[Field, ...]) -> dict[str, Any]:
    """Return the forms of members that name a language behind their own name, as columns do: ``title@en``."""
    texts = [each.name for each in fields if each.type == "text"]
    others = [each.name for each in fields if each.type not in {"text", "node"}]
    forms: dict[str, Any] = {}
    if texts:
        forms[f"^({'|'.join(texts)})@({_TAG})?{_END}"] = _text()
    if others:
        forms[f"^({'|'.join(others)})@"] = {"type": [*_USUAL, "array"], "items": {"type": _USUAL}}
    return forms
