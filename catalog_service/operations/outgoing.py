"""Records on their way out: the stored public form with what the catalogue adds to it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.kind import title_path
from catalog_service.model.record import Record, parse_canonical
from catalog_service.namespaces import CODE_LISTS, XSD, term
from catalog_service.store.rows import stamp_text
from catalog_service.writers.base import Outgoing, Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog_service.model.terms import Term
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.store.rows import Entry

_STATUS = term("adms:status")
_MODIFIED = term("dct:modified")
_PUBLISHED = terms.iri(f"{CODE_LISTS}record-status/published")


def outgoing(catalogue: Catalogue, entry: Entry) -> Outgoing:
    """Return a published record as it goes out; the entry must carry its form."""
    kind = catalogue.profile.kinds[entry.kind]
    modified = stamp_text(entry.stamp)
    record = with_additions(parse_canonical(entry.form or b"", entry.iri, entry.kind), "published", modified)
    return Outgoing(record, kind, entry.identifier, entry.version, entry.public_hash, modified)


def with_additions(record: Record, state: str, modified: str) -> Record:
    """Return the record with its state and the day of its last change, which are not stored with it."""
    return _with(record, _additions(state, modified))


def _additions(state: str, modified: str) -> dict[Term, list[Term]]:
    return {
        _STATUS: [terms.iri(f"{CODE_LISTS}record-status/{state}")],
        _MODIFIED: [terms.literal(modified[:10], datatype=f"{XSD}date")],
    }


def _with(record: Record, additions: dict[Term, list[Term]]) -> Record:
    return Record(record.iri, record.kind, {**record.nodes, record.node: {**record.own, **additions}})


def as_if_published(records: Iterable[Record]) -> list[Record]:
    """Return records with what the catalogue would add on publication: for checking them beforehand."""
    additions = _additions("published", stamp_text(int(time.time())))
    return [_with(record, additions) for record in records]


def surroundings(catalogue: Catalogue) -> Surroundings:
    """Return what writers may ask for; names are looked up once and kept until something is published."""
    seq = catalogue.store.last_seq()
    names = catalogue.names.at(seq)

    def name_of(iri: str) -> dict[str, str]:
        if iri not in names:
            names[iri] = _names(catalogue, iri)
        return names[iri]

    def page_of(identifier: str) -> str:
        return f"{catalogue.public_url or catalogue.iri_base}/records/{identifier}"

    return Surroundings(catalogue.profile.vocabularies, name_of, page_of, written=catalogue.names.written(seq))


def learn_names(catalogue: Catalogue, entries: Iterable[Entry]) -> None:
    """Look up at once what the records are called that a page of records refers to by sets such as ``org:…``."""
    names = catalogue.names.at(catalogue.store.last_seq())
    kinds = catalogue.profile.kinds.values()
    prefixes = tuple(f"{prefix}:" for kind in kinds for prefix, (_, scheme) in kind.sets.items() if not scheme)
    wanted = {each.partition(":")[2] for entry in entries for each in entry.sets if each.startswith(prefixes)}
    fresh = sorted(wanted - catalogue.names.learned)
    catalogue.names.learned.update(fresh)
    for entry in catalogue.store.published(fresh).values() if fresh else ():
        names.setdefault(entry.iri, _names_in(catalogue, entry))


def _names(catalogue: Catalogue, iri: str) -> dict[str, str]:
    row = catalogue.store.by_iri(iri)
    entry = catalogue.store.published([row.identifier]).get(row.identifier) if row is not None and row.live else None
    return {} if entry is None else _names_in(catalogue, entry)


def _names_in(catalogue: Catalogue, entry: Entry) -> dict[str, str]:
    path = title_path(catalogue.profile.kinds[entry.kind])
    found = parse_canonical(entry.form or b"", entry.iri, entry.kind).objects(*path) if path else []
    return {terms.language(each).split("-")[0]: terms.value(each) for each in found}
