"""The form of JSON: types and unknown members, by JSON Schema; everything about content is SHACL's.

A quick look at types and names, made from the same schema, comes first: what passes it has the right form, and the
schema itself, which takes ten times as long, is asked about the rest. What is wrong, it alone says.
"""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any

from catalog_service.i18n import LANGUAGES, both
from catalog_service.model.derive import json_schema
from catalog_service.model.kind import per_kind
from catalog_service.model.report import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from catalog_service.model.kind import Kind

_TYPES = {"string": "text", "object": "an object", "array": "a list", "number": "a number", "integer": "a whole number",
          "boolean": "true or false"}  # fmt: skip
_CLASSES: dict[str, tuple[type, ...]] = {
    "string": (str,), "number": (int, float), "integer": (int,), "boolean": (bool,), "null": (type(None),),
    "object": (dict,), "array": (list,),
}  # fmt: skip
"""What JSON of each type is in Python."""

_SHOWN = 80
_ANY: dict[str, Any] = {}


def check_structure(payload: Any, kind: Kind) -> Iterator[Finding]:
    """Yield what is wrong with the form of a record in plain JSON; paths are those of the kind, without positions."""
    if _quick(kind)(payload):
        return
    for error in _validator(kind).iter_errors(payload):
        yield from _findings(error, kind)


@per_kind
def _validator(kind: Kind) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json_schema(kind))


@per_kind
def _quick(kind: Kind) -> Callable[[Any], bool]:
    return _fits(json_schema(kind))


def _fits(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Return a test that only values pass which satisfy a schema; of members known by a pattern it is never sure."""
    types = schema.get("type", list(_CLASSES))
    classes = frozenset(each for name in ([types] if isinstance(types, str) else types) for each in _CLASSES[name])
    allowed = schema.get("enum")
    members = {name: _fits(each) for name, each in schema.get("properties", _ANY).items()}
    item = _fits(schema["items"]) if "items" in schema else None
    rest = schema.get("additionalProperties", True)
    others = _fits(rest) if isinstance(rest, dict) else None
    names = re.compile(schema.get("propertyNames", _ANY).get("pattern", ""))

    def fits(value: Any) -> bool:
        if value.__class__ not in classes or (allowed is not None and value not in allowed):
            return False
        if value.__class__ is list:
            return item is None or all(map(item, value))
        if value.__class__ is not dict:
            return True
        for name, each in value.items():
            test = members.get(name) or (others if names.search(name) else None)
            if test is None or not test(each):
                return False
        return True

    return fits


def _findings(error: Any, kind: Kind) -> Iterator[Finding]:
    path = _path(error.absolute_path, kind)
    if error.validator == "additionalProperties":
        known = re.compile("|".join(error.schema["patternProperties"]) or "(?!)")
        for name in error.instance:
            if name not in error.schema["properties"] and not known.search(name):
                yield _unknown(path, name, kind)
    elif error.validator == "pattern":
        yield _no_language(path, error.instance, kind)
    else:
        yield _wrong_type(path, error, kind)


def _unknown(owner: str, name: str, kind: Kind) -> Finding:
    """Return the finding on a member that nothing is called like; the rest of the record is read all the same.

    The nearest name is told as it would stand beside it, else with the path it has in the record.
    """
    paths: dict[str, str] = {}
    for path, each in kind.walk():
        paths.setdefault(each.name, path)
        if path.rpartition(".")[0] == owner:
            paths[each.name] = each.name
    near = [paths[each] for each in difflib.get_close_matches(name[:_SHOWN], paths, n=1, cutoff=0.6)]
    label, value = _label(owner, kind), f"{owner}.{name}" if owner else name
    message = both("{label}: there is no member “{name}”; it was left out.", domain="findings", label=label,
                   name=_short(name))  # fmt: skip
    advice = "Did you mean “{near}”?" if near else "See the kind's JSON Schema for the members there are."
    return Finding("unknown-member", message, both(advice, domain="findings", near="".join(near)), severity="warning",
                   path=owner, label=label, value=_short(value), constraint="structure")  # fmt: skip


def _no_language(path: str, tag: str, kind: Kind) -> Finding:
    label = _label(path, kind)
    message = both("{label}: “{value}” is no language; what it says was left out.", domain="findings", label=label,
                   value=_short(tag))  # fmt: skip
    advice = both("Give texts by language: zh, en, or another tag of BCP 47.", domain="findings")
    return Finding("unknown-member", message, advice, severity="warning", path=path, label=label,
                   value=_short(f"{path}.{tag}"), constraint="structure")  # fmt: skip


def _wrong_type(path: str, error: Any, kind: Kind) -> Finding:
    label = _label(path, kind)
    wanted = [each for each in error.schema.get("type", ["string"]) if each != "null"]
    usual = wanted[:2] if wanted[0] == "object" else wanted[:1]
    named = [both(_TYPES[each], domain="findings") for each in usual]
    types = {lang: " / ".join(each[lang] for each in named) for lang in LANGUAGES}
    message = both("{label}: this must be {type}.", domain="findings", label=label, type=types)
    advice = both("Write a plain value; objects stand only where the schema has one.", domain="findings")
    return Finding("wrong-type", message, advice, path=path, label=label,
                   value=_short(json.dumps(error.instance, ensure_ascii=False)), constraint="structure")  # fmt: skip


def _path(parts: Iterable[str | int], kind: Kind) -> str:
    """Return the dotted name of the field where something stands; a text's language is no part of it."""
    names = [part.partition("@")[0] for part in parts if isinstance(part, str)]
    while len(names) > 1 and kind.field(".".join(names)) is None:
        names.pop()
    return ".".join(names)


def _label(path: str, kind: Kind) -> dict[str, str]:
    field = kind.field(path) if path else None
    return dict(field.labels if field else kind.labels)


def _short(text: str) -> str:
    """Return the beginning of a text as it can be shown."""
    return " ".join("".join(char if char.isprintable() else " " for char in text[:_SHOWN]).split())
