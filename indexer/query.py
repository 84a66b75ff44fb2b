"""The clause tree: what every engine is asked, whatever language it speaks itself.

A query text is parsed once (`indexer.grammar`) into these clauses; facets and kinds become clauses too. An engine
translates the tree and adds nothing of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Stream = Literal["words", "bigrams", "characters", "pinyin"]


@dataclass(frozen=True, slots=True)
class All:
    """Every document; never scored."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token in one stream of one text field, with a boost; scored by BM25."""

    field: str
    stream: Stream
    token: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens one after another in one stream (but not ``words``) of one text field; scored by BM25."""

    field: str
    stream: Stream
    tokens: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Keyword:
    """One of several exact values of a keyword field."""

    field: str
    values: tuple[str, ...]
    boost: float = 0.0
    """The score of every document that has one of them; with 0 it is not scored."""


@dataclass(frozen=True, slots=True)
class Range:
    """A number field between two bounds, both inclusive, None being open; never scored."""

    field: str
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All clauses hold; scores add up, and so do those of ``optional`` clauses that happen to hold.

    Without clauses it holds everywhere, as `All` does.
    """

    clauses: tuple[Clause, ...]
    optional: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one clause holds; the scores of those that hold add up. Without clauses it holds nowhere."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The clause does not hold; never scored."""

    clause: Clause


@dataclass(frozen=True, slots=True)
class Best:
    """At least one clause holds; the score is the best one's (a disjunction maximum)."""

    clauses: tuple[Clause, ...]


Clause: TypeAlias = "All | Token | Phrase | Keyword | Range | And | Or | Not | Best"


def walk(clause: Clause) -> Iterator[Clause]:
    """Yield a clause and all clauses inside it."""
    yield clause
    if isinstance(clause, And | Or | Best):
        for inner in clause.clauses:
            yield from walk(inner)
    if isinstance(clause, And):
        for inner in clause.optional:
            yield from walk(inner)
    if isinstance(clause, Not):
        yield from walk(clause.clause)


def is_scored(clause: Clause) -> bool:
    """Tell whether scores can differ, so whether there is an order by relevance.

    >>> is_scored(And((Not(Token("title", "words", "a")), All())))
    False
    """
    if isinstance(clause, Token | Phrase):
        return True
    if isinstance(clause, Keyword):
        return clause.boost > 0
    if isinstance(clause, And):
        return any(map(is_scored, (*clause.clauses, *clause.optional)))
    return isinstance(clause, Or | Best) and any(map(is_scored, clause.clauses))


RELEVANCE_LIMIT = 1000
"""So many hits relevance gives; who wants more is told to narrow."""


@dataclass(frozen=True, slots=True)
class FacetRequest:
    """Counts of a keyword field's values, under all filters but the one called ``leave_out`` (multi-select)."""

    name: str
    field: str
    leave_out: str = ""
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class Count:
    """The number of documents under a clause and all filters but ``leave_out``: for price and period steps."""

    name: str
    clause: Clause
    leave_out: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: ``relevance`` or a number field, ties by id ascending. Documents without the number come last."""

    by: str = "relevance"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Search:
    """One search: a scored query, named filters, what is counted, and which page of which order.

    ``after`` is the sort key of the last hit seen, as `Hit.key` gave it; for relevance the engine keeps to the first
    1,000 hits (architecture, decision 7).
    """

    query: Clause
    filters: tuple[tuple[str, Clause], ...] = ()
    """Named, not scored, all must hold."""
    facets: tuple[FacetRequest, ...] = ()
    counts: tuple[Count, ...] = ()
    sort: Sort = Sort()
    size: int = 20
    after: tuple[float | int | None, str] | None = None
