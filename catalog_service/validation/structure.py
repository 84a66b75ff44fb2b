"""The form of JSON: types and unknown members, by JSON Schema; everything about content is SHACL's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog_service.i18n import both
from catalog_service.model.derive import json_schema
from catalog_service.model.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.kind import Kind

_TYPES = {"string": "text", "object": "an object", "array": "a list", "number": "a number", "integer": "a whole number",
          "boolean": "true or false"}  # fmt: skip


def check_structure(payload: Any, kind: Kind) -> Iterator[Finding]:
    """Yield what is wrong with the form of a record in plain JSON."""
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(json_schema(kind)).iter_errors(payload):
        yield _finding(error, kind)


def _finding(error: Any, kind: Kind) -> Finding:
    path = ".".join(str(part) for part in error.absolute_path)
    field = kind.field(path) if path else None
    label = dict(field.labels) if field else dict(kind.labels)
    if error.validator == "additionalProperties":
        unknown = ", ".join(sorted(set(error.instance) - set(error.schema["properties"])))
        message = both("{label}: there is no member “{name}”.", domain="findings", label=label, name=unknown)
        advice = both("See the kind's JSON Schema for the members there are.", domain="findings")
        return Finding("unknown-member", message, advice, path=path, label=label, value=unknown, constraint="structure")
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    kinds = {lang: " / ".join(both(_TYPES.get(str(each), str(each)), domain="findings")[lang] for each in wanted)
             for lang in ("zh", "en")}  # fmt: skip
    message = both("{label}: this must be {type}.", domain="findings", label=label, type=kinds)
    shown = str(error.instance)[:80]
    return Finding("wrong-type", message, path=path, label=label, value=shown, constraint="structure")
