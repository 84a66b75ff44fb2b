"""The JSON Schema of a kind's plain JSON: types and unknown members only, everything about content is SHACL's.

Nothing is shared by ``$ref``, so that a schema can be put into another document as it is.
Source: JSON Schema 2020-12, https://json-schema.org/draft/2020-12
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog_service.namespaces import PROFILE

if TYPE_CHECKING:
    from catalog_service.model.kind import Field, Kind

_SCALARS: dict[str, list[str]] = {
    "integer": ["integer", "string"],
    "decimal": ["number", "string"],
    "boolean": ["boolean", "string"],
}
"""Types of one value; numbers and truths may also be given as people write them. All others are strings."""

_LANGUAGE_TAG = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
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
            "kind": {"const": kind.name, "type": "string", "title": "Kind"},
            "iri": {"type": "string", "title": "IRI"},
            **{each.name: _field(each) for each in kind.fields},
        },
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
    if each.schemes:
        schema["x-code-lists"] = list(each.schemes)
    return schema | _form(each)


def _form(each: Field) -> dict[str, Any]:
    if each.type == "text":
        return _text(each)
    one = _node(each) if each.type == "node" else {"type": _SCALARS.get(each.type, ["string"])}
    if each.max_count == 1:
        return one
    return one | {"type": [*one["type"], "array"], "items": one}


def _node(each: Field) -> dict[str, Any]:
    members = {member.name: _field(member) for member in each.fields}
    return {"type": ["object"], "properties": members, "additionalProperties": False}


def _text(each: Field) -> dict[str, Any]:
    """A text is an object by language; a plain string is Chinese. Where several are allowed, lists of strings too."""
    texts = {"type": "string"} if each.unique_lang else {"type": ["string", "array"], "items": {"type": "string"}}
    by_language: dict[str, Any] = {
        "type": ["string", "object"],
        "propertyNames": {"pattern": _LANGUAGE_TAG},
        "additionalProperties": texts,
    }
    if not each.unique_lang:
        by_language |= {"type": ["string", "object", "array"], "items": {"type": "string"}}
    return by_language
