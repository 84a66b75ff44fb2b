"""Writes a tree for Python's ``re`` if that is certain to run in linear time.

That is so if the tree is deterministic: number the characters of the pattern; after any of them the characters that may
come next must not overlap (Brüggemann-Klein and Wood: one-unambiguous expressions). Then of all the ways that ``re``
would try after a failure, none gets further than one character. Matching must also begin at one place: at the start of
the text, or anywhere but then for a bounded number of characters.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalog_service.validation.shacl.regex.tree import (
    ASCII,
    LAST,
    Anchor,
    Chars,
    Choice,
    Node,
    One,
    Repeat,
    Series,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_POSITIONS = 400
"""Characters of an expanded pattern that are examined; a larger one goes to the automaton."""
LONGEST_FLOATING = 64
"""Characters that a match may have that can begin anywhere."""


def translate(tree: Node, *, ignore_case: bool, multiline: bool) -> Callable[[str], bool] | None:
    """Return what matches a text, or None if ``re`` might not be linear or does not know the character sets."""
    if multiline:
        return None
    anchored = _is_anchored(tree)
    longest = _longest(tree)
    if not anchored and (longest is None or longest > LONGEST_FLOATING):
        return None
    try:
        _Positions(ignore_case=ignore_case).examine(tree)
        written = _write(tree)
    except _NotCertain:
        return None
    compiled = re.compile(written, re.IGNORECASE if ignore_case else 0)
    find = compiled.match if anchored else compiled.search
    return lambda text: find(text) is not None


class _NotCertain(Exception):
    """The tree is not known to be harmless."""


def _is_anchored(node: Node) -> bool:
    """Tell whether every match begins at the start of the text."""
    match node:
        case Anchor(at_end):
            return not at_end
        case Series(nodes):
            return bool(nodes) and _is_anchored(nodes[0])
        case Choice(nodes):
            return all(map(_is_anchored, nodes))
    return False


def _longest(node: Node) -> int | None:
    """Return the most characters a match can have; None without bound."""
    match node:
        case One():
            return 1
        case Anchor():
            return 0
        case Series(nodes):
            lengths = [_longest(each) for each in nodes]
            return None if None in lengths else sum(length or 0 for length in lengths)
        case Choice(nodes):
            lengths = [_longest(each) for each in nodes]
            return None if None in lengths else max(length or 0 for length in lengths)
        case Repeat(inner, _, most):
            length = _longest(inner)
            return None if length is None or most is None else length * most


@dataclass(slots=True)
class _Ends:
    """Where a part of the pattern can begin and end, and whether it can be empty."""

    first: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)
    is_empty: bool = True


class _Positions:
    """Glushkov's construction; raises `_NotCertain` when two characters that may come next overlap."""

    def __init__(self, *, ignore_case: bool) -> None:
        self._ignore_case = ignore_case
        self._chars: list[tuple[int, tuple[tuple[int, int], ...]]] = []
        self._known: dict[Chars, tuple[int, tuple[tuple[int, int], ...]]] = {}
        self._follow: list[set[int]] = []

    def examine(self, tree: Node) -> None:
        ends = self._visit(tree)
        for following in (ends.first, *self._follow):
            self._must_not_overlap(following)

    def _must_not_overlap(self, following: set[int]) -> None:
        seen = 0
        beyond: list[tuple[int, int]] = []
        for position in following:
            bits, ranges = self._chars[position]
            if seen & bits:
                raise _NotCertain
            seen |= bits
            beyond += ranges
        beyond.sort()
        if any(one[1] >= two[0] for one, two in itertools.pairwise(beyond)):
            raise _NotCertain

    def _position(self, chars: Chars) -> _Ends:
        if len(self._chars) >= MOST_POSITIONS:
            raise _NotCertain
        known = self._known.get(chars)
        if known is None:
            self._known[chars] = known = self._approximate(chars)
        self._chars.append(known)
        self._follow.append(set())
        number = len(self._chars) - 1
        return _Ends({number}, {number}, is_empty=False)

    def _approximate(self, chars: Chars) -> tuple[int, tuple[tuple[int, int], ...]]:
        """Return the ASCII characters of a set as bits, and ranges that contain its others."""
        bits, ranges = chars.ascii(ignore_case=self._ignore_case), chars.beyond_ascii()
        if self._ignore_case:
            if chars.has_cased_escape():  # to ``re`` the flag would matter there too
                raise _NotCertain
            if ranges or any(bits >> code & 1 and chr(code).isalpha() for code in range(ASCII)):
                ranges = ((ASCII, LAST),)
        return bits, ranges

    def _visit(self, node: Node) -> _Ends:
        match node:
            case One(chars):
                return self._position(chars)
            case Anchor():
                return _Ends()
            case Series(nodes):
                ends = _Ends()
                for each in nodes:
                    ends = self._joined(ends, self._visit(each))
                return ends
            case Choice(nodes):
                parts = [self._visit(each) for each in nodes]
                first = set[int]().union(*(part.first for part in parts))
                if len(first) < sum(len(part.first) for part in parts) or sum(part.is_empty for part in parts) > 1:
                    raise _NotCertain
                last = set[int]().union(*(part.last for part in parts))
                return _Ends(first, last, any(part.is_empty for part in parts))
            case Repeat(inner, least, most):
                return self._repeated(inner, least, most)

    def _joined(self, left: _Ends, right: _Ends) -> _Ends:
        for position in left.last:
            self._follow[position] |= right.first
        return _Ends(
            left.first | right.first if left.is_empty else left.first,
            left.last | right.last if right.is_empty else right.last,
            left.is_empty and right.is_empty,
        )

    def _repeated(self, inner: Node, least: int, most: int | None) -> _Ends:
        """Visit a repeated node; two copies of each kind tell what follows what as well as a thousand do."""
        ends = _Ends()
        if most is not None:
            most = min(least, 2) + min(most - least, 2)
        least = min(least, 2)
        for _ in range(least):
            ends = self._joined(ends, self._visit(inner))
        if most is None:
            again = self._looped(self._visit(inner))
            return self._joined(ends, again)
        tail = _Ends()
        for _ in range(most - least):  # from the inside: (x(x(x)?)?)?
            part = self._visit(inner)
            if part.is_empty:
                raise _NotCertain
            tail = self._joined(part, tail)
            tail.is_empty = True
        return self._joined(ends, tail)

    def _looped(self, part: _Ends) -> _Ends:
        if part.is_empty:  # (a?)* could turn without end
            raise _NotCertain
        for position in part.last:
            self._follow[position] |= part.first
        return _Ends(part.first, part.last, is_empty=True)


def _write(node: Node) -> str:
    match node:
        case One(chars):
            return _write_chars(chars)
        case Anchor(at_end):
            return r"\Z" if at_end else r"\A"
        case Series(nodes):
            return "".join(map(_write, nodes))
        case Choice(nodes):
            return f"(?:{'|'.join(map(_write, nodes))})"
        case Repeat(inner, least, most):
            return f"(?:{_write(inner)}){{{least},{'' if most is None else most}}}"


def _write_chars(chars: Chars) -> str:
    if chars.categories == ("Nd",) and not chars.negated:
        return r"\d"
    if not chars.is_plain():
        raise _NotCertain
    if chars == Chars(negated=True):
        return r"[\s\S]"
    inside = "".join(_write_range(low, high) for low, high in chars.ranges)
    for part in chars.parts:
        if part.negated or part.parts:
            raise _NotCertain
        inside += "".join(_write_range(low, high) for low, high in part.ranges)
    return f"[{'^' if chars.negated else ''}{inside}]"


def _write_range(low: int, high: int) -> str:
    return f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}"
