"""The tree of a regular expression, and sets of characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from catalog_service.validation.shacl.regex.casing import either_case

LAST = 0x10FFFF
ASCII = 128
ALL_ASCII = (1 << ASCII) - 1


@dataclass(frozen=True, slots=True)
class Chars:
    """A set of characters: ranges, Unicode categories and other sets, perhaps negated, less another set."""

    ranges: tuple[tuple[int, int], ...] = ()
    categories: tuple[str, ...] = ()
    """Such as ``L`` or ``Lu``."""
    parts: tuple[Chars, ...] = ()
    negated: bool = False
    minus: Chars | None = None
    is_escape: bool = False
    """Whether it is an escape such as ``\\i`` or ``\\p{IsGreek}``, for which the flag ``i`` changes nothing."""

    def has(self, char: str, *, ignore_case: bool = False) -> bool:
        """Tell whether a character is in the set.

        Case counts for no range, be it in a negated class or in one that is subtracted, but for every category and
        escape (XPath functions 3.1, 5.6.1.1).
        """
        found = self._is_in_range(char, ignore_case=ignore_case and not self.is_escape)
        if not found and self.categories:
            category = unicodedata.category(char)
            found = category.startswith(self.categories)
        found = found or any(part.has(char, ignore_case=ignore_case) for part in self.parts)
        return found is not self.negated and not (
            self.minus is not None and self.minus.has(char, ignore_case=ignore_case)
        )

    def _is_in_range(self, char: str, *, ignore_case: bool) -> bool:
        codes = map(ord, either_case(char) if ignore_case and self.ranges else (char,))
        return any(low <= code <= high for code in codes for low, high in self.ranges)

    def ascii(self, *, ignore_case: bool = False) -> int:
        """Return the ASCII characters of the set as bits."""
        if ignore_case:
            return sum(1 << code for code in range(ASCII) if self.has(chr(code), ignore_case=True))
        bits = 0
        for low, high in self.ranges:
            bits |= (1 << min(high + 1, ASCII)) - (1 << min(low, ASCII))
        for category in self.categories:
            bits |= _ascii_of(category)
        for part in self.parts:
            bits |= part.ascii()
        bits = bits ^ ALL_ASCII if self.negated else bits
        return bits & ~self.minus.ascii() if self.minus is not None else bits

    def has_cased_escape(self) -> bool:
        """Tell whether it is, or has a part that is, an escape with letters in its ranges."""
        own = self.is_escape and any(high >= ord("A") for _, high in self.ranges)
        return own or any(part.has_cased_escape() for part in self.parts)

    def is_plain(self) -> bool:
        """Tell whether the set is made of ranges only, which ``re`` writes the same way."""
        return not self.categories and self.minus is None and all(part.is_plain() for part in self.parts)

    def beyond_ascii(self) -> tuple[tuple[int, int], ...]:
        """Return ranges outside ASCII that contain the set's; all, if that is not known exactly."""
        if self.categories or self.minus is not None or self.parts or self.negated:
            return () if self._is_ascii_only() else ((ASCII, LAST),)
        return tuple((max(low, ASCII), high) for low, high in self.ranges if high >= ASCII)

    def _is_ascii_only(self) -> bool:
        return (
            not self.negated
            and not self.categories
            and all(high < ASCII for _, high in self.ranges)
            and all(part._is_ascii_only() for part in self.parts)
        )


@lru_cache(maxsize=64)
def _ascii_of(category: str) -> int:
    return sum(1 << code for code in range(ASCII) if unicodedata.category(chr(code)).startswith(category))


@dataclass(frozen=True, slots=True)
class One:
    """One character of a set."""

    chars: Chars


@dataclass(frozen=True, slots=True)
class Series:
    """One node after the other; the empty series matches the empty text."""

    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Any of several nodes."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node, at least and at most so often; ``most`` None is without end."""

    node: Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """``^`` or ``$``."""

    at_end: bool
    size: int = field(default=0)


Node = One | Series | Choice | Repeat | Anchor
