"""Hits in the order all engines share: score rounded, or number; ties by id.

tantivy breaks ties by where a document lies, so each group of ties that touches the page is fetched whole and put in
order by the ids, which stand beside the documents as columns of numbers (`layout.id_parts`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from tantivy import Occur, Order, Query

from indexer.engines.embedded.layout import ID_PARTS, id_part, id_parts, is_long, number_field
from indexer.engines.embedded.translate import LUCENE, unscored
from indexer.query import RELEVANCE_LIMIT
from indexer.result import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tantivy import DocAddress, Document, Searcher

    from indexer.engines.embedded.translate import Translator

_MARGIN = 40
"""So many hits more than asked for are fetched, so that groups of ties are seldom cut and fetched again."""

_HIGHEST = (1 << 63) - 1
Key: TypeAlias = "tuple[float | int | None, str]"
Found: TypeAlias = "tuple[float | int | None, str, DocAddress]"
"""Sort value, id, where."""


@dataclass(frozen=True, slots=True)
class Sorter:
    """Fetches pages from one state of the index."""

    searcher: Searcher
    translator: Translator
    _read: dict[tuple[int, int], Document] = field(default_factory=dict)

    def document(self, where: DocAddress) -> Document:
        """Return a stored document; each is read once, for its place in the order and for what it shows."""
        place = (where.segment_ord, where.doc)
        found = self._read.get(place)
        if found is None:
            found = self._read[place] = self.searcher.doc(where)
        return found

    def by_relevance(self, query: Query, size: int, after: Key | None) -> tuple[list[Found], bool]:
        """Return a page within the first hits, and whether more follow within them."""
        wanted = size + 1 if after is None else RELEVANCE_LIMIT
        limit = wanted + _MARGIN
        while True:
            hits = self._hits(query, limit)
            scored, whole = _first_groups(hits, min(wanted, RELEVANCE_LIMIT))
            if whole or len(hits) < limit:
                break
            limit *= 16
        window = self._in_order(scored, wanted)[:RELEVANCE_LIMIT]
        if after is not None:
            place = (-(after[0] or 0.0), after[1])
            window = [found for found in window if (-(found[0] or 0.0), found[1]) > place]
        return window[:size], len(window) > size

    def by_number(
        self, query: Query, field: str, size: int, after: Key | None, *, descending: bool
    ) -> tuple[list[Found], bool]:
        """Return a page in the order of a number field, documents without the number last."""
        name = number_field(field)
        has = Query.exists_query(name)
        found: list[Found] = []
        if after is None or after[0] is not None:
            found = self._numbered(_both(query, has), name, size + 1, after, descending=descending)
        if len(found) <= size:
            rest = _without(query, has)
            behind = after[1] if after is not None and after[0] is None else None
            found += [(None, id_, where) for id_, where in self.by_id(rest, size + 1 - len(found), behind)]
        return found[:size], len(found) > size

    def by_id(self, query: Query, limit: int, behind: str | None = None) -> list[tuple[str, DocAddress]]:
        """Return the first hits by id, behind one if given."""
        if behind is None:
            return self._ids(query, limit)
        more = 0
        if is_long(behind):
            # Ids are told apart by their first bytes only: those that begin alike are sorted out below.
            more = self._count(_both(query, self._beginning_as(behind)))
        found = self._ids(_both(query, self._behind(behind)), limit + more)
        return [(id_, where) for id_, where in found if id_ > behind][:limit]

    def _hits(self, query: Query, limit: int) -> list[tuple[float, DocAddress]]:
        hits: list[tuple[float, DocAddress]] = self.searcher.search(query, limit, count=False).hits
        return hits

    def _ids(self, query: Query, limit: int) -> list[tuple[str, DocAddress]]:
        hits = self.searcher.search(query, limit, count=False, order_by_field="id", order=Order.Asc).hits
        return [(id_, where) for id_, where in hits]

    def _count(self, query: Query) -> int:
        return int(self.searcher.aggregate(query, {"count": {"value_count": {"field": "seq"}}})["count"]["value"])

    def _numbered(self, query: Query, name: str, limit: int, after: Key | None, *, descending: bool) -> list[Found]:
        found: list[Found] = []
        if after is not None:
            number = int(after[0] or 0)
            same = _both(query, self.translator.between(name, number, number))
            found = [(number, id_, where) for id_, where in self.by_id(same, limit, after[1])]
            beyond = (None, number - 1) if descending else (number + 1, None)
            query = _both(query, self.translator.between(name, *beyond))
        missing = limit - len(found)
        if missing <= 0:
            return found
        order = Order.Desc if descending else Order.Asc
        hits = self.searcher.search(query, missing, count=False, order_by_field=name, order=order).hits
        if len(hits) < missing:
            return found + self._in_order(hits, missing)
        last = hits[-1][0]
        whole = [hit for hit in hits if hit[0] != last]
        found += self._in_order(whole, len(whole))
        group = _both(query, self.translator.between(name, last, last))
        return found + [(last, id_, where) for id_, where in self.by_id(group, limit - len(found))]

    def _in_order(self, hits: Sequence[tuple[float | int, DocAddress]], wanted: int) -> list[Found]:
        """Return hits, which come ordered by value, with each group of equal values ordered by id."""
        ordered: list[Found] = []
        for value, group in groupby(hits, key=lambda hit: hit[0]):
            addresses = [address for _, address in group]
            ordered.extend((value, id_, where) for id_, where in self._sorted(addresses, wanted - len(ordered)))
            if len(ordered) >= wanted:
                break
        return ordered

    def _sorted(self, addresses: list[DocAddress], wanted: int) -> list[tuple[str, DocAddress]]:
        """Return the first of these documents by id: columns of numbers first, ids only where these are equal."""
        if len(addresses) > max(wanted, 1):
            columns = [self.searcher.fast_field_values(id_part(part), addresses) for part in range(ID_PARTS)]
            keys = list(zip(*columns, strict=True))
            places = sorted(range(len(addresses)), key=keys.__getitem__)
            end = wanted
            while end < len(places) and keys[places[end]] == keys[places[wanted - 1]]:
                end += 1
            addresses = [addresses[place] for place in places[:end]]
        return sorted(((self._id(address), address) for address in addresses), key=lambda found: found[0])[:wanted]

    def _id(self, address: DocAddress) -> str:
        return str(self.document(address).get_first("id"))

    def _behind(self, id_: str) -> Query:
        """Return the query of ids that begin with higher bytes, or alike if the id is a long one."""
        parts = id_parts(id_)
        ways = []
        for number, part in enumerate(parts):
            alike = [self._part(place, parts[place], parts[place]) for place in range(number)]
            if part < _HIGHEST:
                ways.append(_both(*alike, self._part(number, part + 1, None)))
        if is_long(id_):
            ways.append(self._beginning_as(id_))
        return unscored(Query.boolean_query([(Occur.Should, way) for way in ways]))

    def _beginning_as(self, id_: str) -> Query:
        return _both(*(self._part(number, part, part) for number, part in enumerate(id_parts(id_))))

    def _part(self, number: int, minimum: int, maximum: int | None) -> Query:
        return self.translator.between(id_part(number), minimum, maximum)


def _first_groups(hits: Sequence[tuple[float, DocAddress]], wanted: int) -> tuple[list[tuple[float, DocAddress]], bool]:
    """Return so many hits with rounded scores and those that tie with the last; whether these were all fetched."""
    scored: list[tuple[float, DocAddress]] = []
    for score, address in hits:
        value = rounded(score * LUCENE)
        if len(scored) >= wanted and value != scored[-1][0]:
            return scored, True
        scored.append((value, address))
    return scored, False


def _both(*queries: Query) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, query) for query in queries])


def _without(query: Query, unwanted: Query) -> Query:
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, unwanted)])
