"""The port of readers, the limits foreign input meets, and findings on what cannot be read.

A reader turns the bytes of one format into raw records, in the order of the document, and names what it has to leave
out. It knows no normalising: values stay as they were written, each with its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, BinaryIO, Protocol

from catalog_service.errors import UnreadableInput
from catalog_service.i18n import both
from catalog_service.model.report import Finding, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog_service.model.kind import Kind
    from catalog_service.model.raw import RawRecord

BOM = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file and a record in it may be. Names and defaults are those of the settings ``limits.*``."""

    record_bytes: int = 1_000_000
    record_triples: int = 2_000
    record_blank_nodes: int = 200
    depth: int = 64
    literal_length: int = 20_000
    iri_length: int = 2_048
    xlsx_bytes: int = 10_000_000
    xlsx_inflated: int = 64_000_000
    xlsx_rows: int = 10_000
    xlsx_columns: int = 500
    xlsx_members: int = 200
    ratio: int = 100
    """How many times as large a compressed file may unpack, beyond ``xlsx_inflated``."""
    inflated_bytes: int = 16_000_000_000
    whole_bytes: int = 200_000_000
    """Largest document of a format that has to be read as a whole (JSON and JSON-LD)."""

    @classmethod
    def of(cls, given: Mapping[str, int] | Limits | None) -> Limits:
        """Return the limits in force; names that are not given keep their defaults."""
        if isinstance(given, Limits):
            return given
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in (given or {}).items() if name in known})


@dataclass(frozen=True, slots=True)
class ReadContext:
    """What a reader may know beside the bytes."""

    file: str
    """The file's name, for places."""
    kind: str
    """The kind the records are said to be of where the file does not tell; may be empty."""
    kinds: Mapping[str, Kind]
    limits: Limits


class Reader(Protocol):
    """One input format."""

    name: str
    media_types: tuple[str, ...]
    endings: tuple[str, ...]

    def sniff(self, head: bytes) -> bool:
        """Tell from the first bytes whether the content is of this format."""

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield raw records, and findings on what is left out; raises `UnreadableInput` where nothing can be read."""


def refusal(
    code: str, message: str, place: Place, advice: str = "", *, severity: Severity = "error", **values: object
) -> Finding:
    """Return a finding of reading: what is wrong at a place, and what to write."""
    return Finding(
        code,
        both(message, domain="readers", **values),
        both(advice, domain="readers", **values) if advice else {},
        severity=severity,
        record=str(values.get("record", "")),
        value=str(values.get("value", "")),
        constraint=code,
        place=place,
    )


def head_text(head: bytes) -> str:
    """Return the first bytes as text without byte order mark and leading space; what is not UTF-8 is dropped."""
    return head.removeprefix(BOM).decode("utf-8", "ignore").lstrip()


def is_text(head: bytes) -> bool:
    """Tell whether bytes look like text in an encoding that grew out of ASCII."""
    return b"\x00" not in head and not head.startswith(UTF16_MARKS)


def quoted(text: str, longest: int = 60) -> str:
    """Return a text short enough to be quoted in a sentence, on one line.

    >>> quoted("a  b\\nc")
    'a b c'
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * longest]).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def kind_asked(context: ReadContext) -> str:
    """Return the kind asked for; raises `UnreadableInput` where neither file nor person says one."""
    if context.kind:
        return context.kind
    raise UnreadableInput(
        "{file} does not tell which kind its records are of.",
        advice="Name the kind: one of {kinds}.",
        file=context.file,
        kinds=", ".join(context.kinds),
    )


_OPEN, _SHUT = frozenset(b"[{"), frozenset(b"]}")


def json_depth(data: bytes) -> int:
    """Return how deep brackets nest in JSON text, strings left aside, whether they close or not.

    >>> json_depth(b'{"a": ["[[["]}')
    2
    """
    depth = deepest = 0
    at, end = 0, len(data)
    while at < end:
        quote = data.find(b'"', at)
        for char in data[at : quote if quote >= 0 else end]:
            if char in _OPEN:
                depth += 1
                deepest = max(deepest, depth)
            elif char in _SHUT:
                depth -= 1
        if quote < 0:
            break
        at = _string_end(data, quote + 1)
    return deepest


def _string_end(data: bytes, at: int) -> int:
    """Return the position behind the quote that ends the string which begins at ``at``."""
    while True:
        quote = data.find(b'"', at)
        if quote < 0:
            return len(data)
        slashes = quote
        while slashes > at and data[slashes - 1] == 0x5C:
            slashes -= 1
        if (quote - slashes) % 2 == 0:
            return quote + 1
        at = quote + 1
