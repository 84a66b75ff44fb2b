"""What is wrong with a record, said once for every stage: findings with place, field, message and suggestion."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stood in what was given: a file and in it a cell or a line. Rows and lines count from 1."""

    file: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    """The column's letters, as a spreadsheet shows them."""
    line: int = 0

    @property
    def beginning(self) -> int:
        """The line, or in a table the row; 0 where there is none."""
        return self.line or self.row


NOWHERE = Place()
"""No place: the value was not read from a file."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or could be better, in both languages."""

    code: str
    """A stable word for the situation, such as ``minCount`` or ``unknown-concept``."""
    message: Mapping[str, str]
    suggestion: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = "error"
    record: str = ""
    """Identifier or IRI of the record, if known."""
    path: str = ""
    """Short names joined by dots, such as ``offer.minPrice``."""
    label: Mapping[str, str] = field(default_factory=dict)
    """The field's label."""
    value: str = ""
    constraint: str = ""
    """IRI of the constraint component, or the name of a catalogue rule."""
    focus_node: str = ""
    source_shape: str = ""
    place: Place = NOWHERE
    value_term: str = ""
    """What ``value`` shows, as a term; empty if no result of a shape is behind the finding."""
    predicates: tuple[str, ...] = ()
    """The path from the focus node to the value, as terms."""

    def at(self, place: Place) -> Finding:
        """Return the same finding at a place."""
        return replace(self, place=place)


@dataclass(frozen=True, slots=True)
class Report:
    """The findings on one or more records."""

    findings: tuple[Finding, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether there is no error among the findings."""
        return all(finding.severity != "error" for finding in self.findings)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stand in the way of publication."""
        return tuple(finding for finding in self.findings if finding.severity == "error")
