"""One spelling for all variants of a character: full width, compatibility forms, case, traditional characters.

Folding goes character by character (NFKC, lower case, OpenCC t2s), never by context, so a part of a text folds to a
part of the folded text: that is what lets every substring of a title find it. Whatever is no letter and no digit
becomes a space, so tokens hold no punctuation and no Unicode space.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BMP = 0x10000
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def fold(text: str) -> str:
    """Return the text in its one spelling; punctuation and spaces of any kind are single spaces each.

    >>> fold("ＰＣＴ　國際專利（3㎡）")
    'pct 国际专利 3m2 '
    """
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    folded = text.translate(_table())
    if _ASTRAL.search(folded):
        folded = "".join([_astral(c) if c >= "\U00010000" else c for c in folded])
    return folded


def fold_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """Return the folded text and, for each of its characters, the place in ``text`` that it came from.

    One more offset closes the list, so that ``offsets[end]`` is where a match that ends there ends.

    >>> folded, offsets = fold_with_offsets("3㎡")
    >>> folded, list(offsets)
    ('3m2', [0, 1, 1, 2])
    """
    if unicodedata.is_normalized("NFC", text) and not _resized().search(text):
        return fold(text), range(len(text) + 1)
    folded: list[str] = []
    offsets: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        piece = fold(text[start:end])
        folded.append(piece)
        offsets.extend([start] * len(piece))
        start = end
    return "".join(folded), [*offsets, len(text)]


@cache
def _resized() -> re.Pattern[str]:
    """Return what finds the characters whose fold is not one character, and all outside the basic plane."""
    odd = [chr(code) for code, folded in enumerate(_table()) if folded is None or isinstance(folded, str)]
    return re.compile(f"[{re.escape(''.join(odd))}\U00010000-\U0010ffff]")


@cache
def _table() -> list[int | str | None]:
    """Return the fold of every character of the basic plane, as `str.translate` takes it."""
    simplified = _simplified()
    table: list[int | str | None] = []
    for code in range(_BMP):
        if 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0xAC00 <= code <= 0xD7A3:
            table.append(simplified.get(code, code))
        else:
            table.append(_fold_character(chr(code), simplified))
    return table


def _simplified() -> dict[int, str | int]:
    """Return the simplified character of every traditional one, alone: without the words it may stand in."""
    from opencc import OpenCC

    han = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    converted = OpenCC("t2s").convert("\n".join(han)).split("\n")
    return {ord(a): ord(b) if len(b) == 1 else b for a, b in zip(han, converted, strict=True) if a != b}


def _fold_character(character: str, simplified: dict[int, str | int]) -> str | int | None:
    """Return the fold of one character; None where it is invisible (format characters, variation selectors)."""
    category = unicodedata.category(character)
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return None
    if category[0] not in "LNM" and unicodedata.normalize("NFKC", character) == character:
        return ord(" ")
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).lower())
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in lowered).translate(simplified)
    return ord(kept) if len(kept) == 1 else kept


@cache
def _astral(character: str) -> str:
    folded = _fold_character(character, {})
    return "" if folded is None else chr(folded) if isinstance(folded, int) else folded
