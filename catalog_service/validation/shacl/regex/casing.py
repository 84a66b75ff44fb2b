"""Which characters the flag ``i`` takes for the same.

Clause: XPath functions 3.1, 5.6.1.1: two characters of which the lower-case or the upper-case forms are equal. As in
Python's ``re``, which runs the quick patterns, İ counts as an upper case of i.
"""

from __future__ import annotations

from functools import lru_cache

_LAST_CASED = 0x1F000
"""No character from here on has another case."""


def either_case(char: str) -> tuple[str, ...]:
    r"""Return a character and all that are the same but for their case.

    >>> ascii(sorted(either_case("K")))
    "['K', 'k', '\\u212a']"
    """
    return _variants().get(char) or (char,)


@lru_cache(maxsize=1)
def _variants() -> dict[str, tuple[str, ...]]:
    """Return each character that has others, found when first asked."""
    groups: dict[str, set[str]] = {}
    for char in map(chr, range(_LAST_CASED)):
        lower = _lower(char)
        upper = _upper(char)
        if lower != char or upper != char:
            group = {char, lower, upper}.union(*(groups.get(each, ()) for each in (char, lower, upper)))
            groups.update(dict.fromkeys(group, group))
    return {char: tuple(sorted(group)) for char, group in groups.items()}


def _lower(char: str) -> str:
    lower = char.lower()
    return lower if len(lower) == 1 else "i" if char == "İ" else char


def _upper(char: str) -> str:
    upper = char.upper()
    return upper if len(upper) == 1 else char
