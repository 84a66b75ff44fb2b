"""What an engine answers: hits in order, a total, counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def rounded(score: float) -> float:
    """Return the score in five significant digits, which is as far as engines with 32-bit floats agree.

    Where a score lies between two roundings the last of them may differ by one.

    >>> rounded(12.3456789)
    12.346
    """
    return float(f"{score:.5g}")


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found."""

    id: str
    kind: str
    seq: int
    score: float
    """Lucene's BM25, `rounded`; 0 when the order is not by relevance."""
    key: tuple[float | int | None, str]
    """The sort value and the id: what ``Search.after`` takes to go on behind this hit."""
    stored: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The page asked for, and the figures about all that matches."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Facet name to value to count, count descending then value; never a zero."""
    counts: Mapping[str, int] = field(default_factory=dict)
    position: int = 0
    """The change the index had reached when it answered."""
    more: bool = False
    """Whether there are hits behind the last one (within the 1,000 of relevance)."""
