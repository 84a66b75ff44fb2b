"""Facets: from chosen values to clauses, and from an engine's counts to what people tick."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from catalog_service.errors import BadQuery, UnknownName
from catalog_service.i18n import both
from catalog_service.model import amounts
from indexer.query import And, Count, FacetRequest, Keyword, Not, Or, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalog_service.model.kind import Facet, Kind
    from catalog_service.model.vocabulary import Scheme
    from catalog_service.operations.catalogue import Catalogue
    from indexer.query import Clause
    from indexer.result import SearchResult

PERIODS = {"7": "within a week", "30": "within a month", "90": "within three months"}
"""Steps of the period facet: calendar days and what they are called."""

_BOOLEANS = {"true": "yes", "false": "no"}

UNPRICED = {"negotiable": "price on request included", "free": "free only"}
"""What may be ticked beside a price range; what is on request is found alone where no range is given."""


MOST = 999_999_999
"""The largest number a range may end with."""

_RANGE = re.compile(r"(-[^-]+|[^-]*)-(-[^-]+|[^-]*)", re.DOTALL)

_EVERY_CODE = 10_000
"""Values of a coverage facet are added up, so none may be left out; the longest list has a third as many."""


class FacetValue(msgspec.Struct, frozen=True, gc=False):
    """One value to tick; ``count`` is what one gets with it under all other conditions.

    A struct, because a page has hundreds of them: it is made faster than a tuple and written as JSON as it stands.
    """

    value: str
    label: str
    count: int
    selected: bool
    children: tuple[FacetValue, ...] = ()

    @property
    def chosen_below(self) -> int:
        """How many values below it are ticked."""
        return sum(child.selected + child.chosen_below for child in self.children)


@dataclass(frozen=True, slots=True)
class FacetView:
    """One facet with its values; ``minimum`` and ``maximum`` are what was typed into a price range."""

    name: str
    label: str
    definition: str
    type: str
    values: tuple[FacetValue, ...]
    minimum: str = ""
    maximum: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One chosen value, to be shown and taken away."""

    facet: str
    value: str
    facet_label: str
    label: str


def facet_clause(catalogue: Catalogue, facet: Facet, values: tuple[str, ...]) -> Clause | None:
    """Return the clause of a facet's chosen values, any of which may hold; None if they narrow nothing."""
    match facet.type:
        case "price":
            return _price_clause(facet, values)
        case "period":
            return Range("period.max", None, max(_days(value) for value in values))
        case "rating":
            return Range("rating", min(_whole(facet, value) for value in values), None)
        case "coverage":
            scheme = catalogue.profile.vocabularies[facet.scheme]
            _known(facet, scheme, values)
            above = tuple(dict.fromkeys(up for value in values for up in scheme.ancestors(value)))
            return Or((Keyword(f"{facet.name}.within", values), Keyword(f"{facet.name}.cover", above)))
        case "concept":
            _known(facet, catalogue.profile.vocabularies[facet.scheme], values)
        case "boolean":
            for value in values:
                if value not in _BOOLEANS:
                    raise UnknownName(f"choice for {facet.name}", value, _BOOLEANS)
    return Keyword(facet.name, values)


def _known(facet: Facet, scheme: Scheme, values: Iterable[str]) -> None:
    for value in values:
        if value not in scheme.concepts:
            raise UnknownName(f"code in {facet.name}", value, scheme.concepts)


def _days(value: str) -> int:
    if value not in PERIODS:
        raise UnknownName("period", value, PERIODS)
    return int(value)


def _whole(facet: Facet, value: str) -> int:
    if not value.isdecimal() or len(value) > len(str(MOST)):
        message, advice = (
            "{label}: “{value}” is not a whole number from 0 to {most}.",
            "Write digits only, such as 1000.",
        )
        raise BadQuery(message, advice=advice, label=dict(facet.labels), value=value, most=MOST)
    return int(value)


def price_range(values: Iterable[str]) -> tuple[str, str] | None:
    """Return the bounds of the range among the values, as they were typed.

    >>> price_range(("negotiable", "-5000"))
    ('', '5000')
    """
    ranges = dict.fromkeys(value for value in values if value not in UNPRICED)
    for value in ranges:
        if (bounds := ends_of(value)) is None:
            raise BadQuery("price: “{value}” is not a range such as 1000-5000.", value=value)
        if len(ranges) > 1:
            raise BadQuery("price: there can be one range at a time, not {count}.", count=len(ranges))
        return bounds
    return None


def ends_of(value: str) -> tuple[str, str] | None:
    """Return the ends of what was typed as a range, wrong ones as they are; None if it is no range.

    >>> ends_of("-5000"), ends_of("-5-"), ends_of("100--5"), ends_of("5000")
    (('', '5000'), ('-5', ''), ('100', '-5'), None)
    """
    match = _RANGE.fullmatch(value)
    return (match[1], match[2]) if match else None


def _price_clause(facet: Facet, values: tuple[str, ...]) -> Clause | None:
    mode = f"{facet.name}.mode"
    clauses: list[Clause] = []
    bounds = price_range(values)
    if bounds is not None and any(bounds):
        low, high = (_amount(facet, bound) for bound in bounds)
        if low is not None and high is not None and low > high:
            raise BadQuery(
                "price: the lowest amount {low} is above the highest, {high}.", low=bounds[0], high=bounds[1]
            )
        clauses.append(_overlapping(facet, low, high))
    if "free" in values:
        return Keyword(mode, ("free",))
    if "negotiable" in values:
        clauses.append(Keyword(mode, ("negotiable",)))
    return Or(tuple(clauses)) if clauses else None


def _overlapping(facet: Facet, low: int | None, high: int | None) -> Clause:
    """Return the clause of records of which an offer costs what lies in a range.

    Only a range with two ends can lie between offers, and only in records whose offers lie apart.
    """
    around = (Range("price.min", None, high), Range("price.max", low, None))
    if low is None or high is None:
        return And(around)
    spans = f"{facet.name}.spans"
    between = And((Keyword(spans, (amounts.ANY,)), Not(Keyword(spans, amounts.overlapping(low, high)))))
    return And((*around, Not(between)))


def _amount(facet: Facet, text: str) -> int | None:
    return _whole(facet, text) * 100 if text else None


def filters_of(
    catalogue: Catalogue, kind: Kind, chosen: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, Clause], ...]:
    """Return the conditions of a search, the kind first."""
    filters: list[tuple[str, Clause]] = [("kind", Keyword("kind", (kind.name,)))]
    for facet in kind.facets:
        values = chosen.get(facet.name, ())
        if values and (narrowed := facet_clause(catalogue, facet, values)) is not None:
            filters.append((facet.name, narrowed))
    return tuple(filters)


def facet_requests(facets: Iterable[Facet]) -> tuple[tuple[FacetRequest, ...], tuple[Count, ...]]:
    """Return what an engine has to count for facets."""
    requests: list[FacetRequest] = []
    counts: list[Count] = []
    for facet in facets:
        match facet.type:
            case "coverage":
                requests += (
                    FacetRequest(f"{facet.name}.{part}", f"{facet.name}.{part}", facet.name, _EVERY_CODE)
                    for part in ("within", "cover")
                )
            case "price":
                requests.append(FacetRequest(facet.name, f"{facet.name}.mode", facet.name))
            case "period":
                counts += (
                    Count(f"{facet.name}:{days}", Range("period.max", None, int(days)), facet.name) for days in PERIODS
                )
            case "rating":
                continue
            case _:
                requests.append(FacetRequest(facet.name, facet.name, facet.name))
    return tuple(requests), tuple(counts)


Counts = dict[str, dict[str, int]]


def facet_counts(result: SearchResult) -> Counts:
    """Return the counts of a result by facet and value; steps of ranges are values too."""
    counts: Counts = {name: dict(values) for name, values in result.facets.items()}
    for name, count in result.counts.items():
        facet, colon, value = name.partition(":")
        if colon and facet != "without":
            counts.setdefault(facet, {})[value] = count
    return counts


def facet_views(
    catalogue: Catalogue,
    facets: Iterable[Facet],
    chosen: Mapping[str, tuple[str, ...]],
    result: SearchResult,
    lang: str,
) -> tuple[FacetView, ...]:
    """Return the counted facets worth showing, in the kind's order: none whose only value is all of the hits."""
    counts, total = facet_counts(result), result.total
    views = []
    for facet in sorted(facets, key=lambda facet: facet.order):
        ticked = chosen.get(facet.name, ())
        values = _values(catalogue, facet, counts, ticked, lang, result.position)
        if not ticked and not _narrows(facet, values, total):
            continue
        low, high = (price_range(ticked) or ("", "")) if facet.type == "price" else ("", "")
        definition = facet.definitions.get(lang, "")
        views.append(FacetView(facet.name, _label(facet, lang), definition, facet.type, values, low, high))
    return tuple(views)


def _narrows(facet: Facet, values: Sequence[FacetValue], total: int) -> bool:
    """Tell whether a facet can make fewer of the hits; amounts can, beside the few values of a price to tick."""
    if len(values) == 1 and values[0].count == total and not values[0].children:
        return False
    return bool(values) or (facet.type == "price" and total > 0)


def _label(facet: Facet, lang: str) -> str:
    return facet.labels.get(lang) or facet.labels["zh"]


def _values(
    catalogue: Catalogue, facet: Facet, counts: Counts, ticked: tuple[str, ...], lang: str, seq: int
) -> tuple[FacetValue, ...]:
    match facet.type:
        case "concept":
            scheme = catalogue.profile.vocabularies[facet.scheme]
            return _tree(scheme, counts.get(facet.name, {}), ticked, lang)
        case "coverage":
            scheme = catalogue.profile.vocabularies[facet.scheme]
            covered = _coverage_counts(scheme, counts[f"{facet.name}.within"], counts[f"{facet.name}.cover"], ticked)
            return _tree(scheme, covered, ticked, lang)
    found = {value: count for value, count in counts.get(facet.name, {}).items() if count or value in ticked}
    if facet.type == "price":
        found = {mode: found.get(mode, 0) for mode in UNPRICED if mode in found or mode in ticked}
    found |= {value: 0 for value in ticked if value not in found and facet.type not in ("price", "rating")}
    reference = facet.type == "reference"
    labels = catalogue.called(found, lang, seq) if reference else value_labels(catalogue, facet, found, lang, seq)
    return tuple([FacetValue(value, labels[value], count, value in ticked) for value, count in found.items()])


def value_labels(
    catalogue: Catalogue, facet: Facet, values: Iterable[str], lang: str, seq: int | None = None
) -> dict[str, str]:
    """Return what the values of a facet are called in a language; records, as of a change at least."""
    match facet.type:
        case "concept" | "coverage":
            names = catalogue.profile.vocabularies[facet.scheme].names(lang)
            return {value: names.get(value, value) for value in values}
        case "reference":
            return catalogue.titles(values, lang, seq)
        case "period":
            return {value: both(PERIODS[value], domain="web")[lang] for value in values}
        case "price":
            return {value: _price_label(value, lang) for value in values}
        case "boolean":
            return {value: both(_BOOLEANS.get(value, value), domain="web")[lang] for value in values}
    return {value: value for value in values}


def _price_label(value: str, lang: str) -> str:
    if value in UNPRICED:
        return both(UNPRICED[value], domain="web")[lang]
    low, _, high = value.partition("-")
    sentence = "¥{low}–{high}" if low and high else "¥{high} or less" if high else "¥{low} or more"
    amounts = {"low": f"{int(low):,}" if low else "", "high": f"{int(high):,}" if high else ""}
    return both(sentence, domain="web", **amounts)[lang]


def _coverage_counts(
    scheme: Scheme, within: Mapping[str, int], cover: Mapping[str, int], ticked: Iterable[str]
) -> dict[str, int]:
    """Return for each area worth offering how many cover it: within[X] and cover of X's ancestors (decision 9)."""
    offered = dict.fromkeys([*within, *ticked])
    offered = {code: None for code in offered if code in scheme.concepts}
    for code in [code for code in offered if code in cover and scheme.concepts[code].broader]:
        offered |= dict.fromkeys(scheme.concepts[code].narrower)
    counts = {}
    for code in offered:
        count = within.get(code, 0)
        for up in scheme.ancestors(code):
            count += cover.get(up, 0)
        if count or code in ticked:
            counts[code] = count
    return counts


def _tree(scheme: Scheme, counts: Mapping[str, int], ticked: Iterable[str], lang: str) -> tuple[FacetValue, ...]:
    """Return the counted concepts as a tree; a lone top that only holds others gives way to what it holds."""
    names = scheme.names(lang)
    known = {code: counts.get(code, 0) for code in (*counts, *ticked) if code in names}
    below: dict[str, list[str]] = {}
    for code in sorted(sorted(known), key=known.__getitem__, reverse=True):
        below.setdefault(_nearest(known, scheme.ancestors(code)), []).append(code)

    def value(code: str) -> FacetValue:
        children = tuple(map(value, below[code])) if code in below else ()
        return FacetValue(code, names[code], known[code], code in ticked, children)

    tops = tuple(map(value, below.get("", ())))
    while len(tops) == 1 and tops[0].children and not tops[0].selected:
        tops = (FacetValue(tops[0].value, tops[0].label, tops[0].count, selected=False), *tops[0].children)
        if len(tops) > 2 or not tops[1].children or tops[1].selected:
            break
        tops = tops[1:]
    return tops


def _nearest(known: Mapping[str, int], above: Iterable[str]) -> str:
    for code in above:
        if code in known:
            return code
    return ""


def chips_of(catalogue: Catalogue, kind: Kind, chosen: Mapping[str, tuple[str, ...]], lang: str) -> tuple[Chip, ...]:
    """Return a chip for every chosen value."""
    chips = []
    for facet in kind.facets:
        values = chosen.get(facet.name, ())
        labels = value_labels(catalogue, facet, values, lang)
        if facet.type == "price" and values == ("negotiable",):  # nothing is there to include it in
            labels = {"negotiable": both("price on request", domain="web")[lang]}
        chips += [Chip(facet.name, value, _label(facet, lang), label) for value, label in labels.items()]
    return tuple(chips)
