"""Plain JSON and JSON Lines with the profile's short names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO

from catalog_service.errors import UnreadableInput
from catalog_service.model.raw import RawRecord, RawValue
from catalog_service.model.report import Place
from catalog_service.readers.base import ReadContext, check_depth, is_text, only_kind, refusal, text_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.kind import Field
    from catalog_service.model.report import Finding

_LARGEST = 50_000_000
_HEAD_MEMBERS = {"kind", "iri", "@context"}


class Json:
    """One record as an object, or several as a list."""

    name = "json"
    endings = ("json",)

    def sniff(self, head: bytes) -> bool:
        """Tell whether it begins as a JSON document does."""
        return is_text(head) and text_head(head).startswith(("{", "["))

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield the records of the document."""
        data = source.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UnreadableInput(
                "{file} is too large for one JSON document.",
                advice="Write it as JSON Lines, one record a line.",
                file=context.file,
            )
        document = _parsed(data, context, Place(context.file))
        if not isinstance(document, list | dict):
            raise UnreadableInput("{file} holds no record.", file=context.file)
        for number, each in enumerate(document if isinstance(document, list) else [document], 1):
            yield from record_of(each, context, Place(context.file, row=number if isinstance(document, list) else 0))


class JsonLines:
    """One record a line."""

    name = "jsonl"
    endings = ("jsonl", "ndjson")

    def sniff(self, head: bytes) -> bool:
        """Tell whether the first line is an object by itself and another follows."""
        lines = text_head(head).split("\n")
        if (
            not is_text(head)
            or len(lines) < 2
            or not lines[0].startswith("{")
            or not lines[1].lstrip().startswith(("{", ""))
        ):
            return False
        try:
            return isinstance(json.loads(lines[0]), dict) and "@context" not in lines[0][:40]
        except (ValueError, RecursionError):
            return False

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield the record of each line; a broken line is told, the others go on."""
        most = context.limit("record_bytes", 1_000_000)
        for number, line in enumerate(source, 1):
            place = Place(context.file, line=number)
            if not line.strip():
                continue
            if len(line) > most:
                yield refusal("too-large", "This record has more than {most} bytes.", place, most=most)
                continue
            try:
                document = _parsed(line, context, place)
            except UnreadableInput as error:
                yield refusal("broken-json", "This line is not JSON: {reason}.", place, reason=str(error))
                continue
            yield from record_of(document, context, place)


def _parsed(data: bytes, context: ReadContext, place: Place) -> Any:
    check_depth(data, context.limit("depth", 64), context.file)
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise UnreadableInput("{file} is not UTF-8.", file=context.file) from error
    except json.JSONDecodeError as error:
        line = place.line or error.lineno
        raise UnreadableInput(
            "{file} is not JSON: line {line}, {reason}.", file=context.file, line=line, reason=error.msg
        ) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableInput("{file} is not JSON: {reason}.", file=context.file, reason=str(error)) from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def record_of(document: Any, context: ReadContext, place: Place) -> Iterator[RawRecord | Finding]:
    """Yield the raw record of a JSON object, or the finding that it is none."""
    if not isinstance(document, dict):
        yield refusal("no-object", "A record must be a JSON object.", place)
        return
    name = document.get("kind") or only_kind(context)
    if not isinstance(name, str) or name not in context.kinds:
        known = ", ".join(context.kinds)
        yield refusal(
            "unknown-kind", "There is no kind “{value}”.", place, "Known: {known}.", value=str(name), known=known
        )
        return
    kind = context.kinds[name]
    members = {member: value for member, value in document.items() if member not in _HEAD_MEMBERS}
    if "identifier" not in members and isinstance(document.get("iri"), str):
        members["identifier"] = document["iri"].rsplit("/", 1)[-1]
    values = [pair for member, value in members.items() for pair in _flat(member, value, kind.field(member), place)]
    unknown = [
        (member, RawValue(str(value)[:200], place)) for member, value in members.items() if kind.field(member) is None
    ]
    yield RawRecord(place, kind.name, tuple(values), unknown=tuple(unknown))


def _flat(name: str, value: Any, field: Field | None, place: Place) -> Iterator[tuple[str, RawValue]]:
    """Yield dotted names and values of a member; lists of inner nodes get positions."""
    if field is None or value is None:
        return
    if field.type == "node":
        for number, node in enumerate(value if isinstance(value, list) else [value]):
            for member, inner in node.items() if isinstance(node, dict) else ():
                found = next((each for each in field.fields if each.name == member), None)
                yield from _flat(f"{name}.{number}.{member}", inner, found, place)
        return
    if isinstance(value, dict):
        for language, texts in value.items():
            for text in texts if isinstance(texts, list) else [texts]:
                yield name, RawValue(_scalar(text), place, str(language))
        return
    for each in value if isinstance(value, list) else [value]:
        yield name, RawValue(_scalar(each), place)


def _scalar(value: Any) -> Any:
    return (
        value if isinstance(value, str | int | float | bool) or value is None else json.dumps(value, ensure_ascii=False)
    )
