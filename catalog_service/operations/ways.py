"""Where nothing is found: which conditions to let go of, which words to do without, what else was meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.errors import BadQuery
from catalog_service.operations.facets import facet_clause, filters_of
from indexer.query import All, Count, Keyword, Search

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalog_service.model.kind import Kind
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.facets import Chip
    from catalog_service.operations.search import SearchPage, SearchRequest
    from indexer.grammar import Parsed
    from indexer.query import Clause
    from indexer.result import SearchResult


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One condition to let go of, or to keep alone, and how many records one then gets."""

    chip: Chip
    filters: Mapping[str, tuple[str, ...]]
    count: int


def relaxations(
    chips: Sequence[Chip], chosen: Mapping[str, tuple[str, ...]], result: SearchResult
) -> Iterator[Relaxation]:
    """Yield for each condition what one gets without it, where that is anything."""
    for name in chosen:
        count = result.counts.get(f"without:{name}", 0)
        chip = next((each for each in chips if each.facet == name), None)
        if count and chip is not None:
            yield Relaxation(chip, {other: values for other, values in chosen.items() if other != name}, count)


def weaker(
    catalogue: Catalogue, filters: tuple[tuple[str, Clause], ...], parsed: Parsed
) -> Iterator[tuple[Parsed, tuple[str, ...]]]:
    """Yield ever weaker queries, words first done without that find nothing under the filters."""

    def holds(clause: Clause) -> bool:
        return catalogue.index.search(Search(clause, filters=filters, size=0)).total > 0

    return catalogue.index.relaxed(parsed, holds)


def partly(catalogue: Catalogue, kind: str, parsed: Parsed) -> int:
    """Return how many records of a kind somebody gets who asks for them, where none has all the words."""
    filters = (("kind", Keyword("kind", (kind,))),)
    searches = (Search(each.clause, filters=filters, size=0) for each, _ in weaker(catalogue, filters, parsed))
    return next((total for each in searches if (total := catalogue.index.search(each).total)), 0)


def alone(catalogue: Catalogue, kind: Kind, page: SearchPage, parsed: Parsed) -> tuple[Relaxation, ...]:
    """Return for each of several chips what it finds without the others."""
    facets = {facet.name: facet for facet in kind.facets}
    clauses = [(chip, facet_clause(catalogue, facets[chip.facet], (chip.value,))) for chip in page.chips]
    counts = tuple(Count(f"{number}", clause) for number, (_, clause) in enumerate(clauses) if clause is not None)
    if len(counts) < 2:
        return ()
    asked = Search(parsed.clause, filters=(("kind", Keyword("kind", (kind.name,))),), counts=counts, size=0)
    found = catalogue.index.search(asked).counts
    return tuple(
        Relaxation(chip, {chip.facet: (chip.value,)}, found[f"{number}"])
        for number, (chip, _) in enumerate(clauses)
        if found.get(f"{number}")
    )


def without_words(catalogue: Catalogue, kind: Kind, page: SearchPage) -> int:
    """Return how many records fulfil the conditions, whatever words they hold."""
    if not page.chips:
        return 0
    filters = filters_of(catalogue, kind, page.request.filters)
    return catalogue.index.search(Search(All(), filters=filters, size=0)).total


def spelling(catalogue: Catalogue, kind: Kind, request: SearchRequest, parsed: Parsed) -> str:
    """Return another spelling of what was typed that finds something, empty if there is none."""
    from catalog_service.operations.suggest import did_you_mean

    filters = filters_of(catalogue, kind, request.filters)

    def finds(text: str, filters: tuple[tuple[str, Clause], ...] = filters) -> bool:
        try:
            clause = catalogue.index.parse(text).clause
        except BadQuery:
            return False
        return catalogue.index.search(Search(clause, filters=filters, size=0)).total > 0

    def known(word: str) -> bool:
        return finds(word, filters[:1])

    return did_you_mean(catalogue, kind, request.q, parsed, known=known, finds=finds)
