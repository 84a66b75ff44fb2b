"""Search: words and conditions become one engine query, its answer becomes what pages and programs show.

Multi-select facets count what one gets in addition; a coverage facet follows the within/cover rule and a price range
counts ``from`` offers with their minimum (architecture, decisions 6 to 10).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from catalog_service.errors import BadQuery, UnknownName
from catalog_service.model.offer import Offer
from catalog_service.operations import ways
from catalog_service.operations.facets import (
    FacetView,
    chips_of,
    facet_requests,
    facet_views,
    filters_of,
)
from catalog_service.operations.naming import also, named
from catalog_service.operations.paging import seal, unseal
from catalog_service.operations.passages import extract, found_in
from indexer.highlight import mark
from indexer.query import All, Count, FacetRequest, Keyword, Search, Sort

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalog_service.model.kind import Kind
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.facets import Chip
    from catalog_service.operations.ways import Relaxation
    from indexer.analysis import Word
    from indexer.grammar import Parsed
    from indexer.query import Clause
    from indexer.result import Hit, SearchResult

SORTS = {"relevance": Sort(), "newest": Sort("newest"), "price": Sort("price.min", descending=False)}
"""The orders one may ask for."""

RELEVANCE_DEPTH = 1000
"""Hits by relevance that can be paged through; then the search says to narrow."""

FRESH_WAIT = 2.0
"""Seconds a search waits for the index to reach ``min_seq``."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search as it was asked for; ``filters`` maps facet names to chosen values."""

    kind: str = ""
    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    size: int = 20
    after: str = ""
    min_seq: int = 0
    lang: str = "zh"
    facets: tuple[str, ...] | None = None
    """Names of the facets to count; None counts all the kind has."""


@dataclass(frozen=True, slots=True)
class HitView:
    """One row of results. ``highlight`` maps ``title`` and ``summary`` to spans of found words in them."""

    id: str
    iri: str
    kind: str
    title: str
    title_lang: str
    summary: str
    summary_lang: str
    fields: Mapping[str, list[str]]
    """Short name to values: texts, or codes as ``list/code``."""
    plain_offers: Sequence[Mapping[str, Any]]
    """Its offers as `Offer.plain` gave them to the index."""
    linked: Mapping[str, list[tuple[str, str]]]
    """Facet name to (identifier, title) of the records named there, such as the provider."""
    score: float
    highlight: Mapping[str, list[tuple[int, int]]]
    passage_of: str = ""
    """Dotted name of the field that ``summary`` is a passage of, where the words stand in neither title nor summary."""

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Its offers, the cheapest first."""
        return tuple(map(Offer.from_plain, self.plain_offers))


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The answer to a search."""

    request: SearchRequest
    kind: Kind
    sort: str
    total: int
    hits: tuple[HitView, ...]
    facets: tuple[FacetView, ...]
    chips: tuple[Chip, ...]
    tabs: Mapping[str, int]
    """Kind to its number of hits; for other kinds than the shown one without the conditions."""
    next: str = ""
    narrow: bool = False
    """Whether the end of what relevance shows is reached though there is more."""
    did_you_mean: str = ""
    dropped: tuple[str, ...] = ()
    """Words left out because nothing has them all; the hits hold the others only."""
    relaxations: tuple[Relaxation, ...] = ()
    alone: tuple[Relaxation, ...] = ()
    """Where letting go of one condition does not help: what each value finds as the only condition, with the words."""
    without_words: int = 0
    """Where nothing is found: how many records fulfil the conditions, whatever words they hold."""
    seq: int = 0
    behind: bool = False
    took_ms: float = 0.0


def search(catalogue: Catalogue, request: SearchRequest) -> SearchPage:
    """Answer a search; raises `BadQuery` or `UnknownName` for what cannot be asked."""
    started = time.perf_counter()
    rows = named(catalogue, request.q)
    if rows and not request.kind and not any(request.filters.values()):
        request = replace(request, kind=rows[0].kind)
    kind = _kind(catalogue, request.kind)
    _check(catalogue, kind, request)
    behind = request.min_seq > 0 and not _reached(catalogue, request.min_seq)
    parsed = also(catalogue.index.parse(request.q), rows)
    sort = request.sort or ("relevance" if parsed.words else "newest")
    page = _run(catalogue, kind, replace(request, sort=sort), parsed)
    if not page.total:
        page = _second_try(catalogue, kind, page, parsed)
    return replace(page, behind=behind, took_ms=round((time.perf_counter() - started) * 1000, 2))


def _reached(catalogue: Catalogue, seq: int) -> bool:
    """Wait for a change to be indexed, but not for one that is not even stored."""
    last = catalogue.store.last_seq()
    return catalogue.index.wait_for(min(seq, last), FRESH_WAIT) and seq <= last


def _kind(catalogue: Catalogue, name: str) -> Kind:
    kinds = catalogue.profile.kinds
    if name and name not in kinds:
        raise UnknownName("kind", name, kinds)
    return kinds[name] if name else next(iter(kinds.values()))


def _check(catalogue: Catalogue, kind: Kind, request: SearchRequest) -> None:
    known = {facet.name for facet in kind.facets}
    for name in (*request.filters, *(request.facets or ())):
        if name not in known:
            raise UnknownName("facet", name, known)
    if request.sort and request.sort not in SORTS:
        raise UnknownName("sort", request.sort, SORTS)
    largest = catalogue.settings.number("limits.page_size")
    if not 0 <= request.size <= largest:
        raise BadQuery("A page holds 0 to {largest} records, not {size}.", largest=largest, size=request.size)


def _run(catalogue: Catalogue, kind: Kind, request: SearchRequest, parsed: Parsed) -> SearchPage:
    chosen = {name: values for name, values in request.filters.items() if values}
    filters = filters_of(catalogue, kind, request.filters)
    counted = [each for each in kind.facets if request.facets is None or each.name in request.facets]
    requests, counts = facet_requests(counted)
    result = catalogue.index.search(
        Search(
            parsed.clause,
            filters=filters,
            facets=requests,
            counts=(*counts, *(Count(f"without:{name}", All(), leave_out=name) for name, _ in filters[1:])),
            sort=SORTS[request.sort],
            size=request.size,
            after=_after(catalogue, request),
        )
    )
    chips = chips_of(catalogue, kind, chosen, request.lang)
    depth = _depth(catalogue, request) + len(result.hits)
    relevance = request.sort == "relevance"
    return SearchPage(
        request=request,
        kind=kind,
        sort=request.sort,
        total=result.total,
        hits=_hits(catalogue, result.hits, parsed.words, request.lang),
        facets=facet_views(catalogue, counted, chosen, result, request.lang),
        chips=chips,
        tabs=_tabs(catalogue, parsed.clause, kind, result.total),
        next=_next(catalogue, request, result, depth),
        narrow=relevance and not result.more and depth < result.total and bool(result.hits),
        relaxations=() if result.total else tuple(ways.relaxations(chips, chosen, result)),
        seq=result.position,
    )


def _tabs(catalogue: Catalogue, clause: Clause, kind: Kind, total: int) -> dict[str, int]:
    """Return the hits of every kind; only those of the other kinds are counted, the shown one's are known.

    One other kind is counted as a whole, which takes a third of the time that counting by kind does.
    """
    others = tuple(name for name in catalogue.profile.kinds if name != kind.name)
    among = (("kind", Keyword("kind", others)),)
    by_kind = (FacetRequest("kind", "kind"),) if len(others) > 1 else ()
    found = {kind.name: total}
    if others:
        counted = catalogue.index.search(Search(clause, filters=among, facets=by_kind, size=0))
        found |= counted.facets["kind"] if by_kind else {others[0]: counted.total}
    return {name: found.get(name, 0) for name in catalogue.profile.kinds}


def _second_try(catalogue: Catalogue, kind: Kind, page: SearchPage, parsed: Parsed) -> SearchPage:
    """Nothing has all words under all conditions: look for the same sound in other characters, then for less."""
    if not parsed.words:
        return page if page.relaxations else replace(page, alone=ways.alone(catalogue, kind, page, parsed))
    page = replace(page, did_you_mean=ways.spelling(catalogue, kind, page.request, parsed))
    if page.relaxations:
        return replace(page, without_words=ways.without_words(catalogue, kind, page))
    for weaker, dropped in ways.weaker(catalogue, filters_of(catalogue, kind, page.request.filters), parsed):
        partial = _run(catalogue, kind, page.request, weaker)
        if partial.total:
            tabs = {name: count or ways.partly(catalogue, name, parsed) for name, count in page.tabs.items()}
            tabs[kind.name] = partial.total
            return replace(partial, did_you_mean=page.did_you_mean, dropped=dropped, tabs=tabs)
    alone, without_words = ways.alone(catalogue, kind, page, parsed), ways.without_words(catalogue, kind, page)
    return replace(page, alone=alone, without_words=without_words)


def _hits(catalogue: Catalogue, hits: Sequence[Hit], words: Sequence[Word], lang: str) -> tuple[HitView, ...]:
    """Return the rows of the hits that are public at this moment, which an index that lags behind cannot tell.

    What the world may see of a record is read only where neither title nor summary has a word: from many hits nothing.
    """
    if not hits:
        return ()
    kinds = catalogue.profile.kinds
    rows = [_row(hit, words, lang) for hit in hits]
    unmarked = {row.id for row in rows if words and not any(row.highlight.values())}
    public = catalogue.store.visible(unmarked, [row.id for row in rows if row.id not in unmarked])
    return tuple(
        _with_passage(kinds[row.kind], row, public[row.id], words, lang) if row.id in unmarked else row
        for row in rows
        if row.id in public
    )


def _row(hit: Hit, words: Sequence[Word], lang: str) -> HitView:
    stored = hit.stored
    title, title_lang = _in_language(stored["title"], lang)
    summary = extract(*_in_language(stored["summary"], lang), words)
    linked = {
        name: [(link["id"], _in_language(link["title"], lang)[0]) for link in links]
        for name, links in stored["named"].items()
    }
    return HitView(
        id=hit.id,
        iri=stored["iri"],
        kind=hit.kind,
        title=title,
        title_lang=title_lang,
        summary=summary.text,
        summary_lang=summary.lang,
        fields=stored["fields"],
        plain_offers=stored["offers"],
        linked=linked,
        score=hit.score,
        highlight={"title": mark(title, words), "summary": list(summary.marks)} if words else {},
    )


def _with_passage(kind: Kind, row: HitView, form: bytes, words: Sequence[Word], lang: str) -> HitView:
    """Return a row with the passage that has the words in the place of the summary, if there is one."""
    found = found_in(kind, form, row.iri, words, lang)
    if found is None:
        return row
    marks = {**row.highlight, "summary": list(found.marks)}
    return replace(row, summary=found.text, summary_lang=found.lang, passage_of=found.field, highlight=marks)


def _in_language(texts: Mapping[str, str], lang: str) -> tuple[str, str]:
    for wanted in (lang, "zh", *texts):
        if wanted in texts:
            return texts[wanted], wanted
    return "", lang


def _scope(request: SearchRequest) -> str:
    """Return what a page key is bound to: the same search in the same order."""
    return repr((request.kind, request.q, sorted(request.filters.items()), request.sort))


def _unsealed(catalogue: Catalogue, request: SearchRequest) -> Any:
    from hashlib import sha256

    payload = unseal(catalogue.secret("page"), request.after)
    if (
        not isinstance(payload, list)
        or len(payload) != 4
        or payload[0] != sha256(_scope(request).encode()).hexdigest()[:8]
    ):
        raise BadQuery("This page key is not of this search.", advice="Start again from the first page.")
    return payload


def _after(catalogue: Catalogue, request: SearchRequest) -> tuple[float | int | None, str] | None:
    if not request.after:
        return None
    _, _, value, identifier = _unsealed(catalogue, request)
    return value, identifier


def _depth(catalogue: Catalogue, request: SearchRequest) -> int:
    return int(_unsealed(catalogue, request)[1]) if request.after else 0


def _next(catalogue: Catalogue, request: SearchRequest, result: SearchResult, depth: int) -> str:
    from hashlib import sha256

    if not result.more or not result.hits:
        return ""
    scope = sha256(_scope(request).encode()).hexdigest()[:8]
    return seal(catalogue.secret("page"), [scope, depth, *result.hits[-1].key])
