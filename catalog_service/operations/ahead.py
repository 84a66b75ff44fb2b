"""Candidates whose check has begun: while it goes on in a sandbox, the chunk before them is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catalog_service.model.report import Finding
    from catalog_service.operations.intake import Intake
    from catalog_service.operations.spool import Candidate


@dataclass(frozen=True, slots=True)
class Begun:
    """Candidates on their way: with their references resolved, then filled; and what the check says of them."""

    bare: Sequence[Candidate]
    filled: Sequence[Candidate]
    findings: Mapping[str, list[Finding]]
    """By IRI; looking at them may mean to wait."""
    commits: int
    """How many transactions there had been when it began."""

    @property
    def unresolved(self) -> bool:
        """Whether something refers to what was not there yet."""
        return any(each.references for each in self.bare)


def one_ahead(intake: Intake, chunks: Iterable[list[Candidate]]) -> Iterator[list[Candidate]]:
    """Yield chunks to be taken, each when the check of the one behind it has begun."""
    before: list[Candidate] = []
    for chunk in chunks:
        intake.resolver.forget()
        intake.ahead[chunk[0].number] = intake.begin(chunk)
        if before:
            yield before
        before = chunk
    if before:
        yield before
