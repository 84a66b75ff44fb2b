"""Home, results and zero results: one address, ``/``, that says the whole search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import Response, redirect, request

from catalog_service.errors import InputError
from catalog_service.i18n import explain
from catalog_service.operations.facets import UNPRICED, ends_of
from catalog_service.operations.search import SearchRequest, search
from catalog_service.web.pages.rows import rows
from catalog_service.web.pages.trail import Trail
from catalog_service.web.query import needs_tidying, search_address, search_request, untracked, without
from catalog_service.web.routes import Parameter, Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from werkzeug.datastructures import MultiDict

    from catalog_service.model.kind import Kind
    from catalog_service.operations.facets import FacetValue, FacetView
    from catalog_service.operations.search import SearchPage
    from catalog_service.operations.ways import Relaxation
    from catalog_service.web.site import Site

NEWEST = 6
SHOWN = 5
SEARCHABLE = 15
_STARTS = 5
_SUBCLASSES = 4


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    return (Route("GET", "/", lambda: front(site), "Search the catalogue", PARAMETERS, media_types=("text/html",)),)


PARAMETERS = (
    Parameter("q", "Words to find"),
    Parameter("kind", "Kind of record"),
    Parameter("sort", "Order: relevance, newest or price", schema={"enum": ["relevance", "newest", "price"]}),
    Parameter("size", "Records on a page", schema={"type": "integer", "minimum": 0, "maximum": 100, "default": 20}),
    Parameter("after", "Key of the next page, from the member next of the page before"),
    Parameter("lang", "Language of texts", schema={"enum": ["zh", "en"]}),
)


def front(site: Site) -> Response:
    """Return home when nothing is asked, else results."""
    args = untracked(request.args)
    if not any(name != "lang" for name in args):
        return home(site)
    if needs_tidying(args):
        return _tidied(site, args)
    return results(site, args)


def _tidied(site: Site, args: MultiDict[str, str]) -> Response:
    asked = search_request(args, site.lang)
    for removed in args.getlist("remove"):
        asked = without(asked, removed)
    if "clear" in args:
        asked = replace(asked, filters={}, after="")
    return redirect(search_address(asked, all=args.get("all", "")), 302)  # type: ignore[return-value]


def results(site: Site, args: MultiDict[str, str]) -> Response:
    """Return the page of a search; one that cannot be asked gives its rows without the fault, and says it."""
    try:
        asked = search_request(args, site.lang)
        page = search(site.catalogue, asked)
    except InputError as error:
        return _without_range(site, args, error) or _not_asked(site, error)
    return _results(site, page)


def _without_range(site: Site, args: MultiDict[str, str], error: InputError) -> Response | None:
    """Return the rows as they are without a price range that cannot be meant, and the fault at its field."""
    try:
        asked = search_request(args, site.lang)
        kind = site.catalogue.profile.kinds.get(asked.kind) or next(iter(site.catalogue.profile.kinds.values()))
        ranges = [facet.name for facet in kind.facets if facet.type == "price" and facet.name in asked.filters]
        page = search(site.catalogue, replace(asked, filters=_ticked(asked.filters, ranges))) if ranges else None
    except InputError:
        return None
    if page is None or not page.total:
        return None
    title, advice = explain(error, site.lang)
    typed = next((ends for name in ranges for value in asked.filters[name] if (ends := ends_of(value))), ("", ""))
    problem = {"title": title, "advice": advice, "facet": ranges[0], "typed": typed}
    return _results(site, page, problem)


def _ticked(filters: Mapping[str, tuple[str, ...]], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return filters without the ranges of some facets; what is ticked beside a range stays."""
    kept = {
        name: tuple(value for value in values if name not in names or value in UNPRICED)
        for name, values in filters.items()
    }
    return {name: values for name, values in kept.items() if values}


def _not_asked(site: Site, error: InputError) -> Response:
    title, advice = explain(error, site.lang)
    return site.page(
        "errors/problem.html",
        error.status,
        title=title,
        advice=advice,
        number=error.status,
        q=request.args.get("q", ""),
    )


def _results(site: Site, page: SearchPage, problem: Mapping[str, Any] | None = None) -> Response:
    kind, asked = page.kind, replace(page.request, sort=request.args.get("sort", ""))
    template = "results.html" if page.total else "zero.html"
    chosen = sum(len(values) for values in asked.filters.values())
    whole = next((facet.name for facet in page.facets if facet.name == request.args.get("all")), "")
    return site.page(
        template,
        400 if problem else 200,
        problem=problem,
        kind=kind,
        page=page,
        asked=asked,
        q=asked.q,
        sort=page.sort,
        sorts=_sorts(page),
        rows=rows(site, page.hits),
        facets=[_Facet(facet, facet.name == whole) for facet in page.facets],
        whole=whole,
        trail=Trail.of(request.args.getlist("back"), asked),
        chosen=chosen,
        keep=_kept(asked),
        kind_is_first=kind is next(iter(site.catalogue.profile.kinds.values())),
        tabs=[(each, page.tabs[name], _tab(asked, name, kind)) for name, each in site.catalogue.profile.kinds.items()],
        link=lambda **changes: search_address(asked, **({"after": ""} | changes)),
        relaxations=_ways(page.relaxations, asked),
        singly=_ways(page.alone, asked),
        usual_size=SearchRequest().size,
        classes=[] if page.total else browse(site, kind),
    )


def _kept(asked: SearchRequest) -> list[tuple[str, str]]:
    """Return what the search box carries on: the kind, the conditions, the order."""
    pairs = [(name, value) for name, values in asked.filters.items() for value in values]
    return [(name, value) for name, value in (("kind", asked.kind), ("sort", asked.sort), *pairs) if value]


def _tab(asked: SearchRequest, name: str, shown: Kind) -> str:
    """Return where a tab leads: the shown kind's to what is counted there, its conditions included."""
    return search_address(replace(asked, after="") if name == shown.name else SearchRequest(kind=name, q=asked.q))


def _sorts(page: SearchPage) -> list[str]:
    offered = ["relevance"] if page.request.q else []
    priced = any(facet.type == "price" for facet in page.kind.facets)
    return [*offered, "newest", *(["price"] if priced else [])]


def _ways(found: Sequence[Relaxation], asked: SearchRequest) -> list[tuple[str, str, str, int]]:
    """Return for each condition to let go of, or to keep alone: its facet's label, its own, the address, the count."""
    return [
        (
            each.chip.facet_label,
            each.chip.label,
            search_address(replace(asked, filters=each.filters, after="")),
            each.count,
        )
        for each in found
    ]


@dataclass(frozen=True, slots=True)
class _Facet:
    """A facet as the form shows it: what stands at once and what is folded."""

    view: FacetView
    whole: bool
    """Whether every value was asked for: a catalogue may have a thousand agencies, a page should not."""

    @property
    def shown(self) -> Sequence[FacetValue]:
        """The first values, and every one that is ticked or holds ticked ones: those are never hidden."""
        return [each for n, each in enumerate(self.view.values) if n < SHOWN or _chosen(each)]

    @property
    def folded(self) -> Sequence[FacetValue]:
        """The values behind “show more”."""
        last = None if self.whole else SEARCHABLE
        return [each for each in self.view.values[SHOWN:last] if not _chosen(each)]

    @property
    def left_out(self) -> bool:
        """Whether there are more values than the page holds."""
        return not self.whole and len(self.view.values) > SEARCHABLE

    @property
    def searchable(self) -> bool:
        """Whether there are so many values that one wants to look for one."""
        return self.whole and len(self.view.values) > SEARCHABLE

    def children(self, value: FacetValue) -> Sequence[FacetValue]:
        """Return what stands indented below a value: only under what is chosen or holds chosen ones."""
        return value.children if value.selected or value.chosen_below else ()


def _chosen(value: FacetValue) -> bool:
    return value.selected or value.chosen_below > 0


def home(site: Site) -> Response:
    """Return the first page: the search field, the classes with counts, the newest records, the regions."""
    kinds = site.catalogue.profile.kinds
    main = next(iter(kinds.values()))
    page = search(site.catalogue, SearchRequest(kind=main.name, sort="newest", size=NEWEST, lang=site.lang))
    region = _facet_view(page, foreign=True)
    classes = browse(site, main, page)
    return site.page(
        "home.html",
        kind=main,
        page=page,
        rows=rows(site, page.hits),
        counts=[(kinds[name], count) for name, count in page.tabs.items() if count],
        classes=classes,
        tree=_tree(main),
        starts=_starts(page),
        region=region,
        regions=list(_leaves(region, page.total)) if region else [],
    )


def browse(site: Site, kind: Kind, page: SearchPage | None = None) -> list[dict[str, Any]]:
    """Return the top classes of a kind's first code list with their counts and first subclasses."""
    tree = _tree(kind)
    if tree is None:
        return []
    if page is None:
        page = search(site.catalogue, SearchRequest(kind=kind.name, size=0, lang=site.lang))
    counts = {
        value.value: value.count for facet in page.facets if facet.name == tree.name for value in _every(facet.values)
    }
    scheme = site.catalogue.profile.vocabularies[tree.scheme]
    return [
        {
            "facet": tree.name,
            "concept": scheme.concepts[code],
            "count": counts.get(code, 0),
            "below": [scheme.concepts[each] for each in scheme.concepts[code].narrower[:_SUBCLASSES]],
            "leaves": len(scheme.concepts) - len(scheme.top),
            "scheme": scheme,
        }
        for code in scheme.top
    ]


def _tree(kind: Kind) -> Any:
    facets = sorted(kind.facets, key=lambda facet: facet.order)
    return next((facet for facet in facets if facet.type == "concept" and not facet.foreign), None)


def _facet_view(page: SearchPage, *, foreign: bool) -> FacetView | None:
    names = [facet.name for facet in page.kind.facets if facet.type == "concept" and facet.foreign is foreign]
    return next((view for view in page.facets if view.name in names), None)


def _leaves(view: FacetView, total: int) -> Iterator[FacetValue]:
    """Yield the values to browse by: a top that only sums up the others is passed over."""
    values = view.values
    if len(values) > 1 and values[0].count == total:
        values = values[1:]
    yield from values[:18]


def _every(values: Sequence[FacetValue]) -> Iterator[FacetValue]:
    for each in values:
        yield each
        yield from _every(each.children)


def _starts(page: SearchPage) -> list[tuple[str, FacetValue]]:
    """Return the best filled subclasses as places to begin."""
    tree = _tree(page.kind)
    below = [
        child
        for facet in page.facets
        if tree is not None and facet.name == tree.name
        for value in facet.values
        for child in value.children
    ]
    below.sort(key=lambda value: -value.count)
    return [(tree.name, value) for value in below[:_STARTS]]
