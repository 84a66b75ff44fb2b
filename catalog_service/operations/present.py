"""A record as a reader sees it: title, facts, groups of labelled values, offers, steps and people to call.

Generic over kinds: what stands where follows from the type of a field and from the meaning of its property, never
from the name of a kind. Texts are in the asked language where there are any, else in their own, which they then name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Literal

from catalog_service.i18n import say
from catalog_service.model.offer import offers_of
from catalog_service.model.terms import Term, is_iri, language, value, written
from catalog_service.namespaces import SCHEMA, term
from catalog_service.operations import wording
from catalog_service.operations.offers import OfferView, offer_field, offer_views

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.record import Record
    from catalog_service.model.vocabulary import Vocabularies

Form = Literal["pairs", "table", "steps", "prose", "tags"]

_CONTACT = {
    term(n) for n in ("schema:telephone", "schema:email", "schema:address", "dcat:contactPoint", "foaf:homepage")
}
_CONTACT |= {term("vcard:hasInstantMessage"), term("sts:imText")}
_RECORD = {term(n) for n in ("dct:identifier", "dct:issued", "dct:modified", "adms:status", "dcat:version")}
_RECORD |= {term(n) for n in ("dct:accessRights", "dct:license", "dct:language", "dct:publisher")}
_IDENTIFIER = term("dct:identifier")
_POSITION = term("schema:position")
_PROVIDER = term("schema:provider")
_MODE = term("sts:deliveryMode")
_ONLINE = term("sts:fullyOnline")
_OWNERSHIP = term("sts:ipOwnership")
_SCHEMES = {term("schema:telephone"): "tel:", term("schema:email"): "mailto:"}
_ADDRESS = f"{SCHEMA}PostalAddress"
_LONG = 60
_SAFE = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Reference:
    """A record named by another: where it is and what it is called; without identifier it is not in the catalogue."""

    iri: str
    identifier: str = ""
    title: str = ""
    lang: str = ""


Resolve = Callable[[str, str], Reference]
"""From a record's IRI and a language to what it is called."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One value as text, with its language where that is not the page's, and where it leads."""

    text: str
    lang: str = ""
    href: str = ""
    """An address on this site, or ``tel:``, ``mailto:``, ``http(s):``."""
    code: str = ""
    """The notation of a concept."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One field with its values; ``parts`` holds the entries of each inner node."""

    name: str
    label: str
    definition: str
    form: Form
    values: tuple[Shown, ...] = ()
    parts: tuple[tuple[Entry, ...], ...] = ()
    columns: tuple[str, ...] = ()
    """Labels of the members that any part has, in order: the head of a table."""

    def cell(self, part: tuple[Entry, ...], column: str) -> Entry | None:
        """Return the entry of a part under a column."""
        return next((entry for entry in part if entry.label == column), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand under one heading."""

    slug: str
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the facts at the head of a record; never left out, so that places stay."""

    label: str
    text: str
    note: str = ""
    aside: Shown | None = None
    """What the record itself remarks, where that is in another language."""


@dataclass(frozen=True, slots=True)
class Presented:
    """Everything a page shows of a record's own content."""

    title: Shown
    summary: Shown | None
    crumbs: tuple[Shown, ...]
    providers: tuple[Reference, ...]
    facts: tuple[Fact, ...]
    offers: tuple[OfferView, ...]
    groups: tuple[Group, ...]
    contact: tuple[Entry, ...]
    record: tuple[Entry, ...]
    languages: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Presenter:
    """Puts values of a kind's records into words of one language."""

    kind: Kind
    vocabularies: Vocabularies
    lang: str
    resolve: Resolve

    def present(self, record: Record) -> Presented:
        """Return what a page shows of a record."""
        shown_above = {self.kind.title, self.kind.summary}
        pricing = offer_field(self.kind)
        rest, contact, about = [], [], []
        for each in self.kind.fields:
            if (
                each.path == (_IDENTIFIER,)
                or each.name in shown_above
                or each.private
                or each is pricing
                or _PROVIDER in each.path
            ):
                continue
            entry = self.entry(record, each, record.node)
            if entry is None:
                continue
            if set(each.path) & _CONTACT:
                contact.append(entry)
            elif set(each.path) & _RECORD:
                about.append(entry)
            else:
                rest.append((each.group, entry))
        found = offer_views(offers_of(record), self.vocabularies, self.lang) if pricing else ()
        return Presented(
            title=self._text(record, self.kind.title) or Shown(record.iri),
            summary=self._text(record, self.kind.summary),
            crumbs=self._crumbs(record),
            providers=tuple(self.resolve(value(each), self.lang) for each in record.objects(_PROVIDER)),
            facts=self._facts(record, found) if pricing else (),
            offers=found,
            groups=self._groups(rest),
            contact=_flat(contact),
            record=tuple(about),
        )

    def entry(self, record: Record, each: Field, node: Term) -> Entry | None:
        """Return a field with its values at a node, or None without any."""
        terms = record.objects(*each.path, of=node)
        if not terms:
            return None
        label, definition = each.label(self.lang), each.definitions.get(self.lang, "")
        if _ADDRESS in each.classes:
            lines = tuple(self._address(record, each, found) for found in terms)
            return Entry(each.name, label, definition, "pairs", lines)
        if each.fields:
            return self._parts(record, each, terms, label, definition)
        values = tuple(shown for shown in self._values(each, terms) if shown.text)
        if not values:
            return None
        prose = each.type == "text" and any(len(shown.text) > _LONG for shown in values)
        form: Form = "prose" if prose else "tags" if len(values) > 1 else "pairs"
        return Entry(each.name, label, definition, form, values)

    def _parts(self, record: Record, each: Field, nodes: list[Term], label: str, definition: str) -> Entry | None:
        ordered = sorted(nodes, key=lambda node: (_position(record, node), node))
        parts = []
        for node in ordered:
            members = [self.entry(record, member, node) for member in each.fields if not member.private]
            position = _position(record, node)
            kept = tuple(entry for entry in members if entry is not None and not _is_position(entry, each, position))
            if kept:
                parts.append(kept)
        if not parts:
            return None
        columns = tuple(dict.fromkeys(m.label(self.lang) for m in each.fields if any(_has(p, m.name) for p in parts)))
        steps = any(_POSITION in member.path for member in each.fields)
        form: Form = "steps" if steps else "table" if len(parts) > 1 and len(columns) > 1 else "pairs"
        return Entry(each.name, label, definition, form, parts=tuple(parts), columns=columns)

    def _values(self, each: Field, terms: list[Term]) -> Iterable[Shown]:
        if each.type == "text":
            return self._texts(terms)
        return [self._value(each, found) for found in sorted(terms)]

    def _texts(self, terms: list[Term]) -> list[Shown]:
        languages = {language(found).split("-")[0] for found in terms}
        best = next((lang for lang in (self.lang, "zh", "en") if lang in languages), "")
        chosen = [found for found in terms if language(found).split("-")[0] == best] or terms
        other = best if best != self.lang else ""
        return [Shown(value(found), lang=other or ("" if best else "und")) for found in sorted(chosen)]

    def _value(self, each: Field, found: Term) -> Shown:
        raw = written(found)
        concept = self.vocabularies.concept(found) if is_iri(found) else None
        if concept is not None:
            text = wording.concept(self.vocabularies[concept.scheme], concept, self.lang)
            own = "" if self.lang in concept.labels else "zh"
            return Shown(text, own, f"/vocabularies/{concept.scheme}/{concept.notation}", concept.notation)
        if each.type == "reference":
            reference = self.resolve(raw, self.lang)
            href = f"/records/{reference.identifier}" if reference.identifier else raw if raw.startswith(_SAFE) else ""
            return Shown(reference.title or raw, reference.lang, href)
        scheme = each.iri_prefix or _SCHEMES.get(each.path[-1], "")
        if scheme:
            plain = raw.removeprefix(scheme)
            return Shown(plain, href=scheme + plain.replace(" ", ""))
        if raw.startswith(_SAFE):
            return Shown(raw, href=raw)
        return Shown(_plain(each, raw, self.lang))

    def _address(self, record: Record, each: Field, node: Term) -> Shown:
        """Return a postal address as one line, whole in the language that its street is written in, the code last."""
        lines = [self.entry(record, member, node) for member in each.fields]
        found = [shown for line in lines if line is not None for shown in line.values]
        other = next((shown.lang for shown in found if shown.lang not in {"", "und"}), "")
        if other and other != self.lang:
            return replace(replace(self, lang=other)._address(record, each, node), lang=other)
        codes = [shown.text for shown in found if shown.text.isdecimal()]
        words = [shown.text for shown in found if not shown.text.isdecimal()]
        if self.lang == "zh":
            return Shown(" ".join(["".join(words), *codes]))
        return Shown(", ".join([*reversed(words), *codes]))

    def _text(self, record: Record, name: str) -> Shown | None:
        each = self.kind.field(name) if name else None
        terms = record.objects(*each.path) if each else []
        shown = self._texts(terms)
        return shown[0] if shown else None

    def _crumbs(self, record: Record) -> tuple[Shown, ...]:
        """The path to the first value of the first facet that is a tree: where on the site the record stands."""
        for facet in self.kind.facets:
            if facet.type != "concept" or facet.foreign:
                continue
            for found in sorted(record.objects(*facet.path)):
                concept = self.vocabularies.concept(found)
                if concept is None or concept.scheme != facet.scheme:
                    continue
                scheme = self.vocabularies[concept.scheme]
                notations = [*reversed(scheme.ancestors(concept.notation)), concept.notation]
                return tuple(
                    Shown(scheme.concepts[each].label(self.lang), href=facet.name, code=each) for each in notations
                )
        return ()

    def _facts(self, record: Record, found: tuple[OfferView, ...]) -> tuple[Fact, ...]:
        unsaid = say("not stated", self.lang, domain="web")
        first = found[0] if found else None
        per = first.price.unit if first else ""
        per = f"每{per[1:]}" if per.startswith("/") else per
        remark = Shown(first.note, first.note_lang) if first and len(first.note) < _LONG else None
        over = say("expired", self.lang, domain="web") if first and first.expired else ""
        own = remark.text if remark is not None and not remark.lang else ""
        note = wording.clauses([over, per, own], self.lang)
        modes = [shown.text for shown in self._of(record, _MODE)]
        online = any(value(each) in {"true", "1"} for each in record.objects(_ONLINE))
        owner = [shown.text for shown in self._of(record, _OWNERSHIP)]
        return (
            Fact(
                say("Price", self.lang, domain="web"),
                wording.alone(first.price.amount, self.lang) if first else unsaid,
                note,
                remark if remark and remark.lang else None,
            ),
            Fact(say("Lead time", self.lang, domain="web"), (first.period if first else "") or unsaid),
            Fact(
                say("Mode", self.lang, domain="web"),
                wording.listing(modes, self.lang) or unsaid,
                say("can be done fully online", self.lang, domain="web") if online else "",
            ),
            Fact(say("Ownership of results", self.lang, domain="web"), wording.listing(owner, self.lang) or unsaid),
        )

    def _of(self, record: Record, predicate: Term) -> list[Shown]:
        for each in self.kind.fields:
            if each.path == (predicate,):
                return [self._value(each, found) for found in sorted(record.objects(predicate))]
        return []

    def _groups(self, entries: list[tuple[str, Entry]]) -> tuple[Group, ...]:
        order = {group.name: group.order for group in self.kind.groups}
        slugs = sorted(dict.fromkeys(slug for slug, _ in entries), key=lambda slug: order.get(slug, 0))
        return tuple(
            Group(slug, group_label(self.kind, slug, self.lang), tuple(entry for own, entry in entries if own == slug))
            for slug in slugs
        )


def contact_of(presenter: Presenter, record: Record) -> tuple[Entry, ...]:
    """Return the fields by which the people behind a record are reached."""
    fields = [each for each in presenter.kind.fields if is_contact(each) and not each.private]
    entries = [presenter.entry(record, each, record.node) for each in fields]
    return _flat(entry for entry in entries if entry is not None)


def _flat(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return entries with the members of inner nodes in place of these, for a narrow column."""
    return tuple(inner for entry in entries for inner in ([m for part in entry.parts for m in part] or [entry]))


def is_contact(each: Field) -> bool:
    """Whether a field says how to reach people."""
    return bool(set(each.path) & _CONTACT)


def group_label(kind: Kind, slug: str, lang: str) -> str:
    """Return what a group of fields is called."""
    group = next((each for each in kind.groups if each.name == slug), None)
    return group.label(lang) if group else kind.label(lang)


def _position(record: Record, node: Term) -> int:
    for found in record.objects(_POSITION, of=node):
        text = value(found)
        if text.isdecimal():
            return int(text)
    return 0


def _is_position(entry: Entry, owner: Field, position: int) -> bool:
    return position > 0 and any(_POSITION in m.path and m.name == entry.name for m in owner.fields)


def _has(part: tuple[Entry, ...], name: str) -> bool:
    return any(entry.name == name for entry in part)


def _plain(each: Field, raw: str, lang: str) -> str:
    if each.type == "boolean":
        return say("yes" if raw in {"true", "1"} else "no", lang, domain="web")
    if each.type == "date":
        try:
            return wording.date(dt.date.fromisoformat(raw[:10]), lang)
        except ValueError:
            return raw
    if each.type in {"integer", "decimal"}:
        try:
            return f"{Decimal(raw):,f}"
        except InvalidOperation:
            return raw
    return raw
