"""The sets a record is in, for harvesters: by kind, category, region and provider (harvest checklist OA13, OA14)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from catalog_service.indexing import notation
from catalog_service.model import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from catalog_service.model.kind import Kind
    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term
    from catalog_service.model.vocabulary import Vocabularies

ROOT = "000000"
"""The whole country: every region is below it, so no set is made of it, neither here nor for those who ask."""


class SetNames:
    """The names of the sets that concepts stand for; remembered, since the same codes come again and again."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        self._vocabularies = vocabularies
        self._known: dict[tuple[str, str, Term], str] = {}

    def name(self, prefix: str, scheme: str, concept: Term) -> str:
        """Return the name of a concept's set, such as ``cat:04:0405``; empty if it is of another list or the root."""
        key = (prefix, scheme, concept)
        if key not in self._known:
            if len(self._known) > _MOST_NAMES:
                self._known.clear()
            self._known[key] = self._made(prefix, scheme, concept)
        return self._known[key]

    def _made(self, prefix: str, scheme: str, concept: Term) -> str:
        code = notation(concept, scheme)
        if code in {"", ROOT} or code not in self._vocabularies[scheme].concepts:
            return ""
        return set_name(prefix, self._vocabularies[scheme].ancestors(code), code)


_MOST_NAMES = 20_000


def set_name(prefix: str, ancestors: tuple[str, ...], code: str) -> str:
    """Return the name of a set: the prefix and the path of codes, the whole country left out.

    >>> set_name("region", ("450000", ROOT), "450300")
    'region:450000:450300'
    """
    path = [*reversed(ancestors), code]
    return ":".join([prefix, *(each for each in path if each != ROOT)])


def sets_of(
    record: Record, kind: Kind, names: SetNames, linked: Callable[[str], tuple[str, Record] | None]
) -> tuple[str, ...]:
    """Return the most specific sets of a record; ``linked`` gives identifier and content of a record by its IRI."""
    found = {f"kind:{kind.name}"}
    for prefix, (path, scheme) in kind.sets.items():
        for term in _values(record, path, linked):
            if not scheme:
                target = linked(terms.value(term))
                found |= {f"{prefix}:{target[0]}"} if target else set()
            elif name := names.name(prefix, scheme, term):
                found.add(name)
    return tuple(sorted(found.difference(*map(_wider, found))))


@lru_cache(maxsize=20_000)
def _wider(name: str) -> tuple[str, ...]:
    """Return the sets that a set lies in.

    >>> _wider("cat:04:0405")
    ('cat', 'cat:04')
    """
    parts = name.split(":")
    return tuple(":".join(parts[:end]) for end in range(1, len(parts)))


def _values(
    record: Record, path: tuple[Term, ...], linked: Callable[[str], tuple[str, Record] | None]
) -> Iterable[Term]:
    first = record.objects(path[0])
    if len(path) == 1:
        return first
    targets = [linked(terms.value(term)) for term in first]
    return [term for target in targets if target for term in _values(target[1], path[1:], linked)]
