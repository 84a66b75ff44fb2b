"""The port of readers, the gate that foreign bytes pass, and findings on what cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

from catalog_service.errors import UnreadableInput
from catalog_service.i18n import both
from catalog_service.model.report import Finding, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog_service.model.kind import Kind
    from catalog_service.model.raw import RawRecord


@dataclass(frozen=True, slots=True)
class ReadContext:
    """What a reader may know: the file's name, the kind that was asked for, the kinds there are, the limits."""

    file: str
    kind: str
    kinds: Mapping[str, Kind]
    limits: Mapping[str, int]

    def limit(self, name: str, default: int) -> int:
        """Return a limit by its short name."""
        return self.limits.get(name, default)


class Reader(Protocol):
    """One input format."""

    name: str
    endings: tuple[str, ...]

    def sniff(self, head: bytes) -> bool:
        """Tell by the first bytes whether the content is of this format."""

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield raw records, and findings on what is refused; raises `UnreadableInput` where nothing can be read."""


def refusal(
    code: str, message: str, place: Place, advice: str = "", severity: Severity = "error", **values: object
) -> Finding:
    """Return a finding of reading."""
    values = {name: printable(value) if isinstance(value, str) else value for name, value in values.items()}
    return Finding(
        code,
        both(message, domain="readers", **values),
        both(advice, domain="readers", **values) if advice else {},
        severity=severity,
        value=str(values.get("value", "")),
        constraint=code,
        place=place,
    )


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return a text of a stranger's for a sentence: no control characters, no halves of characters, not too long."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text[:200])


def text_head(head: bytes) -> str:
    """Return the first bytes as text without a byte order mark, cut at the last whole character."""
    return head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "ignore").lstrip()


def is_text(head: bytes) -> bool:
    """Tell whether bytes look like text: no NUL, no UTF-16 mark."""
    return b"\x00" not in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))


_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


def check_depth(data: bytes, most: int, file: str) -> None:
    """Raise `UnreadableInput` for brackets nested deeper than the limit, before any parser sees them."""
    depth = 0
    for char in _STRINGS.sub(b"", data):
        if char in b"[{":
            depth += 1
            if depth > most:
                raise UnreadableInput("{file} is nested deeper than {most} levels.", file=file, most=most)
        elif char in b"]}":
            depth -= 1


def only_kind(context: ReadContext) -> str:
    """Return the kind asked for; raises `UnreadableInput` when the source cannot tell and nobody said."""
    if context.kind:
        return context.kind
    raise UnreadableInput(
        "{file} does not tell which kind its records are of.",
        advice="Name it with --kind, one of: {kinds}.",
        file=context.file,
        kinds=", ".join(context.kinds),
    )
