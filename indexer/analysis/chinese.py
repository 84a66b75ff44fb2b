"""Chinese text without spaces: words by dictionary, pairs of neighbours, single characters.

Pairs and characters are made for every document, so they are cut in whole columns of bytes rather than one by one: the
two bytes of all characters (UTF-16) are four columns of all pairs, and a pair that touches a space is blanked with one
``and`` of two long numbers. `slow_pairs` says the same plainly; tests hold the two together.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from indexer.analysis.latin import MAX_TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable

HAN = "\u2e00"
"""From here on characters are written without spaces between words (Chinese, kana, hangul, and what is rarer)."""

_FROM_HAN = bytes(0xFF if high >= HAN.encode("utf-16-be")[0] else 0 for high in range(256))
_NOT_ZERO = bytes(0xFF if byte else 0 for byte in range(256))
_NOT_BLANK = bytes(0 if byte == 0x20 else 0xFF for byte in range(256))


class Segmenter:
    """The dictionary that cuts words, with words of our own added."""

    def __init__(self, user_words: Iterable[str] = ()) -> None:
        self._jieba = _dictionary()
        for word in user_words:
            self._jieba.add_word(word, None, None)

    def cut(self, folded: str, *, parts: bool = False) -> str:
        """Return the words of a folded text, joined by spaces, with ``parts`` also the shorter words within words."""
        words = self._jieba.cut_for_search(folded, hmm=False) if parts else self._jieba.cut(folded, hmm=False)
        if len(folded) > MAX_TOKEN and max(map(len, folded.split()), default=0) > MAX_TOKEN:
            words = [word[:MAX_TOKEN] for word in words]
        return " ".join(words)


_taken: list[Any] = []


def _dictionary() -> Any:
    """Return a dictionary that is nobody else's; the first is the one rjieba makes at import, which saves 26 MB."""
    import rjieba

    if _taken:
        return rjieba.Jieba()
    _taken.append(vars(rjieba).get("_DEFAULT_JIEBA") or rjieba.Jieba())
    return _taken[0]


def has_han(folded: str) -> bool:
    """Tell whether there is anything but Latin in a folded text."""
    return not folded.isascii() and max(folded) >= HAN


def pairs(folded: str, *, letters: bool = False) -> str:
    """Return each two neighbouring Chinese characters, with ``letters`` any two that no space parts.

    >>> pairs("pct国际申请").split(), pairs("pct国际", letters=True).split()
    (['国际', '际申', '申请'], ['pc', 'ct', 't国', '国际'])
    """
    count = len(folded) - 1
    if count < 1:
        return ""
    encoded = folded.encode("utf-16-le")
    if len(encoded) != 2 * len(folded):
        return slow_pairs(folded, letters=letters)
    low, high = encoded[0::2], encoded[1::2]
    if letters:
        good = _number(low.translate(_NOT_BLANK)) | _number(high.translate(_NOT_ZERO))
    else:
        good = _number(high.translate(_FROM_HAN))
    both = good & (good >> 8) & ((1 << 8 * count) - 1)
    blank = _number(b"\x20" * count) & ~both
    lows, highs = _number(low), _number(high)
    columns = bytearray(b"\x00\x00\x00\x00\x20\x00" * count)
    mask = (1 << 8 * count) - 1
    columns[0::6] = (lows & both | blank).to_bytes(count, "little")
    columns[1::6] = (highs & both).to_bytes(count, "little")
    columns[2::6] = ((lows >> 8) & mask & both | blank).to_bytes(count, "little")
    columns[3::6] = ((highs >> 8) & mask & both).to_bytes(count, "little")
    return columns.decode("utf-16-le")


def slow_pairs(folded: str, *, letters: bool = False) -> str:
    """Return what `pairs` does, for texts with characters outside the basic plane."""
    least = "!" if letters else HAN
    return " ".join([a + b for a, b in pairwise(folded) if a >= least and b >= least])


def characters(folded: str, *, letters: bool = False) -> str:
    """Return Chinese characters one by one and Latin words whole, with ``letters`` every character for itself.

    >>> characters("pct国际").split(), characters("5g网", letters=True).split()
    (['pct', '国', '际'], ['5', 'g', '网'])
    """
    if letters:
        return " ".join(folded)
    encoded = folded.encode("utf-16-le")
    count = len(folded)
    if len(encoded) != 2 * count:
        return "".join([f" {c} " if c >= HAN else c for c in folded])
    high = encoded[1::2]
    han = _number(high.translate(_FROM_HAN))
    apart = (han | han >> 8) & _number(b"\x20" * count)
    columns = bytearray(4 * count)
    columns[0::4], columns[1::4] = encoded[0::2], high
    columns[2::4] = apart.to_bytes(count, "little")
    return columns.decode("utf-16-le").replace("\x00", "")


def _number(column: bytes) -> int:
    return int.from_bytes(column, "little")
