"""Entries of code lists by what people write: codes, labels, IRIs, “0504 专利检索”, codes that lost a zero."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.i18n import LANGUAGES
from catalog_service.model.identifiers import UNSEEN
from catalog_service.normalise.findings import notice
from catalog_service.normalise.text import clean_text, half_width

if TYPE_CHECKING:
    from catalog_service.model.kind import Field
    from catalog_service.model.report import Finding, Place
    from catalog_service.model.vocabulary import Concept, Scheme, Vocabularies

_CODE_AND_LABEL = re.compile(r"[\(\[]?([A-Za-z0-9][A-Za-z0-9._/-]{0,60})(?:[\)\]]\s*|\s*[\s:、,|]\s*)(\S.*)")
_CODE_DASH_LABEL = re.compile(r"([A-Za-z0-9][A-Za-z0-9._/]{0,60})\s*-\s*(\S.*)")
_CODE_THEN_HAN = re.compile(r"([0-9]{2,12})([\u4e00-\u9fff].*)")
_SEPARATORS = re.compile(r"[;；、,，|\n]")
_MOST_KNOWN = 20_000
_MOST_NAMED = 5
_MOST_EXAMPLES = 2
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """What a text may mean: one concept, several, or none with those that look most like it."""

    found: tuple[Concept, ...]
    near: tuple[Concept, ...] = ()

    @property
    def one(self) -> Concept | None:
        """The concept, if it is clear."""
        return self.found[0] if len(self.found) == 1 else None


class Concepts:
    """Looks texts up in the code lists of fields and remembers what it found."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        self._vocabularies = vocabularies
        self._known: dict[tuple[str, tuple[str, ...]], Choice] = {}

    def choice(self, text: str, schemes: tuple[str, ...]) -> Choice:
        """Return what a text may mean in some code lists."""
        key = (text, schemes)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = self._choice(clean_text(text.translate(UNSEEN)), schemes)
        return found

    def _choice(self, text: str, schemes: tuple[str, ...]) -> Choice:
        if not text or len(text) > _LONGEST:
            return Choice(())
        found = self._vocabularies.find(text, schemes) or self._by_code_and_label(half_width(text), schemes)
        if not found and text.isdigit():
            found = self._vocabularies.find(f"0{text}", schemes)
        return Choice(found) if found else Choice((), self._vocabularies.nearest(text, schemes, 3))

    def _by_code_and_label(self, text: str, schemes: tuple[str, ...]) -> tuple[Concept, ...]:
        """Return the concepts of a code with its label behind it; if they differ, both."""
        ways = (_CODE_AND_LABEL, _CODE_DASH_LABEL, _CODE_THEN_HAN)
        match = next((found for way in ways if (found := way.fullmatch(text))), None)
        if match is None:
            return ()
        code = match[1].rpartition("/")[2]
        coded = [each for each in self._vocabularies.find(match[1], schemes) if each.notation.lower() == code.lower()]
        named = self._vocabularies.find(match[2], schemes)
        both = [each for each in coded if each in named]
        if both:
            return tuple(both)
        if any(each.notation.lower() == match[2].lower() for each in named):
            return ()  # two codes are two values
        if not named:  # what is no label of ours may be several values
            return () if _SEPARATORS.search(match[2]) else tuple(coded)
        return tuple({each.iri: each for each in (*coded, *named)}.values()) if coded else ()

    def named(self, text: str, schemes: tuple[str, ...]) -> bool:
        """Tell whether a text is a code, an IRI or a label as it stands in the lists."""
        return bool(self._vocabularies.find(clean_text(text), schemes))

    def find(self, text: str, schemes: tuple[str, ...]) -> Concept | None:
        """Return the concept a text clearly means, else None."""
        return self.choice(text, schemes).one

    def unsure(self, each: Field, path: str, text: str, choice: Choice, place: Place) -> Finding:
        """Return the finding on a text that means no concept or several, with what may be written."""
        shown = choice.found or choice.near or self._all(each)
        code = "ambiguous-code" if choice.found else "unknown-code" if shown else "unlike-any-code"
        first = self._vocabularies[each.schemes[0]]
        several = len(each.schemes) > 1
        near = {lang: _listed(shown or _examples(first), lang, several=several) for lang in LANGUAGES}
        return notice(
            code, place, path=path, field=each, value=text[:80],
            near=near, count=len(choice.found), list=dict(first.labels), slug=first.slug,
        )  # fmt: skip

    def _all(self, each: Field) -> tuple[Concept, ...]:
        """Return the whole list, if it is short enough to be named."""
        concepts = [one for slug in each.schemes for one in self._vocabularies[slug].concepts.values()]
        return tuple(concepts) if len(concepts) <= 2 * _MOST_NAMED else ()


def _examples(scheme: Scheme) -> tuple[Concept, ...]:
    """Return a few concepts that a record may name in most fields: those without narrower ones."""
    usable = (each for code, each in scheme.concepts.items() if scheme.is_leaf(code) and not each.replaced_by)
    return tuple(itertools.islice(usable, _MOST_EXAMPLES))


def _listed(concepts: tuple[Concept, ...], lang: str, *, several: bool) -> str:
    """Return concepts as codes with labels, the first few of many."""
    names = [f"{f'{one.scheme}/' if several else ''}{one.notation} {one.label(lang)}" for one in concepts]
    return ("、" if lang == "zh" else ", ").join(names[: 2 * _MOST_NAMED])
