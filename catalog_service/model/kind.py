"""Kinds and fields: the compiled form of the shapes. Nothing else in Python says what a record may hold.

When to use: whoever needs a form, a table, a schema, an index or a page asks a `Kind`. How to add a kind: one shape
file and one line in ``shapes/manifest.ttl``; see `catalog_service.model.compiler`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from catalog_service.model.terms import Term

FieldType = Literal["text", "string", "concept", "reference", "iri", "integer", "decimal", "date", "boolean", "node"]
"""``text`` has a language tag; ``concept`` is of a code list; ``reference`` a record; ``node`` an inner node."""

Level = Literal["harvestable", "conformant", "recommended"]
"""How much a constraint asks: to be listed, to be published, to be complete."""

LEVELS: tuple[Level, ...] = ("harvestable", "conformant", "recommended")
"""The levels, the least demanding first."""

Obligation = Literal["M", "C", "R", "O", "-"]
"""Mandatory, conditional, recommended, optional; ``-`` is computed and never supplied."""


@dataclass(frozen=True, slots=True)
class Field:
    """One element of a kind, or of an inner node of it."""

    name: str
    """The short name, used for columns, JSON members, index fields and paths of findings."""
    number: str
    """The profile's number such as ``P03``; empty for members of inner nodes that have none."""
    path: tuple[Term, ...]
    """Predicates from the owner's node; longer than one for values behind unnamed inner nodes."""
    type: FieldType
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    obligation: Obligation = "O"
    min_count: int = 0
    max_count: int | None = None
    """Largest number of values (a language each for ``text`` with ``unique_lang``); None is without bound."""
    unique_lang: bool = False
    datatype: str = ""
    """Datatype IRI of literals."""
    classes: tuple[str, ...] = ()
    """Class IRIs: of the inner node, or the allowed ones of a reference."""
    schemes: tuple[str, ...] = ()
    """Slugs of the code lists a concept may come from; of a ``string``, the list whose notation is written."""
    codes: tuple[str, ...] = ()
    """Notations allowed by ``sh:in``, if the list is narrowed."""
    leaf: bool = False
    """Whether at least one value must be a concept without narrower ones."""
    top: bool = False
    """Whether only concepts without broader ones are good."""
    fields: tuple[Field, ...] = ()
    """Members of an inner node."""
    pattern: str = ""
    max_length: int | None = None
    min_length: int | None = None
    minimum: str = ""
    maximum: str = ""
    less_than: str = ""
    """Predicate term of the partner field that ``sh:lessThanOrEquals`` or ``sh:lessThan`` names."""
    default: str = ""
    """The value that is meant when none is given: a code, or a lexical form."""
    group: str = ""
    """Slug of the group it stands in on forms and pages."""
    search_weight: float = 0.0
    """Boost of the text in search; 0 is not searched."""
    private: bool = False
    computed: bool = False
    """Filled by the catalogue, never by cataloguers."""
    system: bool = False
    """Filled by the catalogue when absent (identifier, issued)."""
    column: bool = True
    """Whether it has a column in tables."""
    examples: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """What else people write over its column."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Words for well-known values, with case folded, to their IRIs."""
    shape: str = ""
    """IRI of the property shape."""
    order: int = 0
    """Its place on forms, in tables and in plain JSON."""
    level: Level = "conformant"
    """From which level on its constraints count."""
    messages: Mapping[str, str] = field(default_factory=dict)
    """What to write, as a sentence."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """A remark such as the condition of a conditional element."""
    source: tuple[str, ...] = ()
    """What the element rests on."""
    through: tuple[str, ...] = ()
    """Class IRI of each unnamed inner node on ``path[:-1]``: fields of the same beginning share one such node."""
    iri_prefix: str = ""
    """Beginning of stored IRIs that people do not write, such as ``tel:``."""
    copied_from: str = ""
    """Dotted short name of the field whose value is taken when this one is empty."""
    checks: tuple[str, ...] = ()
    """Rules beyond SHACL Core the catalogue applies, such as ``unique``: see `catalog_service.validation.catalogue`."""
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Format name to the classes an inner node has there."""
    alignments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Format name (``oai_dc``, ``dcat``, ``schema_org``) to the IRIs of properties there."""

    def label(self, lang: str) -> str:
        """Return the label in a language."""
        return self.labels.get(lang) or self.labels["zh"]


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together on forms and pages."""

    name: str
    labels: Mapping[str, str]
    order: int = 0

    def label(self, lang: str) -> str:
        """Return the label in a language."""
        return self.labels.get(lang) or self.labels["zh"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a shape that can be named in a validation report is about, and how much it matters."""

    shape: str
    """IRI of the shape."""
    fields: tuple[str, ...]
    """Dotted short names, the one to point at first; empty if it is about the record as a whole."""
    level: Level
    severity: Literal["error", "warning", "info"]
    messages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """How a kind looks in another format, beside what its fields say."""

    types: tuple[str, ...] = ()
    """Class IRIs of the record there."""
    constants: tuple[tuple[str, Term], ...] = ()
    """Property IRIs with values every record has there."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow a search: a name in addresses, a path to values and how they are offered."""

    name: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    path: tuple[Term, ...]
    """From the record's node, through inner nodes or, if ``foreign``, through one reference into another record."""
    type: Literal["concept", "reference", "boolean", "price", "period", "coverage", "rating"]
    """``coverage``: areas with the within/cover rule; ``price`` and ``period`` are ranges over the offers."""
    scheme: str = ""
    foreign: bool = False
    order: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record, compiled from its node shape."""

    name: str
    """The one name everywhere: IRI, set, command, ``kind=``; such as ``service-product``."""
    class_iri: str
    also: tuple[str, ...]
    """Further classes every record of the kind is typed with."""
    labels: Mapping[str, str]
    plurals: Mapping[str, str]
    counter: Mapping[str, str]
    """Phrase for a count with ``{n}``, such as ``{n} 项服务产品``."""
    prefix: str
    """What the kind's own records are called when listed first, kept for display; identifiers carry the platform's."""
    lifecycle: tuple[str, ...]
    fields: tuple[Field, ...]
    facets: tuple[Facet, ...]
    title: str
    """Short name of the field that names a record."""
    summary: str = ""
    """Short name of the field that says in one sentence what it is."""
    hit_fields: tuple[str, ...] = ()
    """Short names a search hit carries."""
    dependencies: tuple[tuple[Term, ...], ...] = ()
    """Sequence paths into other records whose values the public form or the index takes."""
    sets: Mapping[str, tuple[tuple[Term, ...], str]] = field(default_factory=dict)
    """OAI set prefix (``cat``, ``region``) to the path of its concept and the code list."""
    shape: str = ""
    definitions: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    """The groups its fields stand in, in order."""
    rules: Mapping[str, Rule] = field(default_factory=dict)
    """IRI of each named shape that reports, to what it is about."""
    identifier_from: str = ""
    """Short name of the field whose value makes a good identifier where there is one; else one is minted."""
    views: Mapping[str, View] = field(default_factory=dict)
    """Format name to how the record looks there."""

    def field(self, name: str) -> Field | None:
        """Return the field a dotted short name names, such as ``offer.minPrice``; positions in it are passed over."""
        return _by_name(self).get(name) or find_field(self.fields, name)

    def walk(self) -> Iterator[tuple[str, Field]]:
        """Yield every field with its dotted name, depth first."""
        yield from _walk(self.fields, "")

    def label(self, lang: str) -> str:
        """Return the kind's label in a language."""
        return self.labels.get(lang) or self.labels["zh"]


Found = TypeVar("Found")


def per_kind(function: Callable[[Kind], Found]) -> Callable[[Kind], Found]:
    """Remember what a function finds out about a kind: kinds never change, and records ask again and again."""
    known: dict[int, tuple[Kind, Found]] = {}

    @functools.wraps(function)
    def remembered(kind: Kind) -> Found:
        found = known.get(id(kind))
        if found is None or found[0] is not kind:
            found = known[id(kind)] = (kind, function(kind))
        return found[1]

    return remembered


@per_kind
def title_path(kind: Kind) -> tuple[Term, ...]:
    """Return the path of the field that names a record of a kind; empty if there is none."""
    title = kind.field(kind.title)
    return title.path if title else ()


@per_kind
def _by_name(kind: Kind) -> dict[str, Field]:
    """Return the fields by dotted name: a page of hits asks for the same few hundreds of times."""
    return dict(kind.walk())


def find_field(fields: tuple[Field, ...], name: str) -> Field | None:
    """Return the field a dotted short name names among ``fields``, or None."""
    found: Field | None = None
    for part in name.split("."):
        if part.isdigit():
            continue
        found = next((each for each in fields if each.name == part), None)
        if found is None:
            return None
        fields = found.fields
    return found


def _walk(fields: tuple[Field, ...], before: str) -> Iterator[tuple[str, Field]]:
    for each in fields:
        yield before + each.name, each
        yield from _walk(each.fields, f"{before}{each.name}.")
