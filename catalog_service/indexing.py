"""From record to index document: the only bridge to `indexer`.

What is searched, counted and sorted comes from the kinds' fields and facets; no kind is named here.
Amounts become whole fen (hundredths of a unit of currency), periods whole calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog_service.model import terms
from catalog_service.model.amounts import keywords_of
from catalog_service.model.offer import offers_of, period_bounds, price_spans
from catalog_service.namespaces import CODE_LISTS
from indexer.schema import Document, IndexSchema, TextField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from catalog_service.model.kind import Facet, Kind
    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term
    from catalog_service.model.vocabulary import Scheme, Vocabularies


@dataclass(frozen=True, slots=True)
class Source:
    """What of a record the index takes beside its content: the store's words for it."""

    identifier: str
    seq: int
    hash: str
    stamp: int
    """When the published version was made, seconds since 1970: the key of “newest”."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A record that another one names: its identifier and content."""

    identifier: str
    record: Record
    title: tuple[Term, ...]


def index_schema(kinds: Mapping[str, Kind]) -> IndexSchema:
    """Return the one schema of all kinds: weighted texts, facets as keywords; prices, periods, stamps as numbers."""
    keywords = {"kind", "identifier"}
    for kind in kinds.values():
        keywords |= {name for facet in kind.facets for name in _keyword_names(facet)}
    numbers = ("newest", "period.max", "period.min", "price.max", "price.min", "rating")
    return IndexSchema(TEXTS, tuple(sorted(keywords)), numbers, EDITION)


EDITION = 3
"""Raise it whenever `DocumentMaker` makes something else of the same record."""


TEXTS = (
    TextField("title", 8.0, pinyin=True),
    TextField("names", 5.0, pinyin=True),
    TextField("subjects", 3.0),
    TextField("text", 1.0),
    TextField("details", 0.5),
)
"""The texts of an index: fields of like weight share one, since each costs four streams and a clause a query word."""


def _text_of(weight: float) -> str:
    """Return the text that a field of a weight goes to.

    >>> [_text_of(weight) for weight in (8, 6, 4, 2, 1.5, 1, 0.3)]
    ['title', 'names', 'subjects', 'subjects', 'text', 'text', 'details']
    """
    return next(name for name, least in _LEAST if weight >= least)


_LEAST_TEXT = TEXTS[-1].name

_LEAST = (("title", 7.0), ("names", 5.0), ("subjects", 2.0), ("text", 0.8), ("details", 0.0))


def _keyword_names(facet: Facet) -> tuple[str, ...]:
    match facet.type:
        case "coverage":
            return f"{facet.name}.within", f"{facet.name}.cover"
        case "price":
            return f"{facet.name}.mode", f"{facet.name}.spans"
        case "period" | "rating":
            return ()
        case _:
            return (facet.name,)


class DocumentMaker:
    """Makes index documents of records of every kind."""

    def __init__(
        self, kinds: Mapping[str, Kind], vocabularies: Vocabularies, linked: Callable[[str], Linked | None]
    ) -> None:
        """``linked`` gives the published record that has an IRI."""
        self._vocabularies = vocabularies
        self._linked = linked
        self._labels: dict[Term, str] = {}
        self._up: dict[tuple[str, Term], tuple[str, ...]] = {}
        self._higher: dict[Term, tuple[Term, ...]] = {}
        self._plans = {kind.name: _Plan.of(kind) for kind in kinds.values()}

    def links(self, record: Record) -> set[str]:
        """Return the IRIs that ``linked`` will be asked for, but for those that linked records name."""
        return {
            terms.value(term)
            for path in self._plans[record.kind].references
            for term in record.objects(path)
            if terms.is_iri(term) and term not in record.nodes
        }

    def document(self, record: Record, source: Source) -> Document:
        """Return the index document of a published record."""
        plan = self._plans[record.kind]
        keywords: dict[str, tuple[str, ...]] = {"kind": (record.kind,), "identifier": (source.identifier,)}
        numbers = {"newest": source.stamp}
        names: list[str] = []
        named: dict[str, Any] = {}
        beyond: dict[str, list[str]] = {}
        told: dict[Term, None] = {}
        offers = offers_of(record)
        for facet in plan.facets:
            values = self._values(record, facet.path)
            match facet.type:
                case "price":
                    keywords[f"{facet.name}.mode"] = tuple(dict.fromkeys(offer.mode for offer in offers if offer.mode))
                    spans = price_spans(offers)
                    keywords |= {f"{facet.name}.spans": keywords_of(spans)} if len(spans) > 1 else {}
                    numbers |= {"price.min": spans[0][0], "price.max": spans[-1][1]} if spans else {}
                case "period":
                    shortest, longest = period_bounds(offers)
                    numbers |= _present({"period.min": shortest, "period.max": longest})
                case "rating":
                    numbers |= dict([("rating", int(float(terms.value(values[0]))))] if values else ())
                case "coverage":
                    within, cover = self._coverage(facet, values)
                    keywords |= {f"{facet.name}.within": within, f"{facet.name}.cover": cover}
                    told |= dict.fromkeys(values)
                case "reference":
                    found = [link for value in values if (link := self._linked(terms.value(value)))]
                    keywords[facet.name] = tuple(link.identifier for link in found)
                    if not facet.foreign:
                        names += [terms.value(title) for link in found for title in link.title]
                        named[facet.name] = [_named(link) for link in found]
                case "concept":
                    keywords[facet.name] = self._with_ancestors(facet, values)
                    told |= dict.fromkeys(values)
                    if facet.foreign:
                        beyond[facet.name] = [_plain(value) for value in values]
                case _:
                    keywords[facet.name] = tuple(dict.fromkeys(terms.value(value) for value in values))
        texts, labels = self._texts(record, plan, told)
        if names:
            labels["names"] = (*labels.get("names", ()), *names)
        stored = plan.stored(record) | {"named": named, "offers": [offer.plain() for offer in offers]}
        stored["fields"] |= beyond
        return Document(
            source.identifier, record.kind, source.seq, texts, keywords, numbers, stored, source.hash, labels
        )

    def _texts(
        self, record: Record, plan: _Plan, told: dict[Term, None]
    ) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
        """Return the record's own texts, values of a field as lines, and the labels of its codes.

        What can be ticked can be typed: the concepts of facets (``told``) and those above a code are found as well, by
        the text of least weight.
        """
        texts: dict[str, str] = {}
        labels: dict[str, tuple[str, ...]] = {}
        own_codes: dict[Term, None] = {}
        own = record.nodes.get(record.node, {})
        for name, coded, path in plan.texts:
            found = own.get(path[0]) if len(path) == 1 else path[0] in own and record.objects(*path)
            if not found:
                continue
            if coded:
                labels[name] = (*labels.get(name, ()), *map(self._label, found))
                own_codes |= dict.fromkeys(found)
            else:
                text = "\n".join(map(terms.value, found))
                texts[name] = f"{texts[name]}\n{text}" if name in texts else text
        above = dict.fromkeys(up for term in (told | own_codes) for up in self._above(term))
        if beside := (told | above).keys() - own_codes.keys():
            labels[_LEAST_TEXT] = (*labels.get(_LEAST_TEXT, ()), *map(self._label, sorted(beside)))
        return texts, labels

    def _above(self, term: Term) -> tuple[Term, ...]:
        """Return the concepts above one in its list, nearest first."""
        if term not in self._higher:
            slug, _, code = terms.value(term).removeprefix(CODE_LISTS).partition("/")
            scheme = self._vocabularies.get(slug)
            known = scheme is not None and code in scheme.concepts
            ancestors = scheme.ancestors(code) if scheme and known else ()
            self._higher[term] = tuple(f"<{CODE_LISTS}{slug}/{up}>" for up in ancestors)
        return self._higher[term]

    def _label(self, term: Term) -> str:
        """Return every label of a concept, each a line."""
        if term not in self._labels:
            concept = self._vocabularies.concept(terms.value(term))
            names = (
                []
                if concept is None
                else [*concept.labels.values(), *(a for alts in concept.alt_labels.values() for a in alts)]
            )
            self._labels[term] = "\n".join(names)
        return self._labels[term]

    def _values(self, record: Record, path: tuple[Term, ...]) -> list[Term]:
        """Return the objects at the end of a path, walking through a reference into the record it names."""
        found = record.nodes.get(record.node, {}).get(path[0], [])
        if len(path) == 1 or not found:
            return found if len(found) < 2 else list(dict.fromkeys(found))
        reached = [(record, record.node)]
        for index, predicate in enumerate(path):
            following = []
            for owner, node in reached:
                for term in owner.nodes.get(node, {}).get(predicate, ()):
                    last = index == len(path) - 1
                    if last or term in owner.nodes:
                        following.append((owner, term))
                    elif terms.is_iri(term) and (link := self._linked(terms.value(term))):
                        following.append((link.record, link.record.node))
            reached = following
        return list(dict.fromkeys(node for _, node in reached))

    def _scheme(self, facet: Facet) -> Scheme | None:
        return self._vocabularies.get(facet.scheme)

    def _with_ancestors(self, facet: Facet, values: Sequence[Term]) -> tuple[str, ...]:
        if len(values) == 1:
            return self._lineage(facet, values[0])
        return tuple(dict.fromkeys(code for term in values for code in self._lineage(facet, term)))

    def _lineage(self, facet: Facet, term: Term) -> tuple[str, ...]:
        """Return a concept's code and those above it, nearest first; empty for one of another list."""
        key = (facet.scheme, term)
        if key not in self._up:
            code, scheme = notation(term, facet.scheme), self._scheme(facet)
            known = scheme is not None and code in scheme.concepts
            self._up[key] = (code, *scheme.ancestors(code)) if known and scheme else (code,) if code else ()
        return self._up[key]

    def _coverage(self, facet: Facet, values: Iterable[Term]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return own areas with their ancestors, and the largest areas (architecture, decision 9)."""
        lines = {codes[0]: codes for term in values if (codes := self._lineage(facet, term))}
        largest = [code for code, codes in lines.items() if not any(up in lines for up in codes[1:])]
        within = dict.fromkeys(code for area in largest for code in lines[area])
        return tuple(within), tuple(largest)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What documents of a kind are made of, looked up once."""

    facets: tuple[Facet, ...]
    texts: tuple[tuple[str, bool, tuple[Term, ...]], ...]
    """Text of the index, whether the field holds codes, path."""
    references: tuple[Term, ...]
    """First steps of the paths that lead to other records."""
    title: tuple[Term, ...]
    summary: tuple[Term, ...]
    hits: tuple[tuple[str, tuple[Term, ...]], ...]
    """The fields a search hit carries, with their whole paths."""

    @classmethod
    def of(cls, kind: Kind) -> _Plan:
        title, summary = kind.field(kind.title), kind.field(kind.summary) if kind.summary else None
        return cls(
            kind.facets,
            tuple(
                (_text_of(each.search_weight), each.type == "concept", _reach(kind, name))
                for name, each in kind.walk()
                if each.search_weight and not each.private
            ),
            tuple({facet.path[0] for facet in kind.facets if facet.type == "reference" or len(facet.path) > 1}),
            title.path if title else (),
            summary.path if summary else (),
            tuple((name, _reach(kind, name)) for name in kind.hit_fields),
        )

    def stored(self, record: Record) -> dict[str, Any]:
        """Return what a hit shows of the record itself."""
        return {
            "iri": record.iri,
            "title": _languages(record, self.title),
            "summary": _languages(record, self.summary),
            "fields": {name: list(map(_plain, record.objects(*path))) for name, path in self.hits},
        }


def _named(link: Linked) -> dict[str, Any]:
    return {"id": link.identifier, "title": {terms.language(t).split("-")[0]: terms.value(t) for t in link.title}}


def _present(numbers: Mapping[str, int | None]) -> dict[str, int]:
    return {name: number for name, number in numbers.items() if number is not None}


def _reach(kind: Kind, name: str) -> tuple[Term, ...]:
    """Return the whole path of a dotted name from the record's own node."""
    parts = name.split(".")
    owners = (kind.field(".".join(parts[: n + 1])) for n in range(len(parts)))
    return tuple(predicate for owner in owners if owner is not None for predicate in owner.path)


def _languages(record: Record, path: tuple[Term, ...]) -> dict[str, str]:
    values = record.objects(*path) if path else []
    return {terms.language(term).split("-")[0] or "zh": terms.value(term) for term in reversed(values)}


def _plain(term: Term) -> str:
    """Return a code with its list (``list/code``), an IRI or a text."""
    text = terms.value(term)
    return text.removeprefix(CODE_LISTS) if terms.is_iri(term) else text


def notation(term: Term, scheme: str = "") -> str:
    """Return the code in a concept's IRI, empty if it is of another list.

    >>> notation("<https://w3id.org/stsp/cl/region/450200>", "region")
    '450200'
    """
    path = terms.value(term).removeprefix(CODE_LISTS)
    slug, _, code = path.partition("/")
    return code if not scheme or slug == scheme else ""
