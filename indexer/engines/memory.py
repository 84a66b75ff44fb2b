"""The reference: everything in dictionaries, every document tried with every clause, BM25 written out.

Use it in tests and to judge the other engines; it keeps nothing on disk. Speed is no aim here, being right is.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer import bulk
from indexer.query import RELEVANCE_LIMIT, All, And, Best, Keyword, Not, Or, Phrase, Range, Token
from indexer.result import Hit, SearchResult, rounded
from indexer.schema import Deletion, Prepared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indexer.analysis import Analyser
    from indexer.engine import Refusal
    from indexer.query import Clause, Search
    from indexer.schema import Document, IndexSchema

K1 = 1.2
B = 0.75
_EXACT_LENGTHS = 24
"""Lucene keeps the length of a field in one byte: shorter ones exactly, longer ones in four bits and an exponent."""


def open_index(schema: IndexSchema, analyser: Analyser, **_: Any) -> MemoryEngine:
    """Return a new, empty index."""
    return MemoryEngine(schema, analyser)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A document or tombstone with the positions of its tokens, by field and stream."""

    change: Prepared | Deletion
    positions: Mapping[tuple[str, str], Mapping[str, list[int]]]
    lengths: Mapping[tuple[str, str], int]


class MemoryEngine:
    """An index that lives as long as the object."""

    name = "memory"

    def __init__(self, schema: IndexSchema, analyser: Analyser) -> None:
        self.schema = schema
        self._analyser = analyser
        self._entries: dict[str, _Entry] = {}
        self._watermark = _entry(Deletion("", 0), schema)
        self._position = 0

    def write(self, changes: Sequence[Document | Prepared | Deletion], position: int) -> list[Refusal]:
        """Apply changes and position."""
        entries = dict(self._entries)
        prepared, refused = bulk.prepare(changes, self.schema, self._analyser)
        for id_, change in prepared.items():
            if id_ not in entries or entries[id_].change.seq <= change.seq:
                entries[id_] = _entry(change, self.schema)
        self._entries = entries
        self._position = max(self._position, position)
        return refused

    def position(self) -> int:
        """Return the last position written."""
        return self._position

    def search(self, search: Search) -> SearchResult:
        """Answer a search."""
        bulk.check_search(search, self.schema)
        scorer = _Scorer([*self._entries.values(), self._watermark])
        live = [entry for _, entry in sorted(self._entries.items()) if isinstance(entry.change, Prepared)]

        def matching(clause: Clause, leave_out: str = "") -> Iterator[tuple[float, Prepared]]:
            filters = [f for name, f in search.filters if not leave_out or name != leave_out]
            for entry in live:
                score = scorer.score(clause, entry)
                if score is not None and all(scorer.score(f, entry) is not None for f in filters):
                    assert isinstance(entry.change, Prepared)
                    yield score, entry.change

        found = list(matching(search.query))
        hits, more = _page(found, search)
        return SearchResult(
            total=len(found),
            hits=hits,
            facets={
                facet.name: _counts([d for _, d in matching(search.query, facet.leave_out)], facet.field, facet.limit)
                for facet in search.facets
            },
            counts={
                count.name: len(list(matching(And((search.query, count.clause)), count.leave_out)))
                for count in search.counts
            },
            position=self._position,
            more=more,
        )

    def entries(self) -> Iterator[tuple[str, int, str]]:
        """Yield id, seq and hash of every live document, ordered by id."""
        for id_, entry in sorted(self._entries.items()):
            if isinstance(entry.change, Prepared):
                yield id_, entry.change.seq, entry.change.hash

    def refresh(self) -> None:
        """Do nothing: what is written is seen."""

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


def _entry(change: Prepared | Deletion, schema: IndexSchema) -> _Entry:
    tokens = change.tokens if isinstance(change, Prepared) else bulk.sentinels(schema)
    positions: dict[tuple[str, str], dict[str, list[int]]] = {}
    lengths: dict[tuple[str, str], int] = {}
    for column, joined in zip(bulk.columns(schema), tokens, strict=True):
        found = joined.split()
        lengths[column] = len(found)
        places = positions.setdefault(column, {})
        for place, token in enumerate(found):
            places.setdefault(token, []).append(place)
    return _Entry(change, positions, lengths)


def _page(found: list[tuple[float, Prepared]], search: Search) -> tuple[tuple[Hit, ...], bool]:
    by = search.sort.by
    if by == "relevance":
        scored = sorted((-rounded(score), document.id, document) for score, document in found)
        hits = [_hit(document, -score, (-score or 0.0, document.id)) for score, _, document in scored[:RELEVANCE_LIMIT]]
        behind = [hit for hit in hits if search.after is None or _relevance(hit.key) > _relevance(search.after)]
    else:
        hits = [_hit(document, 0.0, (document.numbers.get(by), document.id)) for _, document in found]
        sign = -1 if search.sort.descending else 1
        hits.sort(key=lambda hit: _number(hit.key, sign))
        after = None if search.after is None else _number(search.after, sign)
        behind = [hit for hit in hits if after is None or _number(hit.key, sign) > after]
    return tuple(behind[: search.size]), len(behind) > search.size


def _hit(document: Prepared, score: float, key: tuple[float | int | None, str]) -> Hit:
    return Hit(document.id, document.kind, document.seq, score or 0.0, key, json.loads(document.stored))


def _relevance(key: tuple[float | int | None, str]) -> tuple[float, str]:
    return -(key[0] or 0.0), key[1]


def _number(key: tuple[float | int | None, str], sign: int) -> tuple[bool, float, str]:
    number, id_ = key
    return number is None, sign * (number or 0), id_


def _counts(documents: list[Prepared], field: str, limit: int) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update({document.kind} if field == "kind" else set(document.keywords.get(field, ())))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit])


class _Scorer:
    """BM25 over all entries, as Lucene computes it; None where a clause does not hold."""

    def __init__(self, entries: Sequence[_Entry]) -> None:
        self._entries = entries
        self._idf: dict[tuple[str, str, str], float] = {}
        self._average: dict[tuple[str, str], float] = {}

    def score(self, clause: Clause, entry: _Entry) -> float | None:
        match clause:
            case Token(field, stream, token, boost):
                return self._bm25(entry, (field, stream), (token,), boost)
            case Phrase(field, stream, tokens, boost):
                return self._bm25(entry, (field, stream), tokens, boost)
            case And(clauses, optional):
                scores = [self.score(inner, entry) for inner in clauses]
                extra = [self.score(inner, entry) for inner in optional]
                return None if None in scores else sum(score for score in (*scores, *extra) if score is not None)
            case Or(clauses):
                held = [score for inner in clauses if (score := self.score(inner, entry)) is not None]
                return sum(held) if held else None
            case Best(clauses):
                held = [score for inner in clauses if (score := self.score(inner, entry)) is not None]
                return max(held) if held else None
            case Not(inner):
                return 0.0 if self.score(inner, entry) is None else None
            case All():
                return 0.0
        score = clause.boost if isinstance(clause, Keyword) else 0.0
        return score if _holds(clause, entry.change) else None

    def _bm25(self, entry: _Entry, where: tuple[str, str], tokens: Sequence[str], boost: float) -> float | None:
        frequency = _frequency(entry.positions.get(where, {}), tokens)
        if not frequency:
            return None
        idf = sum(self._inverse(where, token) for token in tokens)
        length = kept_length(entry.lengths[where])
        norm = K1 * (1 - B + B * length / self._mean(where))
        return boost * idf * frequency / (frequency + norm)

    def _inverse(self, where: tuple[str, str], token: str) -> float:
        key = (*where, token)
        if key not in self._idf:
            having = sum(1 for entry in self._entries if token in entry.positions.get(where, {}))
            self._idf[key] = math.log(1 + (len(self._entries) - having + 0.5) / (having + 0.5))
        return self._idf[key]

    def _mean(self, where: tuple[str, str]) -> float:
        if where not in self._average:
            total = sum(entry.lengths.get(where, 0) for entry in self._entries)
            self._average[where] = total / len(self._entries)
        return self._average[where]


def _frequency(places: Mapping[str, list[int]], tokens: Sequence[str]) -> int:
    """Return how often the tokens stand one after another."""
    starts = set(places.get(tokens[0], ()))
    for offset, token in enumerate(tokens[1:], start=1):
        starts &= {place - offset for place in places.get(token, ())}
    return len(starts)


def _holds(clause: Keyword | Range, change: Prepared | Deletion) -> bool:
    assert isinstance(change, Prepared)
    if isinstance(clause, Keyword):
        values = (change.kind,) if clause.field == "kind" else change.keywords.get(clause.field, ())
        return not set(clause.values).isdisjoint(values)
    number = change.numbers.get(clause.field)
    if number is None:
        return False
    return (clause.minimum is None or clause.minimum <= number) and (clause.maximum is None or number <= clause.maximum)


def kept_length(length: int) -> int:
    """Return a field's length after Lucene has put it into one byte (``SmallFloat.intToByte4``) and taken it out.

    >>> [kept_length(length) for length in (7, 40, 41, 43, 1000)]
    [7, 40, 40, 42, 984]
    """
    if length < _EXACT_LENGTHS:
        return length
    rest = length - _EXACT_LENGTHS
    shift = max(rest.bit_length() - 4, 0)
    return _EXACT_LENGTHS + (rest >> shift << shift)
