"""Where in a text the words of a query stand: our own highlighting, the same for every engine.

A text is folded as it was for the index (`indexer.analysis.variants`), words are sought there, and the places are told
in the text as it was written, whatever folding did to its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from indexer.analysis.chinese import has_han
from indexer.analysis.latin import LATIN, stem
from indexer.analysis.variants import fold_with_offsets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.analysis import Piece, Word

Span: TypeAlias = "tuple[int, int]"

_PART_OF_WORD = 3
"""A Chinese title is found by any part of it, so parts of its Latin words are marked, if they are no mere syllable."""

_STOPS = frozenset("。；！？;!?\n")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a text, with the places of the words in it; whether there is text before and behind."""

    text: str
    marks: tuple[Span, ...]
    before: bool
    behind: bool


def mark(text: str, words: Iterable[Word]) -> list[Span]:
    """Return the start and end of every place where the words stand, in order, joined where they touch.

    >>> from indexer.analysis import Analyser
    >>> mark("ＰＣＴ國際專利檢索", Analyser().query("国际专利 pct"))
    [(0, 7)]
    """
    folded, offsets = fold_with_offsets(text)
    found = sorted(span for word in words for span in _places(folded, word))
    return _joined([(offsets[start], max(offsets[end], offsets[end - 1] + 1)) for start, end in found])


def passage(text: str, words: Iterable[Word], length: int = 120) -> Passage:
    """Return about ``length`` characters around the densest group of marks; the beginning if there are none."""
    marks = mark(text, words)
    start = _start(text, marks, length)
    end = min(start + length, len(text))
    inside = tuple((max(a, start) - start, min(b, end) - start) for a, b in marks if a < end and b > start)
    return Passage(text[start:end], inside, before=start > 0, behind=end < len(text))


def _places(folded: str, word: Word) -> Iterator[Span]:
    if word.phrase and len(word.pieces) > 1:
        pattern = r" *".join(re.escape(piece.text) for piece in word.pieces)
        yield from (match.span() for match in re.finditer(pattern, folded))
        return
    for piece in word.pieces:
        whole = list(_places_of_piece(folded, piece))
        yield from whole
        if not whole and piece.han:
            tokens = (token for token in word.tokens if len(token) > 1 and token in piece.text)
            yield from (span for token in tokens for span in _everywhere(folded, token))


def _places_of_piece(folded: str, piece: Piece) -> Iterator[Span]:
    if piece.han:
        yield from _everywhere(folded, piece.text)
        return
    runs = [run.span() for run in LATIN.finditer(folded) if stem(run[0]) == piece.token]
    if not runs and len(piece.text) >= _PART_OF_WORD and has_han(folded):
        yield from _everywhere(folded, piece.text)
    yield from runs


def _everywhere(folded: str, sought: str) -> Iterator[Span]:
    start = folded.find(sought)
    while start >= 0:
        yield start, start + len(sought)
        start = folded.find(sought, start + 1)


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _start(text: str, marks: Sequence[Span], length: int) -> int:
    """Return where the window with the most marked characters begins, stepped back to a stop if one is near."""
    if not marks or len(text) <= length:
        return 0
    best = max(marks, key=lambda first: sum(b - a for a, b in marks if first[0] <= a and b <= first[0] + length))
    room = max(length - (best[1] - best[0]), 0)
    least = max(best[0] - min(room, length // 4), 0)
    stop = next((place + 1 for place in range(best[0] - 1, least - 1, -1) if text[place] in _STOPS), None)
    start = least if stop is None else stop
    return max(min(start, len(text) - length), 0)
