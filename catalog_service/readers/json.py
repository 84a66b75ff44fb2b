"""Plain JSON and JSON Lines with the profile's short names.

A text is an object by language (``{"zh": …, "en": …}``) or a plain string; an inner node is an object; a field with
several values takes a list or one value. A document is an object, a list, or an object with a list ``records``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from catalog_service.errors import TooLarge, UnreadableInput
from catalog_service.model.raw import RawRecord, RawValue
from catalog_service.model.report import Place
from catalog_service.readers.base import BOM, LANGUAGE_TAG, head_text, is_text, json_depth, kind_asked, quoted, refusal
from catalog_service.readers.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.report import Finding
    from catalog_service.readers.base import ReadContext

_HEAD_MEMBERS = frozenset({"kind", "iri", "@context", "$schema"})
_LINKED = re.compile(r'"@(?:context|id|graph|type)"\s*:')
_AROUND = re.compile(r'"(?:records|@context|@id|@graph|@type)"\s*:')


class JsonLines:
    """One record a line."""

    name = "jsonl"
    media_types = ("application/x-ndjson", "application/jsonl")
    endings = ("jsonl", "ndjson")

    def sniff(self, head: bytes) -> bool:
        """Tell whether the first line is an object by itself and another object follows."""
        first, newline, rest = head_text(head).partition("\n")
        if not is_text(head) or not newline or not first.startswith("{") or _LINKED.search(first):
            return False
        return bool(rest.strip()) and (json_depth(first.encode()) > 64 or _is_object(first))

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield the record of each line; a broken line is told, the others go on."""
        most = context.limits.record_bytes
        number = 0
        while line := source.readline(most + 1):
            number += 1
            place = Place(context.file, line=number)
            if len(line) > most:
                while (more := source.readline(most)) and not more.endswith(b"\n"):
                    pass
                yield refusal("too-large", "The record has more than {most} bytes.", place, most=most)
            elif line.strip():
                yield from self._record(line.removeprefix(BOM) if number == 1 else line, place, context)

    def _record(self, line: bytes, place: Place, context: ReadContext) -> Iterator[RawRecord | Finding]:
        try:
            value = _loaded(line.rstrip(b"\r\n"), context)
        except (ValueError, RecursionError) as error:
            yield refusal(
                "broken-json",
                "The line is not JSON: {reason}.",
                place,
                "Write one whole record a line.",
                reason=reason(error),
            )
            return
        yield from _record_of(value, context, lambda _path: place)


class Json:
    """One record as an object, or several as a list."""

    name = "json"
    media_types = ("application/json",)
    endings = ("json",)

    def sniff(self, head: bytes) -> bool:
        """Tell whether it begins as a JSON document does."""
        return is_text(head) and head_text(head).startswith(("{", "["))

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield the records of the document."""
        most = context.limits.whole_bytes
        data = source.read(most + 1)
        if len(data) > most:
            raise TooLarge(
                "{file} is larger than {most} bytes.",
                advice="Write it as JSON Lines, one record a line.",
                file=context.file,
                most=most,
            )
        try:
            text = _text(data.removeprefix(BOM), context)
            document = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise not_json(context, error) from error
        finally:
            del data
        yield from _records(document, text, context)


def lines_after_all(head: bytes, found: str, *, whole: bool) -> bool:
    """Tell whether content that is called JSON Lines is that, though its first line is broken or the only one.

    ``found`` is the format it looks like, ``whole`` says that the head is all of it. One JSON document stays one.
    """
    text = head_text(head)
    if found == "xlsx" or _is_document(text, whole=whole):
        return False
    return found == "json" or any(map(_is_object, text.split("\n")))


def _is_document(text: str, *, whole: bool) -> bool:
    """Tell whether text is one JSON document, on a line of its own or over several, as far as it can be seen."""
    first, _, rest = text.partition("\n")
    if not rest.strip():
        return first.startswith("[") or _AROUND.search(first) is not None
    seen = text if whole else text[: text.rfind("\n")]
    try:
        json.loads(seen)
    except json.JSONDecodeError as error:
        return not whole and error.pos >= len(seen.rstrip())
    except (ValueError, RecursionError):
        return False
    return True


def _records(document: Any, text: str, context: ReadContext) -> Iterator[RawRecord | Finding]:
    found = document.get("records", document) if isinstance(document, dict) else document
    if not isinstance(found, list):
        lines = _Lines(text, 0, 1)
        yield from _record_of(found, context, lambda path: Place(context.file, line=lines.of(path)))
        return
    opening = re.search(r"\[" if found is document else r'"records"\s*:\s*\[', text)
    at = opening.end() if opening else 0
    line = 1 + text.count("\n", 0, at)
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    for value in found:
        start = _next_value(text, at)
        line += text.count("\n", at, start)
        _, at = decoder.raw_decode(text, start)
        lines = _Lines(text[start:at], 0, line)
        yield from _record_of(value, context, lambda path, lines=lines: Place(context.file, line=lines.of(path)))
        line += text.count("\n", start, at)


def _next_value(text: str, at: int) -> int:
    """Return where the next value of a list begins: behind space and the comma."""
    while text[at] in " \t\r\n,":
        at += 1
    return at


class _Lines:
    """Finds the line of a member in the text of a record, when it is asked for."""

    def __init__(self, text: str, start: int, line: int) -> None:
        self._text = text
        self._line = line
        self._single = "\n" not in text.rstrip()
        self._at = start

    def of(self, path: str) -> int:
        """Return the line on which the member of a dotted path stands, the search going on where the last one ended."""
        if self._single or not path:
            return self._line
        name = json.dumps(next((part for part in reversed(path.split(".")) if not part.isdigit()), path))
        at = self._text.find(name, self._at)
        if at < 0:
            at = self._text.find(name)
        if at >= 0:
            self._at = at
        return self._line + self._text.count("\n", 0, max(at, 0))


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def not_json(context: ReadContext, error: Exception) -> UnreadableInput:
    """Return the error that a whole document is not JSON, with the line."""
    return UnreadableInput(
        "{file} is not JSON: {reason}.",
        advice="Mend it there; every quote, bracket and comma counts.",
        file=context.file,
        reason=reason(error),
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; raises ValueError if one of its members stands twice, of which one would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member “{quoted(twice)}” stands twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _loaded(data: bytes, context: ReadContext) -> Any:
    return json.loads(_text(data, context), parse_constant=_no_constant, object_pairs_hook=_once)


def _text(data: bytes, context: ReadContext) -> str:
    """Return JSON text that is not nested too deep; brackets are counted before any parser sees them."""
    depth = json_depth(data)
    if depth > context.limits.depth:
        raise ValueError(f"nested {depth} deep, at most {context.limits.depth}")
    return data.decode("utf-8")


def _record_of(value: Any, context: ReadContext, place_of: Any) -> Iterator[RawRecord | Finding]:
    """Yield the raw record of a JSON object, or the finding that it is none."""
    place = place_of("")
    if not isinstance(value, dict):
        shown = quoted(json.dumps(value, ensure_ascii=False))
        yield refusal("no-object", "“{value}” is not a record: a record is a JSON object.", place, value=shown)
        return
    name = value.get("kind") or kind_asked(context)
    kind = context.kinds.get(name) if isinstance(name, str) else None
    if kind is None:
        known = ", ".join(context.kinds)
        yield refusal("unknown-kind", "There is no kind “{value}”.", place, "Write one of: {known}.",
                       value=quoted(str(name)), known=known)  # fmt: skip
        return
    flat = _Flat(kind, place_of)
    for member, each in value.items():
        if member not in _HEAD_MEMBERS:
            flat.member(member, each)
    iri = value.get("iri")
    own = iri if isinstance(iri, str) else ""
    yield RawRecord(place, kind.name, tuple(flat.values), own, payload=value, left_out=tuple(flat.left_out))


class _Flat:
    """Collects dotted names and values of a record's members; lists of inner nodes get positions.

    What has no place there is left out; the check of the form tells of it.
    """

    def __init__(self, kind: Kind, place_of: Any) -> None:
        self._kind = kind
        self._place_of = place_of
        self.values: list[tuple[str, RawValue]] = []
        self.left_out: list[tuple[str, Place]] = []

    def member(self, name: str, value: Any) -> None:
        """Take a member of the record, such as ``title`` or ``title@en``."""
        self._add("", name, value)

    def _add(self, before: str, name: str, value: Any) -> None:
        short, _, language = name.partition("@")
        path = before + short
        each = self._kind.field(path) if short and "." not in short else None
        if each is None or (language and not _takes(each, language)):
            self._leave_out(before + name)
        elif each.type == "node":
            self._node(path, value)
        elif each.type == "text":
            self._text(path, value, language)
        else:
            self._texts(path, value, "")

    def _node(self, path: str, value: Any) -> None:
        for position, node in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(node, dict):
                for name, inner in node.items():
                    self._add(f"{path}.{position}.", name, inner)
            else:
                self._scalar(path, node)

    def _text(self, path: str, value: Any, language: str) -> None:
        if isinstance(value, dict):
            for tag, texts in value.items():
                if LANGUAGE_TAG.fullmatch(tag):
                    self._texts(path, texts, tag.lower())
                else:
                    self._leave_out(f"{path}.{tag}")
            return
        self._texts(path, value, language)

    def _texts(self, path: str, value: Any, language: str) -> None:
        listed = isinstance(value, list)
        for one in value if listed else [value]:
            self._scalar(path, one, language, single=listed)

    def _scalar(self, path: str, value: Any, language: str = "", *, single: bool = False) -> None:
        if value is None:
            return
        if isinstance(value, dict | list):
            self._leave_out(path)
        else:
            self.values.append((path, RawValue(value, self._place_of(path), language, single)))

    def _leave_out(self, path: str) -> None:
        name = ".".join(part for part in path.split(".") if not part.isdigit())
        self.left_out.append((name, self._place_of(path)))


def _takes(each: Field, language: str) -> bool:
    """Tell whether a member may name a language behind its own name; of other values than texts it says nothing."""
    return each.type != "node" if each.type != "text" else LANGUAGE_TAG.fullmatch(language) is not None
