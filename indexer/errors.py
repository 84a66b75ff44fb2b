"""What can go wrong with an index, named for the situation.

::

    IndexerError
    ├── UnknownEngine      (also ValueError)  no engine of that name
    ├── UnknownField       (also ValueError)  a search names a field the schema has not
    ├── QueryTooLong       (also ValueError)  a query nobody types by hand
    ├── WrongIndex         what lies at the path was made for another schema or is no index
    ├── IndexLocked        another process writes this index
    └── IndexUnreachable   a server that does not answer, or a disk that is full
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class IndexerError(Exception):
    """Base of all."""


class UnknownEngine(IndexerError, ValueError):
    """No engine has this name; ``known`` lists those that exist."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(sorted(known))
        super().__init__(f"no search engine named {name!r}; known: {', '.join(self.known)}")


class UnknownField(IndexerError, ValueError):
    """A search names a field that the schema has not."""

    def __init__(self, field: str, known: Iterable[str]) -> None:
        self.field = field
        self.known = tuple(sorted(known))
        super().__init__(f"no field named {field!r}; known: {', '.join(self.known)}")


class QueryTooLong(IndexerError, ValueError):
    """More characters or clauses than the limit; ``limit`` is the number and ``what`` the thing counted."""

    def __init__(self, what: str, limit: int) -> None:
        self.what = what
        self.limit = limit
        super().__init__(f"a query has at most {limit} {what}")


class WrongIndex(IndexerError):
    """The files found are not this index: another schema made them, or something damaged them."""


class IndexLocked(IndexerError):
    """Another process holds the write lock of this index."""


class IndexUnreachable(IndexerError):
    """A server that does not answer, or a disk that cannot be written."""
