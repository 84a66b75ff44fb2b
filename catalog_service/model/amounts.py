"""Spans of amounts as keywords of an index: which of any number of spans overlap a span that is asked for.

Two spans overlap exactly if one of them begins within the other. Amounts are whole fen, written with eleven digits; all
that begin alike are a *block*, and a span is cut into the fewest of them. A document has of each of its spans the
blocks that it begins in (``0000*``) and those it is made of (``0000``); asked are those it may begin in, and those the
asked span begins in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Span: TypeAlias = "tuple[int, int]"
"""The lowest and the highest amount, both in it."""

HIGHEST = 99_999_999_999
"""Amounts beyond it count as this one, those below 0 as 0."""

_DIGITS = len(str(HIGHEST))

ANY = "*"
"""The block of all amounts: every span begins in it."""


def keywords_of(spans: Iterable[Span]) -> tuple[str, ...]:
    """Return the keywords of a document that has these spans.

    >>> keywords_of([(0, 0), (100, 199)])[-5:]
    ('00000000000*', '000000001*', '0000000010*', '00000000100*', '000000001')
    """
    found: dict[str, None] = {}
    for low, high in spans:
        found |= dict.fromkeys(f"{block}*" for block in _around(low))
        if low < high:
            found |= dict.fromkeys(blocks(low, high))
    return tuple(found)


def overlapping(low: int, high: int) -> tuple[str, ...]:
    """Return the keywords of which a document has one exactly if one of its spans overlaps this one."""
    return (*(f"{block}*" for block in blocks(low, high)), *_around(low)[1:])


def blocks(low: int, high: int) -> list[str]:
    """Return the fewest blocks that make up a span, each by what its amounts begin with.

    >>> blocks(19_998, 40_000)
    ['00000019998', '00000019999', '0000002', '0000003', '00000040000']
    """
    found = []
    low, high = _written(low), _written(high)
    while low <= high:
        size, digits = 1, _DIGITS
        while low % (size * 10) == 0 and low + size * 10 - 1 <= high and digits > 1:
            size, digits = size * 10, digits - 1
        found.append(f"{low:0{_DIGITS}}"[:digits])
        low += size
    return found


def _around(amount: int) -> list[str]:
    """Return the blocks that an amount is in, the largest first."""
    written = f"{_written(amount):0{_DIGITS}}"
    return [written[:digits] for digits in range(_DIGITS + 1)]


def _written(amount: int) -> int:
    return min(max(amount, 0), HIGHEST)
