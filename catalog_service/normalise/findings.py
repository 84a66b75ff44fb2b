"""What normalisation says to people: every sentence it has, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.i18n import both
from catalog_service.model.report import NOWHERE, Finding, Place, Severity
from catalog_service.normalise.text import printable

if TYPE_CHECKING:
    from catalog_service.model.kind import Field

SENTENCES: dict[str, tuple[str, str]] = {
    "unknown-column": ("There is no element “{value}”; it was left out.", "Did you mean “{near}”?"),
    "needs-members": ("{label}: “{value}” must be said in parts.", "Use the members {members}."),
    "loose-node": ("What is said of {value} was left out, since nothing in the record leads to it.", ""),
    "computed": ("{label}: the catalogue fills this itself; what was given was left out.", ""),
    "bad-identifier": (
        "{label}: “{value}” cannot be an identifier.",
        "Write 4 to 64 capital letters, digits, dots, dashes or underscores, such as KB-0000217, or leave it empty.",
    ),
    "identifier-mismatch": (
        "{label}: the record says {value}, its address says {other}.",
        "Write the same identifier in both, or leave it out.",
    ),
    "bad-iri-own": (
        "The address {value} cannot be that of a record.",
        "Begin it with http:// or https://, or leave it out.",
    ),
    "language-added": ("{label}: “{value}” names no language and was taken as Chinese.", "Add @zh or @en."),
    "repaired": ("{label}: {value} was read as {new}.", ""),
    "unknown-property": ("The property {value} is not in the profile; it was kept.", ""),
    "unknown-code": ("{label}: “{value}” is not in the list.", "Write one of: {near}."),
    "unlike-any-code": (
        "{label}: “{value}” is not in the list.",
        "Write a code or a name of the list “{list}” ({slug}), such as {near}.",
    ),
    "ambiguous-code": ("{label}: “{value}” may mean {count} things.", "Write one of: {near}."),
    "bad-date": ("{label}: “{value}” is not a date.", "Write it like 2026-03-05."),
    "no-such-day": ("{label}: there is no day “{value}”.", "Write a day of the calendar, like 2026-03-05."),
    "bad-number": ("{label}: “{value}” is not a number.", "Write digits, such as 2800."),
    "bad-integer": ("{label}: “{value}” is not a whole number.", "Write a whole number, such as 3."),
    "bad-boolean": ("{label}: “{value}” is neither yes nor no.", "Write 是 or 否."),
    "bad-price": (
        "{label}: “{value}” cannot be understood as a price.",
        "Write it like 2800, 1000元起, 500元/次, 5-8万元, 面议 or 免费.",
    ),
    "bad-period": (
        "{label}: “{value}” cannot be understood as a period.",
        "Write it like 5-15个工作日, 3周 or 不超过3个月.",
    ),
    "lost-digits": (
        "{label}: the spreadsheet kept this as the number {value}, so its last digits are lost.",
        "Set the column to text and fill the cell in again.",
    ),
    "price-contradicts": (
        "{label}: “{value}” contradicts {other} “{given}”.",
        "Say the same in both, or leave one of them empty.",
    ),
    "period-contradicts": (
        "{label}: “{value}” contradicts {other} “{given}”, or cannot be said in its unit.",
        "Say both in the same unit, such as 5个工作日 and 40个工作日, or leave one of them empty.",
    ),
    "forbidden-character": ("{label}: characters that no text may hold were taken out of “{value}”.", ""),
    "too-long": ("{label}: the text has {length} characters; {most} is the most.", "Shorten it."),
    "bad-iri": ("{label}: “{value}” is no web address.", "Write it like {example}."),
    "bad-address": ("{label}: “{value}” is no address.", "Write it like {example}."),
    "bad-iri-part": (
        "{label}: “{value}” is no address because of the “{part}” in it.",
        "Copy it from the address bar of a browser, or write % as %25, [ as %5B, ] as %5D, a second # as %23.",
    ),
    "bad-phone": ("{label}: “{value}” is no telephone number.", "Write it like 0771-5550123."),
}  # fmt: skip
"""Code of a finding to what is wrong and what to write."""


CODES = {
    "unlike-any-code": "unknown-code",
    "no-such-day": "bad-date", "bad-integer": "bad-number", "bad-phone": "bad-iri", "bad-iri-own": "bad-iri",
    "bad-address": "bad-iri", "bad-iri-part": "bad-iri",
    "price-contradicts": "bad-price", "period-contradicts": "bad-period",
}  # fmt: skip
"""Situations that share a code with another and differ in words only."""


def notice(
    code: str,
    place: Place = NOWHERE,
    *,
    path: str = "",
    field: Field | None = None,
    value: str = "",
    severity: Severity = "error",
    **values: object,
) -> Finding:
    """Return a finding; ``path`` is the dotted short name of the field."""
    message, advice = SENTENCES[code]
    label = dict(field.labels) if field else {}
    value = printable(value)
    words = {"label": label, "value": value, **values}
    said = both(advice, domain="normalise", **words) if advice and values.get("near", True) else {}
    return Finding(
        CODES.get(code, code),
        both(message, domain="normalise", **words),
        said,
        severity=severity,
        path=path,
        label=label,
        value=value,
        constraint=CODES.get(code, code),
        place=place,
    )
