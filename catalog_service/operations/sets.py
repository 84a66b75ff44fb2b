"""The sets a record is in, for harvesters: by kind, category, region and provider (harvest checklist OA13, OA14)."""

from __future__ import annotations

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
"""The whole country: every region is below it, so a set of it would say nothing."""


def sets_of(
    record: Record, kind: Kind, vocabularies: Vocabularies, linked: Callable[[str], tuple[str, Record] | None]
) -> tuple[str, ...]:
    """Return the most specific sets of a record; ``linked`` gives identifier and content of a record by its IRI."""
    found = {f"kind:{kind.name}"}
    for prefix, (path, scheme) in kind.sets.items():
        for term in _values(record, path, linked):
            if not scheme:
                target = linked(terms.value(term))
                found |= {f"{prefix}:{target[0]}"} if target else set()
            elif (code := notation(term, scheme)) and code in vocabularies[scheme].concepts:
                line = (code, *vocabularies[scheme].ancestors(code))
                found.add(":".join([prefix, *reversed([each for each in line if each != ROOT])]))
    return tuple(sorted(name for name in found if not any(other.startswith(name + ":") for other in found)))


def _values(
    record: Record, path: tuple[Term, ...], linked: Callable[[str], tuple[str, Record] | None]
) -> Iterable[Term]:
    first = record.objects(path[0])
    if len(path) == 1:
        return first
    targets = (linked(terms.value(term)) for term in first)
    return [term for target in targets if target for term in _values(target[1], path[1:], linked)]
