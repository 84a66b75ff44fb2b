"""The way back through pages that have keys and no numbers: an address carries the keys of the pages before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog_service.operations.search import SearchRequest

FIRST = "0"
"""Stands for the first page, which has no key."""

_MOST = 20
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Trail:
    """The keys of the pages before the shown one, oldest first; after many pages the oldest are forgotten."""

    after: str
    back: tuple[str, ...]
    size: int

    @classmethod
    def of(cls, back: Sequence[str], request: SearchRequest) -> Trail:
        """Return the way back that an address carries; what cannot be a key is left out.

        >>> from catalog_service.operations.search import SearchRequest
        >>> Trail.of(["0", "first"], SearchRequest(after="second")).previous
        {'after': 'first', 'back': ('0',)}
        """
        keys = tuple(each for each in back if each and len(each) <= _LONGEST)[-_MOST:]
        return cls(request.after, keys if request.after else (), request.size)

    @property
    def second(self) -> bool:
        """Whether the page before is the first."""
        return self.back == (FIRST,)

    @property
    def start(self) -> int:
        """The place of the first row in the list, counted from 1; 0 if it is not known."""
        if not self.after:
            return 1
        return len(self.back) * self.size + 1 if self.back[:1] == (FIRST,) else 0

    @property
    def previous(self) -> dict[str, object] | None:
        """What the address of the page before says, None if that is not known."""
        if not self.back:
            return None
        return {"after": "" if self.second else self.back[-1], "back": self.back[:-1]}

    def next(self, key: str) -> dict[str, object]:
        """Return what the address of the next page says."""
        return {"after": key, "back": (*self.back, self.after or FIRST)[-_MOST:]}
