"""A search hit as a row: the same facts at the same place, whatever kind it is of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.model.kind import per_kind
from catalog_service.namespaces import CODE_LISTS, term
from catalog_service.operations import wording
from catalog_service.operations.offers import offer_field, offer_views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from catalog_service.model.kind import Facet, Field, Kind
    from catalog_service.operations.offers import OfferView
    from catalog_service.operations.search import HitView
    from catalog_service.web.site import Site

_MODE = term("sts:deliveryMode")
_BADGES = "qualification"
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list of results."""

    id: str
    title: Markup
    title_lang: str
    summary: Markup
    summary_lang: str
    priced: bool
    offer: OfferView | None
    more_offers: int
    modes: tuple[str, ...]
    linked: tuple[tuple[str, str], ...]
    places: tuple[str, ...]
    """Where the records named are, such as the agency."""
    words: tuple[Markup | str, ...]
    badges: tuple[str, ...]


def rows(site: Site, hits: Sequence[HitView]) -> tuple[Row, ...]:
    """Return hits as rows in the reader's language."""
    return tuple(_row(site, hit) for hit in hits)


def _row(site: Site, hit: HitView) -> Row:
    from catalog_service.web.site import marked

    profile = site.catalogue.profile
    kind = profile.kinds[hit.kind]
    offers = offer_views(hit.offers, profile.vocabularies, site.lang)
    modes, words, badges = _words(site, kind, hit)
    return Row(
        id=hit.id,
        title=marked(hit.title, hit.highlight.get("title")),
        title_lang=hit.title_lang if hit.title_lang != site.lang else "",
        summary=marked(hit.summary, hit.highlight.get("summary")),
        summary_lang=hit.summary_lang if hit.summary_lang != site.lang else "",
        priced=offer_field(kind) is not None,
        offer=offers[0] if offers else None,
        more_offers=len(offers) - 1,
        modes=modes,
        linked=tuple(link for links in hit.linked.values() for link in links),
        places=_places(site, kind, hit),
        words=words,
        badges=badges,
    )


def _places(site: Site, kind: Kind, hit: HitView) -> tuple[str, ...]:
    """Return what the first facet of codes beyond a reference says: where the agency of a product is."""
    beyond = sorted((facet for facet in kind.facets if facet.foreign and facet.type == "concept"), key=_order)
    values = hit.fields.get(beyond[0].name, ()) if beyond else ()
    return tuple(dict.fromkeys(label for value in values if (label := place_label(site, value))))


def place_label(site: Site, value: str) -> str:
    """Return the label of a concept with what it lies in, if it is deep in its list: 桂林市七星区."""
    vocabularies = site.catalogue.profile.vocabularies
    concept = vocabularies.concept(CODE_LISTS + value)
    return wording.concept(vocabularies[concept.scheme], concept, site.lang) if concept else ""


def _order(facet: Facet) -> int:
    return facet.order


def _words(site: Site, kind: Kind, hit: HitView) -> tuple[tuple[str, ...], tuple[Markup | str, ...], tuple[str, ...]]:
    """Return the labels of a hit's concepts: ways of delivery, other words, qualifications."""
    modes: list[str] = []
    words: list[Markup | str] = []
    badges: list[str] = []
    own = sorted((facet for facet in kind.facets if not facet.foreign), key=_order)
    tree = next((facet.path for facet in own if facet.type == "concept"), None)
    covered = [facet.path for facet in own if facet.type == "coverage"]
    for name, values in hit.fields.items():
        each = kind.field(name)
        if each is None or each.type != "concept" or each.path == tree:
            continue
        labels = [label for value in values if not _usual(each, value) and (label := concept_label(site, value))]
        if each.path == (_MODE,):
            modes += labels
        elif _BADGES in each.schemes:
            badges += labels
        elif each.path in covered and labels:
            words.append(_serves(site, labels))
        else:
            words += labels[:_MOST_WORDS]
    return tuple(modes), tuple(words), tuple(dict.fromkeys(badges))


def _serves(site: Site, areas: Sequence[str]) -> Markup:
    """Return the areas served, the first ones by name."""
    named, more = wording.listing(areas[:_MOST_WORDS], site.lang), len(areas) - _MOST_WORDS
    if more > 0:
        return site.say("Serves {areas} and {more} more", areas=named, more=more, count=len(areas))
    return site.say("Serves {areas}", areas=named)


def _usual(each: Field, value: str) -> bool:
    """Whether a value is what is meant when none is given, so that a row need not say it."""
    return bool(each.default) and value.rpartition("/")[2] == each.default.rpartition("/")[2]


def concept_label(site: Site, value: str) -> str:
    """Return the label of a concept given as ``list/code`` or IRI, empty if no list has it."""
    return site.catalogue.profile.vocabularies.label(value, site.lang)


def plain_fields(site: Site, kind: Kind, hit: HitView) -> dict[str, object]:
    """Return a hit's fields for programs: texts as they are, concepts with code and label."""
    members, label, lang = _members(kind), site.catalogue.profile.vocabularies.label, site.lang
    plain: dict[str, object] = {}
    for name, values in hit.fields.items():
        type_, single = members.get(name) or _member(kind, name)
        shown: Sequence[object] = values
        if type_ == "concept":
            shown = [{"code": each.partition("/")[2] or each, "label": label(each, lang)} for each in values]
        elif type_ == "boolean":
            shown = [each in {"true", "1"} for each in values]
        plain[name] = (shown[0] if shown else None) if single else shown
    return plain


@per_kind
def _members(kind: Kind) -> dict[str, tuple[str, bool]]:
    """Return what the fields and facets of a kind are for programs: a page of hits asks for each twenty times."""
    names = [*(name for name, _ in kind.walk()), *(facet.name for facet in kind.facets)]
    return {name: _member(kind, name) for name in names}


def _member(kind: Kind, name: str) -> tuple[str, bool]:
    """Return the type of a member and whether it holds one value; what lies beyond a reference holds codes."""
    each = kind.field(name)
    if each is None:
        return "concept" if any(facet.foreign and facet.name == name for facet in kind.facets) else "string", False
    return each.type, each.max_count == 1 and "." not in name
