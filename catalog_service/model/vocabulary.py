"""The code lists: concepts, schemes and finding a concept by what people write.

A list is one SKOS file under ``vocab/schemes``, named after its slug; what maps one list to another lies under
``vocab/mappings``. To add a list, add a file. A file is parsed when its list is first asked for, so that a command
which needs three lists does not read three thousand regions.
Source: https://www.w3.org/TR/skos-reference/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.names import LONGEST_NAME, Names, fold
from catalog_service.namespaces import CODE_LISTS, DCT, TYPE, term
from catalog_service.resources import folder as resource_folder

if TYPE_CHECKING:
    from pathlib import Path

    from catalog_service.model.terms import Term, Triple

_SCHEME = term("skos:ConceptScheme")
_CONCEPT = term("skos:Concept")
_IN_SCHEME = term("skos:inScheme")
_NOTATION = term("skos:notation")
_LABEL = term("skos:prefLabel")
_ALT_LABEL = term("skos:altLabel")
_BROADER = term("skos:broader")
_DEFINITION = term("skos:definition")
_REPLACED_BY = term("dct:isReplacedBy")
_SOURCE = term("dct:source")
_COMPLETENESS = term("stsd:completeness")
_MATCHES = {
    term(f"skos:{name}"): name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
}
_TITLES = (_LABEL, f"<{DCT}title>", "<http://www.w3.org/2000/01/rdf-schema#label>")

_Nodes = dict[str, dict[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Concept:
    """One entry of a code list."""

    iri: str
    scheme: str
    """Slug of its list."""
    notation: str
    labels: Mapping[str, str]
    alt_labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    broader: str | None = None
    """Notation of the next wider concept."""
    narrower: tuple[str, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)
    matches: tuple[tuple[str, str], ...] = ()
    """Pairs of a SKOS mapping relation, such as ``closeMatch``, and the IRI of the concept elsewhere."""
    replaced_by: str | None = None
    """IRI of the concept to use instead, if this one is retired."""
    types: tuple[str, ...] = ()
    """IRIs of its classes."""
    source: str = ""

    @property
    def term(self) -> Term:
        """The concept as a term."""
        return terms.iri(self.iri)

    def label(self, lang: str) -> str:
        """Return the label in a language, else the Chinese one, else the code."""
        return self.labels.get(lang) or self.labels.get("zh") or self.notation


@dataclass(frozen=True, slots=True)
class Scheme:
    """One code list."""

    slug: str
    iri: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    completeness: Mapping[str, str]
    """How complete the list is, in words."""
    source: str
    concepts: Mapping[str, Concept]
    """By notation, in the list's order."""
    top: tuple[str, ...]
    version: str = ""
    _above: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _named: dict[str, dict[str, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def label(self, lang: str) -> str:
        """Return the list's name in a language, else the Chinese one, else the slug."""
        return self.labels.get(lang) or self.labels.get("zh") or self.slug

    def names(self, lang: str) -> Mapping[str, str]:
        """Return the label of every concept in a language, as `Concept.label` tells it."""
        if lang not in self._named:
            self._named[lang] = {code: concept.label(lang) for code, concept in self.concepts.items()}
        return self._named[lang]

    def ancestors(self, notation: str) -> tuple[str, ...]:
        """Return the wider concepts of a concept, nearest first."""
        known = self._above.get(notation)
        if known is None:
            found: list[str] = []
            above = self.concepts[notation].broader
            while above is not None and above not in found:
                found.append(above)
                above = self.concepts[above].broader
            known = self._above[notation] = tuple(found)
        return known

    def descendants(self, notation: str) -> tuple[str, ...]:
        """Return all narrower concepts of a concept, each before its own."""
        found: list[str] = []
        waiting = list(reversed(self.concepts[notation].narrower))
        while waiting:
            each = waiting.pop()
            found.append(each)
            waiting.extend(reversed(self.concepts[each].narrower))
        return tuple(found)

    def is_leaf(self, notation: str) -> bool:
        """Tell whether a concept has no narrower ones."""
        return not self.concepts[notation].narrower


class Vocabularies(Mapping[str, Scheme]):
    """All code lists by slug."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        schemes = folder / "schemes"
        self._files = {path.stem: path for path in sorted((schemes if schemes.is_dir() else folder).glob("*.ttl"))}
        self._schemes: dict[str, Scheme] = {}
        self._names: dict[str, Names] = {}
        self._labels: dict[str, dict[str, str]] = {}

    def __getitem__(self, slug: str) -> Scheme:
        if slug not in self._schemes:
            self._schemes[slug] = _read_scheme(slug, self._files[slug], self._mappings)
        return self._schemes[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, slug: object) -> bool:
        return slug in self._files

    @cached_property
    def _mappings(self) -> _Nodes:
        nodes: _Nodes = {}
        for path in sorted((self._folder / "mappings").glob("*.ttl")):
            _parse(path, nodes)
        return nodes

    @cached_property
    def _foreign(self) -> dict[str, Concept]:
        """Concepts whose IRI is not made of our base and the list's slug: a platform's own lists."""
        lists = (self[slug] for slug, path in self._files.items() if not _is_ours(slug, path))
        return {concept.iri: concept for scheme in lists for concept in scheme.concepts.values()}

    def concept(self, iri: str) -> Concept | None:
        """Return the concept of an IRI, given plain or as a term; None if no list has it."""
        iri = iri.strip().removeprefix("<").removesuffix(">")
        if not iri.startswith(CODE_LISTS):
            return self._foreign.get(iri) if ":" in iri else None
        slug, _, notation = iri.removeprefix(CODE_LISTS).partition("/")
        return self[slug].concepts.get(notation) if slug in self else self._foreign.get(iri)

    def label(self, coded: str, lang: str) -> str:
        """Return what a concept given as ``list/code`` or IRI is called in a language; empty if no list has it.

        >>> load_vocabularies().label("region/450200", "zh")
        '柳州市'
        """
        known = self._labels.setdefault(lang, {})
        label = known.get(coded)
        if label is None:
            concept = self.concept(coded if "://" in coded else CODE_LISTS + coded)
            if concept is None:
                return ""
            label = known[coded] = concept.label(lang)
        return label

    def find(self, text: str, slugs: Iterable[str]) -> tuple[Concept, ...]:
        """Return what a person can have meant: none, the one concept, or several candidates.

        Only the best kind of match counts: IRI, code, label, other name, and last a path such as ``广西南宁市``. Where
        lists share codes, a list is named before the code: ``industry/27``.

        >>> [concept.notation for concept in load_vocabularies().find("柳州", ("region",))]
        ['450200']
        """
        name = fold(text)
        if not name:
            return ()
        slugs = tuple(slugs)
        named, _, rest = text.strip().partition("/")
        if named in slugs and rest:
            return self.find(rest, (named,))
        by_iri = self.concept(text)
        if by_iri:
            return (by_iri,) if by_iri.scheme in slugs else ()
        lists = [self._names_of(slug) for slug in slugs]
        for look in (Names.by_code, Names.by_label, Names.by_other_name, Names.by_path):
            found = tuple(concept for names in lists for concept in names.clearest(look(names, text)))
            if found:
                return found
        return ()

    def nearest(self, text: str, slugs: Iterable[str], limit: int = 3) -> tuple[Concept, ...]:
        """Return the concepts whose names look most like a text, the most alike first, for suggestions."""
        name = fold(text)[:LONGEST_NAME]
        rated = [pair for slug in slugs for pair in self._names_of(slug).alike(name, limit)]
        rated.sort(key=lambda pair: -pair[0])
        return tuple(concept for _, concept in rated[:limit])

    def triples(self, concept: Concept) -> tuple[Triple, ...]:
        """Return what validation has to know about a concept: types, list, code, labels, wider concept."""
        node = concept.term
        scheme = self[concept.scheme]
        broader = [] if concept.broader is None else [scheme.concepts[concept.broader].term]
        return (
            *((node, TYPE, terms.iri(each)) for each in concept.types),
            (node, _IN_SCHEME, terms.iri(scheme.iri)),
            (node, _NOTATION, terms.literal(concept.notation)),
            *((node, _LABEL, terms.literal(label, lang)) for lang, label in concept.labels.items()),
            *((node, _BROADER, each) for each in broader),
        )

    def _names_of(self, slug: str) -> Names:
        if slug not in self._names:
            self._names[slug] = Names(self[slug])
        return self._names[slug]


def load_vocabularies(folder: Path | None = None) -> Vocabularies:
    """Return the code lists of a folder, of the profile's own if none is given."""
    return Vocabularies(folder or resource_folder("vocab"))


def _is_ours(slug: str, path: Path) -> bool:
    with path.open("rb") as file:
        return f"<{CODE_LISTS}{slug}>".encode() in file.read(4096)


def _parse(path: Path, nodes: _Nodes) -> None:
    import pyoxigraph

    for quad in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
        subject, predicate, value = str(quad).split(" ", 2)
        nodes.setdefault(subject, {}).setdefault(predicate, []).append(value)


def _read_scheme(slug: str, path: Path, mappings: _Nodes) -> Scheme:
    nodes: _Nodes = {}
    _parse(path, nodes)
    node, about = next((s, p) for s, p in nodes.items() if _SCHEME in p.get(TYPE, ()))
    codes = {s: terms.value(p[_NOTATION][0]) for s, p in nodes.items() if _CONCEPT in p.get(TYPE, ())}
    narrower: dict[str, list[str]] = {}
    for subject, code in codes.items():
        for wider in nodes[subject].get(_BROADER, ()):
            narrower.setdefault(wider, []).append(code)
    concepts = {
        code: _concept(slug, subject, nodes[subject], codes, narrower, mappings.get(subject, {}))
        for subject, code in codes.items()
    }
    return Scheme(
        slug=slug,
        iri=node[1:-1],
        labels=next((_by_language(about[title]) for title in _TITLES if title in about), {}),
        definitions=_by_language(about.get(_DEFINITION, about.get(f"<{DCT}description>", ()))),
        completeness=_by_language(about.get(_COMPLETENESS, ())),
        source="; ".join(terms.value(each) for each in about.get(_SOURCE, ())),
        concepts=concepts,
        top=tuple(code for code, concept in concepts.items() if concept.broader is None),
        version="".join(terms.value(each) for each in about.get(term("owl:versionInfo"), ())),
    )


def _concept(
    slug: str,
    node: str,
    about: dict[str, list[str]],
    codes: dict[str, str],
    narrower: dict[str, list[str]],
    mapped: dict[str, list[str]],
) -> Concept:
    alternatives: dict[str, tuple[str, ...]] = {}
    for each in about.get(_ALT_LABEL, ()):
        lang = terms.language(each)
        alternatives[lang] = (*alternatives.get(lang, ()), terms.value(each))
    return Concept(
        iri=node[1:-1],
        scheme=slug,
        notation=codes[node],
        labels=_by_language(about.get(_LABEL, ())),
        alt_labels=alternatives,
        broader=next((codes[each] for each in about.get(_BROADER, ()) if each in codes), None),
        narrower=tuple(narrower.get(node, ())),
        definitions=_by_language(about.get(_DEFINITION, ())),
        matches=tuple(
            (name, terms.value(each))
            for relation, name in _MATCHES.items()
            for each in (*about.get(relation, ()), *mapped.get(relation, ()))
        ),
        replaced_by=next((terms.value(each) for each in about.get(_REPLACED_BY, ())), None),
        types=tuple(terms.value(each) for each in about.get(TYPE, ())),
        source="; ".join(terms.value(each) for each in about.get(_SOURCE, ())),
    )


def _by_language(values: Iterable[Term]) -> dict[str, str]:
    return {terms.language(each): terms.value(each) for each in values}
