"""A search as an address says it, and back: parameters to `SearchRequest`, request and changes to a query string."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from catalog_service.errors import BadQuery
from catalog_service.operations.search import SearchRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

OWN = ("q", "kind", "sort", "size", "after", "min_seq", "lang", "back", "all", "facets")
"""Parameters that are not facets."""

NO_FACETS = "none"
"""What ``facets`` says to have none counted."""

HELPERS = ("remove", "clear")
"""What only the form of the results page sends: a chip that was pressed."""

TRACKERS = {"from", "isappinstalled", "scene", "spm", "gclid", "fbclid"}
"""What messengers, shops and search engines append to a link that is passed on, beside ``utm_…``."""

_BOUND = re.compile(r"^(?P<facet>[A-Za-z]+)\.(?P<end>min|max)$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffd]+")
_MOST_VALUES = 100


def untracked(args: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the parameters of a page without those that were appended on the link's way here.

    >>> from werkzeug.datastructures import MultiDict
    >>> dict(untracked(MultiDict({"q": "x", "utm_source": "weixin", "from": "singlemessage"})))
    {'q': 'x'}
    """
    appended = [name for name in args if name in TRACKERS or name.startswith("utm_")]
    kept = args.copy()
    for name in appended:
        kept.poplist(name)
    return kept


def search_request(args: MultiDict[str, str], lang: str, *, size: int = 20) -> SearchRequest:
    """Return the search that the parameters of an address ask for."""
    return SearchRequest(
        kind=args.get("kind", ""),
        q=_CONTROL.sub(" ", args.get("q", "")).strip(),
        filters=_filters(args),
        sort=args.get("sort", ""),
        size=whole(args, "size", size),
        after=args.get("after", ""),
        min_seq=whole(args, "min_seq", 0),
        lang=lang,
        facets=_counted(args.get("facets", "")),
    )


def _counted(names: str) -> tuple[str, ...] | None:
    """Return the facets to count, named between commas.

    >>> _counted("category, price"), _counted("none"), _counted("")
    (('category', 'price'), (), None)
    """
    named = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    return () if named == (NO_FACETS,) else named or None


def _filters(args: MultiDict[str, str]) -> dict[str, tuple[str, ...]]:
    filters: dict[str, tuple[str, ...]] = {}
    bounds: dict[str, dict[str, str]] = {}
    for name, values in args.lists():
        if name in OWN or name in HELPERS:
            continue
        if match := _BOUND.match(name):
            bounds.setdefault(match["facet"], {})[match["end"]] = _amount(values[-1])
            continue
        kept = tuple(dict.fromkeys(_CONTROL.sub(" ", each).strip() for each in values if each.strip()))
        if len(kept) > _MOST_VALUES:
            raise BadQuery(
                "{name} has {count} values; {most} is the most.", name=name, count=len(kept), most=_MOST_VALUES
            )
        filters[name] = kept
    for name, ends in bounds.items():
        low, high = ends.get("min", ""), ends.get("max", "")
        others = tuple(value for value in filters.get(name, ()) if "-" not in value)
        filters[name] = (*others, f"{low}-{high}") if low or high else others
    return filters


def _amount(text: str) -> str:
    """Return an amount as it was typed, in plain digits where it is one.

    >>> _amount(" １２,０００ "), _amount("-5")
    ('12000', '-5')
    """
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    return plain if plain.isdecimal() else text.strip()


def whole(args: MultiDict[str, str], name: str, default: int) -> int:
    """Return a parameter that is a whole number."""
    text = args.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadQuery("{name}: “{value}” is not a whole number.", name=name, value=text[:40])
    return int(text)


def needs_tidying(args: MultiDict[str, str]) -> bool:
    """Whether an address came from the form as it is and reads better without its empty and helping parameters."""
    return any(
        name in HELPERS or _BOUND.match(name) or (not any(values) and name != "q") for name, values in args.lists()
    )


def without(request: SearchRequest, removed: str) -> SearchRequest:
    """Return a search without one chosen value, given as ``facet:value``."""
    from dataclasses import replace

    facet, _, value = removed.partition(":")
    filters = {
        name: tuple(each for each in values if (name, each) != (facet, value))
        for name, values in request.filters.items()
    }
    return replace(request, filters=filters, after="")


def query_string(request: SearchRequest, default_size: int = 20, **changes: object) -> str:
    """Return the shortest address that says a search, with changes such as ``after=…``; empty values are left out."""
    given: dict[str, object] = {
        "q": request.q,
        "kind": request.kind,
        **request.filters,
        "sort": request.sort,
        "size": request.size if request.size != default_size else "",
        "after": request.after,
        "facets": "" if request.facets is None else ",".join(request.facets) or NO_FACETS,
    } | changes
    return urlencode(list(_pairs(given)))


def search_address(request: SearchRequest, **changes: object) -> str:
    """Return the address of a search's page; one without words or conditions shows everything, not the first page.

    >>> search_address(SearchRequest())
    '/?q='
    """
    return "/?" + (query_string(request, **changes) or "q=")  # type: ignore[arg-type]


def _pairs(given: Mapping[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in given.items():
        values = value if isinstance(value, list | tuple) else (value,)
        pairs += [(name, str(each)) for each in values if each not in (None, "")]
    return pairs
