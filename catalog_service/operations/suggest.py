"""“Did you mean …?” when nothing is found: words of our records that sound the same, else the nearest term of a list.

Chinese is typed by sound, so the wrong word of a pair is the commonest slip (激光融复 for 激光熔覆). A proposal is only
made when it finds something.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from indexer.analysis.chinese import has_han
from indexer.analysis.pinyin import pinyin
from indexer.query import Or, Phrase, Search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from catalog_service.model.kind import Kind
    from catalog_service.operations.catalogue import Catalogue
    from indexer.analysis import Word
    from indexer.grammar import Parsed

_MOST_WORDS = 6
_MOST_CHARACTERS = 30
_LOOKED_AT = 20
_NEAR = 0.6


def did_you_mean(
    catalogue: Catalogue,
    kind: Kind,
    query: str,
    parsed: Parsed,
    *,
    known: Callable[[str], bool],
    finds: Callable[[str], bool],
) -> str:
    """Return a query that finds something where the given one found nothing; empty if there is none.

    A word is ``known`` if it finds anything whatever else is asked: it stays. All but words stays as it was typed.
    """
    words = parsed.words
    if len(words) > _MOST_WORDS or not any(has_han(word.text) for word in words):
        return ""
    speller = _Speller(catalogue, kind)
    for way in (speller.same_sound, speller.same_sound_in_parts, speller.nearest_label):
        proposed = {word.text: way(word) for word in words if not known(word.text)}
        text = query
        for word, other in proposed.items():
            text = text.replace(word, other)
        if all(proposed.values()) and text != query and finds(text):
            return text
    return ""


@dataclass(frozen=True, slots=True)
class _Speller:
    catalogue: Catalogue
    kind: Kind

    def same_sound(self, word: Word) -> str:
        """Return what sounds like a whole word in a title or name."""
        return self._sounding(word.text)

    def same_sound_in_parts(self, word: Word) -> str:
        """Return a word with those of its parts replaced that sound like something else in a title or name."""
        parts = [part.text for part in self.catalogue.index.analyser.apart(word)]
        return "".join(self._sounding(part) or part for part in parts) if len(parts) > 1 else ""

    def nearest_label(self, word: Word) -> str:
        """Return the term of one of the kind's code lists that is written most alike."""
        lists = self.catalogue.profile.vocabularies
        schemes = {facet.scheme for facet in self.kind.facets if facet.type == "concept" and facet.scheme}
        labels = sorted({concept.label("zh") for slug in schemes for concept in lists[slug].concepts.values()})
        return next(iter(difflib.get_close_matches(word.text, labels, n=1, cutoff=_NEAR)), "")

    def _sounding(self, text: str) -> str:
        sound = _syllables(text)
        if not 2 <= len(sound) == len(text) <= _MOST_CHARACTERS:
            return ""
        fields = [field.name for field in self.catalogue.index.schema.texts if field.pinyin]
        clause = Or(tuple(Phrase(name, "pinyin", sound) for name in fields))
        hits = self.catalogue.index.search(Search(clause, size=_LOOKED_AT)).hits
        found = (part for hit in hits for title in _titles(hit.stored) for part in self._parts(title, sound))
        return next((part for part in found if part != text), "")

    def _parts(self, title: str, sound: tuple[str, ...]) -> Iterator[str]:
        """Yield the parts of a title that have a sound."""
        analyser = self.catalogue.index.analyser
        words = [part.text for chunk in title.split() for part in analyser.apart(analyser.word(chunk))]
        spoken = list(chain.from_iterable(zip(word, _syllables(word), strict=False) for word in words if has_han(word)))
        for start in range(len(spoken) - len(sound) + 1):
            place = spoken[start : start + len(sound)]
            if tuple(syllable for _, syllable in place) == sound:
                yield "".join(character for character, _ in place)


def _syllables(word: str) -> tuple[str, ...]:
    return tuple(token for token in pinyin(word).split() if token.islower())


def _titles(stored: Mapping[str, object]) -> Iterator[str]:
    """Yield the title of a hit and the names of the records it shows."""
    title, named = stored["title"], stored["named"]
    assert isinstance(title, dict)
    assert isinstance(named, dict)
    for texts in (title, *(link["title"] for links in named.values() for link in links)):
        yield from texts.values()
