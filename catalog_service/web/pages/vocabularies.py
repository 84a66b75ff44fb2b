"""The code lists and their concepts, as pages and as RDF."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, request

from catalog_service.errors import NotFound
from catalog_service.model.terms import iri, literal
from catalog_service.namespaces import TYPE, shorten, term
from catalog_service.operations.search import SearchRequest, search
from catalog_service.web.conditional import answer_conditionally
from catalog_service.web.negotiation import HTML, RDF_FORMATS, Format, by_ending, negotiate
from catalog_service.web.rdf import rdf_bytes
from catalog_service.web.routes import Parameter, Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog_service.model.kind import Facet, Kind
    from catalog_service.model.terms import Triple
    from catalog_service.model.vocabulary import Concept, Scheme
    from catalog_service.web.site import Site

LIST = Parameter("slug", "Slug of a code list", "path", required=True)
CODE = Parameter("name", "Code of a concept", "path", required=True)
_LONG = 400


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    media = tuple(each.media_type for each in RDF_FORMATS)
    return (
        Route("GET", "/vocabularies", lambda: lists(site), "The code lists"),
        Route(
            "GET", "/vocabularies/<name>", lambda name: scheme(site, name), "A code list", (LIST,), media_types=media
        ),
        Route(
            "GET",
            "/vocabularies/<slug>/<name>",
            lambda slug, name: concept(site, slug, name),
            "A concept",
            (LIST, CODE),
            media_types=media,
        ),
    )


def lists(site: Site) -> Response:
    """List the code lists, each with how complete it is."""
    return site.page("vocabularies.html", schemes=list(site.catalogue.profile.vocabularies.values()))


def scheme(site: Site, name: str) -> Response:
    """Return one list."""
    found, chosen = _scheme(site, name)
    top = [found.concepts[code] for code in found.top] or list(found.concepts.values())
    if len(top) == 1:  # it only sums up the others
        top += [found.concepts[code] for code in top[0].narrower]
    counts = _counts(site, found)

    def page() -> Response:
        return site.page(
            "scheme.html",
            scheme=found,
            tops=top,
            counts=counts,
            formats=RDF_FORMATS[1:],
            deep=len(found.concepts) <= _LONG,
        )

    return _answer(site, chosen, page, lambda: scheme_triples(found), found.version or "1")


def concept(site: Site, slug: str, name: str) -> Response:
    """Return one concept of a list."""
    found, _ = _scheme(site, slug, plain=True)
    code, chosen = (name, None) if name in found.concepts else by_ending(name, RDF_FORMATS)
    if code not in found.concepts:
        near = site.catalogue.profile.vocabularies.nearest(code[:60], (slug,))
        raise NotFound(
            "There is no code {code} in {list}.",
            advice="Nearest: {near}." if near else "",
            code=code[:60],
            list=dict(found.labels),
            near=", ".join(f"{each.notation} {each.label(site.lang)}" for each in near),
        )
    each = found.concepts[code]
    path = [found.concepts[up] for up in reversed(found.ancestors(code))]
    siblings = found.concepts[each.broader].narrower if each.broader else found.top

    def page() -> Response:
        return site.page(
            "concept.html",
            scheme=found,
            concept=each,
            path=path,
            crumb_path=[(site.titled(up.labels), f"/vocabularies/{found.slug}/{up.notation}") for up in path],
            siblings=[found.concepts[code] for code in siblings if code != each.notation],
            tree=_tree(found, each),
            uses=list(_uses(site, found, code)),
            matches=[(relation, shorten(target), target, _matched(site, target)) for relation, target in each.matches],
            formats=RDF_FORMATS[1:],
        )

    return _answer(site, chosen, page, lambda: concept_triples(found, each), found.version or "1")


def _scheme(site: Site, name: str, *, plain: bool = False) -> tuple[Scheme, Format | None]:
    lists_ = site.catalogue.profile.vocabularies
    slug, chosen = (name, None) if plain or name in lists_ else by_ending(name, RDF_FORMATS)
    if slug not in lists_:
        known = ", ".join(lists_)
        raise NotFound("There is no code list {name}.", advice="Known: {known}.", name=slug[:60], known=known)
    return lists_[slug], chosen


def _answer(
    site: Site, chosen: Format | None, page: Callable[[], Response], triples: Callable[[], list[Triple]], version: str
) -> Response:
    format_ = chosen or negotiate(request.headers.get("Accept", ""), RDF_FORMATS)
    if format_ is HTML:
        return page()
    body = rdf_bytes(triples(), format_)
    tag = f"{version}-{hashlib.sha256(body).hexdigest()[:12]}"
    return answer_conditionally(lambda: Response(body, content_type=format_.content_type), tag=tag, vary=chosen is None)


@dataclass(frozen=True, slots=True)
class _Branch:
    """A concept in the tree beside a concept's page: open where the chosen one lies."""

    concept: Concept
    below: tuple[_Branch, ...]


def _tree(scheme: Scheme, chosen: Concept) -> tuple[_Branch, ...]:
    """Return the list's tops, opened along the way to the chosen concept, with its own narrower ones."""
    line = {chosen.notation, *scheme.ancestors(chosen.notation)}

    def branch(code: str) -> _Branch:
        below = scheme.concepts[code].narrower if code in line else ()
        return _Branch(scheme.concepts[code], tuple(branch(each) for each in below))

    return tuple(branch(code) for code in scheme.top)


def _facets_of(site: Site, slug: str) -> Iterator[tuple[Kind, Facet]]:
    for kind in site.catalogue.profile.kinds.values():
        for facet in kind.facets:
            if facet.scheme == slug:
                yield kind, facet


def _uses(site: Site, scheme: Scheme, code: str) -> Iterator[tuple[Kind, Facet, int]]:
    """Yield in how many records a concept is found by which facet."""
    for kind, facet in _facets_of(site, scheme.slug):
        asked = SearchRequest(kind.name, filters={facet.name: (code,)}, size=0, lang=site.lang)
        total = search(site.catalogue, asked).total
        if total:
            yield kind, facet, total


def _counts(site: Site, scheme: Scheme) -> dict[str, int]:
    """Return how many records of the first kind that uses the list each concept has."""
    found = next(_facets_of(site, scheme.slug), None)
    if found is None:
        return {}
    kind, facet = found
    page = search(site.catalogue, SearchRequest(kind.name, size=0, lang=site.lang))
    waiting = [value for view in page.facets if view.name == facet.name for value in view.values]
    counts: dict[str, int] = {}
    while waiting:
        value = waiting.pop()
        counts[value.value] = value.count
        waiting += value.children
    return counts


def _matched(site: Site, target: str) -> tuple[str, str]:
    """Return label and address of a mapped concept, if it is in one of our lists."""
    other = site.catalogue.profile.vocabularies.concept(target)
    return (other.label(site.lang), f"/vocabularies/{other.scheme}/{other.notation}") if other else ("", "")


def scheme_triples(scheme: Scheme) -> list[Triple]:
    """Return a whole list as triples."""
    node = iri(scheme.iri)
    triples: list[Triple] = [(node, TYPE, term("skos:ConceptScheme"))]
    triples += [(node, term("skos:prefLabel"), literal(text, lang)) for lang, text in scheme.labels.items()]
    triples += [(node, term("skos:definition"), literal(text, lang)) for lang, text in scheme.definitions.items()]
    triples += [(node, term("stsd:completeness"), literal(text, lang)) for lang, text in scheme.completeness.items()]
    triples += [(node, term("skos:hasTopConcept"), scheme.concepts[code].term) for code in scheme.top]
    return triples + [each for one in scheme.concepts.values() for each in concept_triples(scheme, one)]


def concept_triples(scheme: Scheme, concept: Concept) -> list[Triple]:
    """Return a concept as triples."""
    node = concept.term
    triples: list[Triple] = [
        (node, TYPE, term("skos:Concept")),
        (node, term("skos:inScheme"), iri(scheme.iri)),
        (node, term("skos:notation"), literal(concept.notation)),
    ]
    triples += [(node, term("skos:prefLabel"), literal(text, lang)) for lang, text in concept.labels.items()]
    triples += [
        (node, term("skos:altLabel"), literal(text, lang))
        for lang, texts in concept.alt_labels.items()
        for text in texts
    ]
    triples += [(node, term("skos:definition"), literal(text, lang)) for lang, text in concept.definitions.items()]
    if concept.broader:
        triples.append((node, term("skos:broader"), scheme.concepts[concept.broader].term))
    elif concept.notation in scheme.top:
        triples.append((node, term("skos:topConceptOf"), iri(scheme.iri)))
    triples += [(node, term("skos:narrower"), scheme.concepts[code].term) for code in concept.narrower]
    triples += [(node, term(f"skos:{relation}"), iri(target)) for relation, target in concept.matches]
    if concept.replaced_by:
        triples.append((node, term("dct:isReplacedBy"), iri(concept.replaced_by)))
    return triples
