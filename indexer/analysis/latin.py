"""Words of scripts that put spaces between words: found as runs of letters and digits, stemmed lightly."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_TOKEN = 64
"""No token is longer: Lucene cuts at 255 characters, tantivy does not, so we cut before both."""

LATIN = re.compile("[!-\u2dff]+")
"""A run of folded text below the Chinese characters; folded text holds letters, digits and spaces only."""

SCRIPTS = re.compile("([!-\u2dff]+)")
"""The same for `re.Pattern.split`: every second piece is such a run."""

_VOWELS = frozenset("aeiouy")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return an English word without its plural ending, anything else as it is, never over `MAX_TOKEN` characters.

    After Harman's S-stemmer: only what is safe in a catalogue of names and titles.

    >>> [stem(word) for word in ("services", "analyses", "studies", "class", "bus", "5g")]
    ['service', 'analyse', 'study', 'class', 'bus', '5g']
    """
    word = word[:MAX_TOKEN]
    if len(word) < 4 or word[-1] != "s" or word[-2] in "sui" or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and word[-4] not in "ae" and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if _VOWELS.isdisjoint(word):
        return word
    return word[:-1]
