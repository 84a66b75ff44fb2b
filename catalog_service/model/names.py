"""The names of concepts: how what people write is compared with codes, labels and other names of a code list."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog_service.model.vocabulary import Concept, Scheme

LONGEST_NAME = 60
"""No label is longer; a longer text is no name of a concept and is not taken apart."""

_SEPARATORS = re.compile(r"[/／>＞›→»|｜]")


class Names:
    """The names under which the concepts of one list can be found."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.codes: dict[str, list[Concept]] = {}
        self.labels: dict[str, list[Concept]] = {}
        self.others: dict[str, list[Concept]] = {}
        for concept in scheme.concepts.values():
            self._file(self.codes, concept, [concept.notation])
            self._file(self.labels, concept, concept.labels.values())
            self._file(self.others, concept, (name for names in concept.alt_labels.values() for name in names))

    @staticmethod
    def _file(index: dict[str, list[Concept]], concept: Concept, names: Iterable[str]) -> None:
        for name in {fold(name) for name in names}:
            index.setdefault(name, []).append(concept)

    def by_code(self, text: str) -> list[Concept]:
        """Return the one with this code, in whatever case."""
        return self.codes.get(fold(text), [])

    def by_label(self, text: str) -> list[Concept]:
        """Return those with this label in either language."""
        return self.labels.get(fold(text), [])

    def by_other_name(self, text: str) -> list[Concept]:
        """Return those with this other name; a city before a county, by its place in the tree."""
        found = self.others.get(fold(text), [])
        depths = [len(self.scheme.ancestors(concept.notation)) for concept in found]
        return [concept for concept, depth in zip(found, depths, strict=True) if depth == min(depths)]

    def by_path(self, text: str) -> list[Concept]:
        """Return those named together with wider ones: ``知识产权服务/专利检索``, ``广西南宁市青秀区``."""
        parts = [fold(part) for part in _SEPARATORS.split(text)]
        if len(parts) > 1:
            return self._below(parts)
        name = parts[0]
        if not self.is_tree or len(name) > LONGEST_NAME:
            return []
        for cut in range(len(name) - 2, 1, -1):
            found = self._below([name[:cut], name[cut:]])
            if found:
                return found
        return []

    @cached_property
    def is_tree(self) -> bool:
        """Whether the list has levels, so that a name can begin with a wider one."""
        return any(concept.narrower for concept in self.scheme.concepts.values())

    def _below(self, parts: list[str]) -> list[Concept]:
        """Return the concepts of the last name that lie below concepts of all the names before it."""
        *heads, last = parts
        above = [{concept.notation for concept in self._named(head)} for head in heads]
        if not all(above):
            return []
        found = self._named(last) or (self.by_path(last) if len(heads) == 1 else [])
        return [c for c in found if all(set(self.scheme.ancestors(c.notation)) & each for each in above)]

    def _named(self, name: str) -> list[Concept]:
        return [*self.labels.get(name, ()), *self.others.get(name, ())]

    def clearest(self, found: list[Concept]) -> list[Concept]:
        """Return the one that is wider than all the others, if there is one: ``教育`` the section, not its division."""
        for concept in found if len(found) > 1 else ():
            others = (other for other in found if other is not concept)
            if all(concept.notation in self.scheme.ancestors(other.notation) for other in others):
                return [concept]
        return found

    def alike(self, name: str, limit: int) -> list[tuple[float, Concept]]:
        """Return the likeliest concepts with their likeness from 0 to 1."""
        characters = set(name)
        if not characters:
            return []
        shared: dict[str, tuple[float, Concept]] = {}
        for index in (self.codes, self.labels, self.others):
            for known, concepts in index.items():
                common = len(characters.intersection(known)) / max(len(characters), len(known))
                for concept in concepts if common > 0.25 else ():
                    shared[known + concept.notation] = (common, concept)
        rough = sorted(((common, known) for known, (common, _) in shared.items()), reverse=True)[: 20 * limit]
        best: dict[str, tuple[float, Concept]] = {}
        for _, key in rough:
            concept = shared[key][1]
            known = key.removesuffix(concept.notation)
            likeness = SequenceMatcher(None, name, known, autojunk=False).ratio() + (known[0] == name[0]) / 100
            if likeness >= 0.4 and likeness > best.get(concept.notation, (0.0, concept))[0]:
                best[concept.notation] = (likeness, concept)
        return sorted(best.values(), key=lambda pair: -pair[0])[:limit]


def fold(text: str) -> str:
    """Return a name as it is compared: full width as half width, without spaces, in lower case.

    >>> fold("Ｎanning　City")
    'nanningcity'
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
