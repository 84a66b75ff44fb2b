"""Records that a load refused and the catalogue does not have: who names one of them has to wait for it too.

A name is turned into the IRI of a record of the same load before that one is checked; without this, what refers to a
refused one would be stored with a reference to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.i18n import both
from catalog_service.model import terms
from catalog_service.model.record import best_text
from catalog_service.model.report import Finding
from catalog_service.operations.placing import placed
from catalog_service.operations.references import reference_fields, reference_paths, targets_of, titles_of
from catalog_service.operations.spool import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.record import Record
    from catalog_service.operations.placing import Columns
    from catalog_service.operations.taken import Taken
    from catalog_service.store import Store


class Refused:
    """The records of a load that were refused, as far as the catalogue does not have them: IRI to title."""

    def __init__(self) -> None:
        self.titles: dict[str, str] = {}
        self._fresh: dict[str, str] = {}

    def fresh(self) -> dict[str, str]:
        """Return those that were added since this was asked last, so that a load that is broken off can keep them."""
        fresh, self._fresh = self._fresh, {}
        return fresh

    def add(self, titles: Mapping[str, str]) -> None:
        """Add records that an earlier process refused."""
        self.titles |= titles

    def note(self, store: Store, taken: Iterable[Taken]) -> None:
        """Add those among the taken records that were refused and are not in the store."""
        self._add(store, {each.iri: each.title or each.identifier for each in taken if each.status == "refused"})

    def _add(self, store: Store, titles: Mapping[str, str]) -> set[str]:
        asked = titles.keys() - self.titles.keys()
        new = asked - store.by_iris(sorted(asked)).keys() if asked else set[str]()
        self.titles |= {iri: titles[iri] for iri in new}
        self._fresh |= {iri: titles[iri] for iri in new}
        return new

    def tell(
        self,
        store: Store,
        kinds: Mapping[str, Kind],
        candidates: Sequence[Candidate],
        findings: Mapping[int, list[Finding]],
        columns: Columns,
    ) -> None:
        """Add an error to the findings of each candidate that names a refused one, then of those that name it."""

        def names(some: Iterable[Candidate]) -> dict[str, str]:
            return {each.record.iri: _title(each, kinds[each.record.kind]) for each in some}

        hit = [each for each in candidates if _bad(findings[each.number])]
        waiting = [each for each in candidates if not _bad(findings[each.number])]
        self._add(store, names(hit))
        while self.titles and waiting:
            hit, left = list[Candidate](), list[Candidate]()
            for each in waiting:
                kind = kinds[each.record.kind]
                found = [placed(one, each, kind, columns) for one in self._findings(each.record, kind)]
                findings[each.number] += found
                (hit if found else left).append(each)
            if not self._add(store, names(hit)):
                return
            waiting = left

    def _findings(self, record: Record, kind: Kind) -> Iterator[Finding]:
        """Yield an error for each refused record that a record names."""
        if self.titles.keys().isdisjoint(targets_of(record, kind)):
            return
        for (name, field), (path, _) in zip(reference_fields(kind), reference_paths(kind), strict=True):
            for node in record.objects(*path[:-1]) if path[1:] else [record.node]:
                for term in record.nodes.get(node, {}).get(path[-1], ()):
                    if terms.value(term) in self.titles:
                        yield self._finding(name, node, field, terms.value(term))

    def _finding(self, name: str, node: str, field: Field, iri: str) -> Finding:
        label, value = dict(field.labels), self.titles[iri]
        message = both(
            "{label}: “{value}” is refused in what was given, and the catalogue does not have it.",
            domain="findings",
            label=label,
            value=value,
        )
        return Finding(
            "unknown-reference",
            message,
            mend_first(),
            path=name,
            label=label,
            value=value,
            constraint="reference",
            focus_node=node,
        )


def mend_first() -> dict[str, str]:
    """Return what to do where a record waits for a refused one."""
    return both("Mend that record first; this one can go in with it.", domain="findings")


def _bad(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _title(candidate: Candidate, kind: Kind) -> str:
    return best_text(titles_of(candidate.record, kind), "zh") or candidate.identifier
