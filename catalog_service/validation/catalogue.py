"""Rules that no shape can hold: arithmetic on codes.

References and uniqueness need the store and stand in `catalog_service.operations.references`.
Source: GB 32100-2015 (as quoted in public texts), check character by ISO 7064 / GB/T 17710.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.i18n import both
from catalog_service.model import terms
from catalog_service.model.report import Finding
from catalog_service.namespaces import term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.kind import Kind
    from catalog_service.model.record import Record
    from catalog_service.model.vocabulary import Vocabularies

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The characters of a unified social credit code: no I, O, S, V, Z."""

_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
CREDIT_CODE = term("sts:unifiedSocialCreditCode")


def check_character(code: str) -> str:
    """Return the check character that belongs to the first 17 characters of a credit code.

    >>> check_character("91110000600037341")
    'L'
    """
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(code, _WEIGHTS, strict=False))
    return ALPHABET[-total % 31]


def check_codes(record: Record, kind: Kind, vocabularies: Vocabularies) -> Iterator[Finding]:
    """Yield findings on a record's credit codes: a wrong check character, an unknown region inside."""
    for value in record.objects(CREDIT_CODE):
        code = terms.value(value)
        if len(code) != 18 or any(char not in ALPHABET for char in code):
            continue
        wanted = check_character(code)
        if code[-1] != wanted:
            message = "{label}: the check character of “{value}” is {found}, it should be {wanted}."
            advice = "Compare it with the business licence; one character is probably mistyped."
            yield _finding("check-character", message, advice, record, kind, code, found=code[-1], wanted=wanted)
        regions = vocabularies.get("region")
        if regions is not None and code[2:8] not in regions.concepts:
            message = "{label}: “{region}” in “{value}” is no region code in force."
            advice = "It may be an older code; check it if the rest was typed by hand."
            yield _finding("region-in-code", message, advice, record, kind, code, severity="warning", region=code[2:8])


def _finding(code: str, message: str, advice: str, record: Record, kind: Kind, value: str, **values: str) -> Finding:
    field = next((each for _, each in kind.walk() if each.path == (CREDIT_CODE,)), None)
    label = dict(field.labels) if field else {}
    severity = values.pop("severity", "error")
    return Finding(
        code,
        both(message, domain="findings", label=label, value=value, **values),
        both(advice, domain="findings"),
        severity="warning" if severity == "warning" else "error",
        record=record.iri,
        path=field.name if field else "",
        label=label,
        value=value,
        constraint=code,
        focus_node=record.node,
    )
