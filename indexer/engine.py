"""The port every search engine implements.

How to add an engine: a file in ``indexer/engines/`` with a class of these methods and one line in
``indexer/engines/__init__.py``; the contract suite (``tests/contracts/test_engine.py``) runs over it by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.query import Search
    from indexer.result import SearchResult
    from indexer.schema import Deletion, Document, IndexSchema, Prepared


class Engine(Protocol):
    """An open index of one schema and fingerprint."""

    name: str
    schema: IndexSchema

    def write(self, changes: Sequence[Document | Prepared | Deletion], position: int) -> list[Refusal]:
        """Apply changes and the position they bring the index to, all or nothing; return the documents refused.

        Newer ``seq`` wins whatever the order of delivery; a position never goes back; the same call twice is harmless.
        """

    def position(self) -> int:
        """Return the last position that was committed, 0 for a new index."""

    def search(self, search: Search) -> SearchResult:
        """Answer a search from the newest commit."""

    def entries(self) -> Iterator[tuple[str, int, str]]:
        """Yield id, seq and hash of every live document, ordered by id, for comparing with the store."""

    def refresh(self) -> None:
        """Make the newest commit of any process visible to searches here."""

    def close(self) -> None:
        """Let go of files and connections."""


class Refusal(tuple[str, str]):
    """Id of a document the engine would not take, and why."""

    __slots__ = ()
