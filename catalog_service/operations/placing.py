"""Where findings of a load belong: at the cell or line a value came from, or where a missing one should stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catalog_service.i18n import both
from catalog_service.model.kind import title_path
from catalog_service.model.record import best_text
from catalog_service.model.report import Finding
from catalog_service.operations.identities import credit_codes
from catalog_service.operations.references import match_keys, titles_of
from catalog_service.validation.catalogue import CREDIT_CODE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog_service.model.kind import Field, Kind
    from catalog_service.operations.spool import Candidate
    from catalog_service.store.rows import RecordRow

Columns = dict[tuple[str, str], "Mapping[str, str]"]
"""File and sheet to the columns of the table there: dotted name to letters."""


_ABSENT = ("minCount", "qualifiedMinCount")
"""What is not there has the place where it should stand, though the same in another language may be given."""


def placed(finding: Finding, candidate: Candidate, kind: Kind, columns: Columns) -> Finding:
    """Return the finding at the place its value came from, else where it should stand, else at the record's."""
    finding = replace(finding, record=candidate.identifier)
    each = kind.field(finding.path) if finding.path else None
    places = candidate.places or {}
    for predicate in (each.path[-1], each.path[0]) if each and finding.code not in _ABSENT else ():
        place = places.get((finding.focus_node, predicate))
        if place is not None:
            return finding.at(place)
    known = columns.get((candidate.place.file, candidate.place.sheet), {}) if candidate.place.row else {}
    column = known.get(finding.path) or next(
        (letters for name, letters in known.items() if finding.path and name.startswith(f"{finding.path}.")), ""
    )
    return finding.at(replace(candidate.place, column=column) if column else candidate.place)


def without_echoes(findings: Iterable[Finding], said: Iterable[Finding]) -> list[Finding]:
    """Return findings of the shapes but those that only follow from a value that could not be read.

    Who is told that a price cannot be understood need not hear that there is no price.
    """
    unread = {finding.path for finding in said if finding.severity == "error" and finding.path}
    heads = {path.partition(".")[0] for path in unread if "." in path}
    return [
        finding for finding in findings if finding.path not in unread and finding.path.partition(".")[0] not in heads
    ]


def _code_field(kind: Kind) -> Field | None:
    return next((each for _, each in kind.walk() if each.path == (CREDIT_CODE,)), None)


def doubled(code: str, other: RecordRow, candidate: Candidate, kind: Kind) -> Finding:
    """Return the finding that a credit code belongs to another record."""
    field = _code_field(kind)
    return Finding(
        "not-unique",
        both("The credit code {value} belongs to {other} already.", domain="findings", value=code, other=other.title),
        both(
            "Change that record ({identifier}) instead of adding another.",
            domain="findings",
            identifier=other.identifier,
        ),
        path=field.name if field else "",
        label=dict(field.labels) if field else {},
        value=code,
        constraint="unique",
        focus_node=candidate.record.node,
    )


def named_twice(candidate: Candidate, title: str, kind: Kind, columns: Columns) -> Finding:
    """Return the finding that a record without identifier was given twice."""
    field = next((each for _, each in kind.walk() if each.path == title_path(kind)), None)
    message = both("“{title}” of the same provider stands twice in what was given.", domain="findings", title=title)
    advice = both("The first one was taken; give this one its own identifier or delete it.", domain="findings")
    return placed(_twice(candidate, field, title, message, advice), candidate, kind, columns)


def code_twice(candidate: Candidate, code: str, kind: Kind, columns: Columns) -> Finding:
    """Return the finding that a credit code was given to two records."""
    message = both("The credit code {value} stands twice in what was given.", domain="findings", value=code)
    advice = both("The first one was taken; correct the code of this one or delete it.", domain="findings")
    return placed(_twice(candidate, _code_field(kind), code, message, advice), candidate, kind, columns)


def _twice(
    candidate: Candidate, field: Field | None, value: str, message: dict[str, str], advice: dict[str, str]
) -> Finding:
    return Finding(
        "identifier-twice",
        message,
        advice,
        path=field.name if field else "",
        label=dict(field.labels) if field else {},
        value=value,
        constraint="unique",
        focus_node=candidate.record.node,
    )


def given_twice(candidate: Candidate, other: Candidate) -> Finding:
    """Return the finding that the identifier of a record was given to another one before."""
    return Finding(
        "identifier-twice",
        both(
            "The identifier {value} stands twice in what was given.",
            domain="findings",
            value=candidate.identifier or candidate.record.iri,
        ),
        both("The first one was taken; give this one its own identifier or delete it.", domain="findings"),
        record=candidate.identifier,
        path="identifier",
        value=str(other.place.row or other.place.line),
        constraint="unique",
        place=candidate.place,
    )


def same_again(candidate: Candidate, other: Candidate | None, kind: Kind, columns: Columns) -> Finding:
    """Return the finding that a record without identifier is one that was given before, told by what they share."""
    codes = set(credit_codes(other.record)) if other else set[str]()
    if shared := [code for code in credit_codes(candidate.record) if code in codes]:
        return code_twice(candidate, shared[0], kind, columns)
    keys = set(match_keys(other.record, kind)) if other else set[str]()
    if not keys.isdisjoint(match_keys(candidate.record, kind)):
        return named_twice(candidate, best_text(titles_of(candidate.record, kind), "zh"), kind, columns)
    return given_twice(candidate, other or candidate)


def held_back(candidate: Candidate, state: str, way: str) -> Finding:
    """Return the finding that a load leaves a record where somebody has put it: suspended or withdrawn.

    ``way`` is how it is published all the same.
    """
    withdrawn = state == "withdrawn"
    return Finding(
        "held-back",
        both("It was withdrawn; a load does not publish it again.", domain="findings")
        if withdrawn
        else both("It is suspended; a load does not publish it again.", domain="findings"),
        both("If it is to come back: {way}", domain="findings", way=way),
        severity="warning",
        record=candidate.identifier,
        constraint="state",
        place=candidate.place,
    )


def conflict(candidate: Candidate, other: RecordRow | None) -> Finding:
    """Return the finding that a record's identifier or IRI belongs to another one, or to it with another kind."""
    value = candidate.identifier
    message = both("The identifier {value} or its IRI belongs to another record.", domain="findings", value=value)
    advice = both("The other record is {other}.", domain="findings", other=other.identifier) if other else {}
    if other and other.identifier == value:
        advice = both("Give the new record an identifier of its own.", domain="findings")
        if other.kind == candidate.record.kind:
            message = both("{value} has another IRI, which cannot change.", domain="findings", value=value)
        else:
            message = both("{value} is of another kind, which cannot change.", domain="findings", value=value)
    return Finding(
        "identity-conflict",
        message,
        advice,
        record=value,
        value=value,
        constraint="unique",
        place=candidate.place,
    )
