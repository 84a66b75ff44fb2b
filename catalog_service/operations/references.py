"""References between records: what a text names, what a record can be found by, what it depends on.

A reference is given as IRI, identifier, credit code or exact name; several matches are a finding with the candidates
(architecture, decision 5).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from catalog_service.i18n import both
from catalog_service.model import terms
from catalog_service.model.identifiers import is_identifier
from catalog_service.model.kind import per_kind, title_path
from catalog_service.model.record import Record
from catalog_service.model.report import Finding
from catalog_service.validation.catalogue import CREDIT_CODE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.terms import Term
    from catalog_service.operations.spool import Spool
    from catalog_service.store import Store

Target = tuple[str, str]
"""Kind and IRI of a record that a reference may mean."""

_NAME_AND_IDENTIFIER = (
    re.compile(r"(?P<name>.+)[(（]\s*(?P<identifier>[^()（）\s]+)\s*[)）]"),
    re.compile(r"(?P<identifier>\S+)\s+(?P<name>.+)"),
)
"""How people write a name together with what makes it certain."""
_LONGEST_NAME = 400
"""Characters of a text that may be a name with an identifier."""
_MOST_CANDIDATES = 3
_MOST_KNOWN = 50_000


def fold(text: str) -> str:
    """Return a name as names are compared: compatible characters, one space, no case.

    >>> fold(" ＡＢＣ  检测 ")
    'abc 检测'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@per_kind
def reference_fields(kind: Kind) -> list[tuple[str, Field]]:
    """Return the fields of a kind that name other records, with their dotted names."""
    return [(name, each) for name, each in kind.walk() if each.type == "reference" and not each.computed]


@per_kind
def reference_paths(kind: Kind) -> list[tuple[tuple[Term, ...], tuple[str, ...]]]:
    """Return the whole path of every reference from the record's own node, with the classes it may lead to."""
    paths = []
    for name, each in reference_fields(kind):
        parts = name.split(".")
        owners = [kind.field(".".join(parts[: n + 1])) for n in range(len(parts))]
        paths.append((tuple(step for owner in owners if owner for step in owner.path), each.classes))
    return paths


def titles_of(record: Record, kind: Kind) -> list[Term]:
    """Return what a record is called, in every language."""
    path = title_path(kind)
    return record.objects(*path) if path else []


def targets_of(record: Record, kind: Kind) -> list[str]:
    """Return the IRIs of the records that a record refers to."""
    own, nodes = record.own, record.nodes
    found = [
        target
        for path, _ in reference_paths(kind)
        if path[0] in own
        for target in (own[path[0]] if len(path) == 1 else record.objects(*path))
    ]
    return [terms.value(each) for each in found if terms.is_iri(each) and each not in nodes]


def load_order(kinds: Mapping[str, Kind]) -> list[str]:
    """Return the kinds so that those others refer to come first; rings are cut where they are met."""
    order: list[str] = []
    waiting: set[str] = set()

    def visit(name: str) -> None:
        if name in order or name in waiting:
            return
        waiting.add(name)
        mandatory = [each for _, each in reference_fields(kinds[name]) if each.min_count]
        for other in kinds.values():
            if any(other.class_iri in each.classes for each in mandatory):
                visit(other.name)
        order.append(name)

    for name in kinds:
        visit(name)
    return order


def keys_of(record: Record, kind: Kind, titles: Iterable[Term]) -> tuple[tuple[str, str], ...]:
    """Return what a record can be found by: names, credit code, name with provider, and whom it refers to."""
    names = [(term, fold(terms.value(term))) for term in titles]
    keys = [("name", name) for name in dict.fromkeys([name for _, name in names])]
    keys += [("match", match) for match in _matches(record, kind, names)]
    own = record.own
    keys += [("uscc", terms.value(code)) for code in own.get(CREDIT_CODE, ())]
    for name, path in _named_references(kind):
        if path[0] in own:
            keys += [(name, terms.value(target)) for target in record.objects(*path)]
    return tuple(keys)


def match_keys(record: Record, kind: Kind) -> list[str]:
    """Return by what a record without identifier is recognised: its Chinese name with whom it must refer to."""
    return _matches(record, kind, [(term, fold(terms.value(term))) for term in titles_of(record, kind)])


def _matches(record: Record, kind: Kind, names: Iterable[tuple[Term, str]]) -> list[str]:
    owners = sorted([terms.value(target) for path in _owner_paths(kind) for target in record.objects(*path)])
    return ["\x1f".join([name, *owners]) for term, name in names if terms.language(term).startswith("zh")]


@per_kind
def _named_references(kind: Kind) -> list[tuple[str, tuple[Term, ...]]]:
    return [(name, each.path) for name, each in reference_fields(kind) if "." not in name]


@per_kind
def _owner_paths(kind: Kind) -> list[tuple[Term, ...]]:
    return [each.path for _, each in reference_fields(kind) if each.min_count]


def edges_of(record: Record, kind: Kind) -> tuple[tuple[str, str], ...]:
    """Return the records whose values this one shows, as pairs of IRI and the property that names it."""
    own, nodes = record.own, record.nodes
    return tuple(
        [
            (terms.value(target), first)
            for first in _shown_from(kind)
            for target in own.get(first, ())
            if terms.is_iri(target) and target not in nodes
        ]
    )


@per_kind
def _shown_from(kind: Kind) -> list[Term]:
    """Return the first steps of the paths into other records: a change there concerns whoever shows anything of it."""
    return list(dict.fromkeys([path[0] for path in kind.dependencies]))


class Resolver:
    """Finds the records that texts name, in the store and among the candidates of a load."""

    def __init__(self, store: Store, kinds: Mapping[str, Kind], spool: Spool | None = None) -> None:
        self._store = store
        self._kinds = kinds
        self._spool = spool
        self._class_of = {kind.name: kind.class_iri for kind in kinds.values()}
        self._classes_of = {kind.name: {kind.class_iri, *kind.also} for kind in kinds.values()}
        self._known: dict[tuple[str, tuple[str, ...]], list[Target]] = {}
        self._rows: dict[str, Target | None] = {}

    def prefetch(self, texts: Iterable[str]) -> None:
        """Look up IRIs of the store at once, instead of one by one when they are asked for."""
        wanted = sorted({text for text in texts if text not in self._rows})
        found = self._store.by_iris(wanted) if wanted else {}
        self._rows |= {text: (found[text].kind, found[text].iri) if text in found else None for text in wanted}

    def targets(self, text: str, classes: tuple[str, ...]) -> list[Target]:
        """Return the records of certain classes that a text may mean, all of the surest way of naming."""
        key = (text, classes)
        if key not in self._known:
            self._known[key] = self._find(text.strip(), classes)
        return self._known[key]

    def classes(self, records: Iterable[Record]) -> dict[Term, str]:
        """Return the class IRI of every record that records refer to."""
        named: dict[tuple[Term, tuple[str, ...]], None] = {}
        for record in records:
            own = record.own
            for path, classes in reference_paths(self._kinds[record.kind]):
                for target in record.objects(*path) if path[0] in own else ():
                    if terms.is_iri(target):
                        named[target, classes] = None
        texts = [(terms.value(target), classes) for target, classes in named]
        self.prefetch(text for text, classes in texts if (text, classes) not in self._known)
        linked: dict[Term, str] = {}
        for (target, classes), (text, _) in zip(named, texts, strict=True):
            if target not in linked and (found := self.targets(text, classes)):
                linked[target] = self._class_of[found[0][0]]
        return linked

    def forget(self) -> None:
        """Forget what was not found, because records were written since."""
        self._known = {key: found for key, found in self._known.items() if len(found) == 1}
        self._rows = {text: row for text, row in self._rows.items() if row}
        if len(self._known) + len(self._rows) > _MOST_KNOWN:
            self._known, self._rows = {}, {}

    def forget_all(self) -> None:
        """Forget what was found as well, because candidates got other IRIs since."""
        self._known, self._rows = {}, {}

    def _find(self, text: str, classes: tuple[str, ...]) -> list[Target]:
        for way in (self._by_identity, self._by_credit_code, self._by_name, self._by_both):
            found = {iri: kind for kind, iri in way(text) if self._fits(kind, classes)}
            if found:
                return [(kind, iri) for iri, kind in found.items()]
        return []

    def _fits(self, kind: str, classes: tuple[str, ...]) -> bool:
        return not classes or not self._classes_of.get(kind, set()).isdisjoint(classes)

    def _by_identity(self, text: str) -> list[Target]:
        known = self._rows.get(text)
        if known is not None:
            return [known]
        rows = [] if text in self._rows else [self._store.by_iri(text)]
        rows += [self._store.get(text.upper())] if is_identifier(text.upper()) else []
        found = [(row.kind, row.iri) for row in rows if row is not None]
        return found or (self._spool.find(text) if self._spool else [])

    def _by_credit_code(self, text: str) -> list[Target]:
        return self._by_key("uscc", text.upper()) if len(text) == 18 else []

    def _by_name(self, text: str) -> list[Target]:
        name = fold(text)
        return self._by_key("name", name) + (self._spool.find_name(name) if self._spool else [])

    def _by_both(self, text: str) -> list[Target]:
        """Return the records of a text that says name and identifier, as suggestions do, if they belong together."""
        for way in _NAME_AND_IDENTIFIER if len(text) <= _LONGEST_NAME else ():
            said = way.fullmatch(text)
            if said is None:
                continue
            identifier, named = said["identifier"], set(self._by_name(said["name"]))
            known = self._by_identity(identifier) or self._by_credit_code(identifier)
            if found := [each for each in known if each in named]:
                return found
        return []

    def _by_key(self, key: str, value: str) -> list[Target]:
        rows = self._store.by_keys(key, [value]).get(value, [])
        return [(row.kind, row.iri) for row in rows if row.state != "withdrawn"]

    def nearest(self, text: str, classes: tuple[str, ...]) -> tuple[str, list[str]]:
        """Return the name that looks most like the text, and the identifiers of the records that have it, if known."""
        import difflib

        beside = self._spool.names(text) if self._spool else []
        names: dict[str, list[str]] = {name: [] for name, kind in beside if self._fits(kind, classes)}
        for kind in self._kinds.values():
            if self._fits(kind.name, classes):
                for row in self._store.listing_records(kind=kind.name, limit=1000):
                    names.setdefault(row.title, []).append(row.identifier)
        near = difflib.get_close_matches(text, names, n=1, cutoff=0.5)
        return (near[0], names[near[0]]) if near else ("", [])


def replace_reference(record: Record, node: Term, predicate: Term, old: Term, new: Term) -> Record:
    """Return the record with one object replaced."""
    nodes = dict(record.nodes)
    properties = dict(nodes[node])
    properties[predicate] = [new if term == old else term for term in properties[predicate]]
    nodes[node] = properties
    return Record(record.iri, record.kind, nodes)


def not_found(label: Mapping[str, str], text: str, near: str, identifiers: Sequence[str] = ()) -> Finding:
    """Return the finding on a reference that names nothing; ``near`` is a name like it, of records with identifiers."""
    advice = "Did you mean “{near}”?" if near else "Load that record first, or write its identifier."
    if len(identifiers) > 1:
        advice = "Several records are called “{near}”. Write the identifier of one of them, such as {candidates}."
    elif identifiers:
        near = f"{near} ({identifiers[0]})"
    shown = ", ".join(identifiers[:_MOST_CANDIDATES])
    return Finding(
        "unknown-reference",
        both("{label}: there is no record “{value}”.", domain="findings", label=dict(label), value=text),
        both(advice, domain="findings", near=near, candidates=shown),
        label=label,
        value=text,
        constraint="reference",
    )


def ambiguous(label: Mapping[str, str], text: str, candidates: Sequence[str]) -> Finding:
    """Return the finding on a reference that may mean several records."""
    shown = ", ".join(candidates[:_MOST_CANDIDATES])
    return Finding(
        "ambiguous-reference",
        both(
            "{label}: “{value}” may be any of {count} records.",
            domain="findings",
            label=dict(label),
            value=text,
            count=len(candidates),
        ),
        both("Write the identifier of one of them, such as {candidates}.", domain="findings", candidates=shown),
        label=label,
        value=text,
        constraint="reference",
    )


def public_form(record: Record, kind: Kind, form: bytes) -> bytes | None:
    """Return a record's canonical form without the values of private fields; None where there are none."""
    own = record.own
    hidden = [predicate for predicate in _private(kind) if predicate in own]
    if not hidden:
        return None
    inner = {term for predicate in hidden for term in own[predicate] if term in record.nodes}
    beginnings = (*(f"{record.node} {predicate} " for predicate in hidden), *(f"{node} " for node in inner))
    dropped = tuple(each.encode() for each in beginnings)
    return b"".join(line for line in form.splitlines(keepends=True) if not line.startswith(dropped))


@per_kind
def _private(kind: Kind) -> list[Term]:
    return [each.path[0] for each in kind.fields if each.private]
