"""Who a record without identifier is: known by its IRI, its credit code or its name with its provider, else new."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.identifiers import clean_identifier, is_identifier, record_iri
from catalog_service.operations.references import match_keys
from catalog_service.operations.spool import with_iri
from catalog_service.validation.catalogue import CREDIT_CODE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalog_service.model.kind import Kind
    from catalog_service.model.record import Record
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.spool import Candidate
    from catalog_service.store.rows import RecordRow


def recognised(catalogue: Catalogue, candidates: Sequence[Candidate]) -> dict[int, RecordRow]:
    """Return the stored record that each candidate is, by its place in the spool."""
    store, kinds = catalogue.store, catalogue.profile.kinds
    known = {}
    rows = store.by_iris([each.record.iri for each in candidates])
    for each in candidates:
        if each.record.iri in rows:
            known[each.number] = rows[each.record.iri]
    for key, values in (("uscc", credit_codes), ("match", match_keys)):
        wanted = {each.number: values(each.record, kinds[each.record.kind]) for each in candidates}
        found = store.by_keys(key, sorted({value for each in wanted.values() for value in each}))
        for each in candidates if found else ():
            same = {row.identifier: row for row in here(found, wanted[each.number], each.record.kind)}
            if each.number not in known and len(same) == 1:
                known[each.number] = next(iter(same.values()))
    return known


def here(found: Mapping[str, Iterable[RecordRow]], values: Iterable[str], kind: str) -> list[RecordRow]:
    """Return the records of a kind that were found by certain values and are not withdrawn."""
    rows = [row for value in values for row in found.get(value, ())]
    return [row for row in rows if row.kind == kind and row.state != "withdrawn"]


def given(candidate: Candidate, kind: Kind) -> str:
    """Return the identifier that a value of the record makes, such as a code the state gave; empty if none does."""
    source = kind.field(kind.identifier_from) if kind.identifier_from else None
    found = candidate.record.objects(*source.path) if source else []
    identifier = clean_identifier(terms.value(found[0])) if len(found) == 1 else ""
    return identifier if is_identifier(identifier) else ""


def identified(candidate: Candidate, kind: Kind, row: RecordRow | None, minted: str, iri_base: str) -> Candidate:
    """Return the candidate as the record it is, or under the identifier that was made for it."""
    if candidate.identifier:
        return candidate
    identifier = row.identifier if row else minted
    made = row is None and identifier != given(candidate, kind)
    named = replace(candidate, identifier=identifier, minted=made)
    if not candidate.record.iri.startswith("urn:"):
        return named
    return with_iri(named, row.iri if row else record_iri(iri_base, candidate.record.kind, identifier))


def credit_codes(record: Record, _kind: Kind | None = None) -> list[str]:
    """Return the unified social credit codes of a record."""
    return [terms.value(code) for code in record.own.get(CREDIT_CODE, ())]
