"""The embedded engine: tantivy, files in a folder, one writing process and any number of reading ones.

`layout` says which fields a document has there, `translate` puts the clause tree into tantivy's queries, `order` gives
hits in the order all engines share, `engine` ties them to the port.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.analysis import Analyser
    from indexer.engines.embedded.engine import EmbeddedEngine
    from indexer.schema import IndexSchema


def open_index(
    schema: IndexSchema,
    analyser: Analyser,
    *,
    path: Path | str | None = None,
    threads: int = 1,
    memory: int = 128_000_000,
    **_: Any,
) -> EmbeddedEngine:
    """Open the index in the folder ``path``, made if it is not there; without path one in memory.

    ``threads`` and ``memory`` (bytes, for all threads) are what the writer may take; a reader takes neither.
    """
    from indexer.engines.embedded.engine import EmbeddedEngine

    return EmbeddedEngine(schema, analyser, path=path, threads=threads, memory=memory)
