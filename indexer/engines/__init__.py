"""The engines by name; each is imported when it is first asked for.

To add one: a module here with ``open_index(schema, analyser, **options)`` that returns an `indexer.engine.Engine`, and
its line in `ENGINES`. The contract suite runs over every name in it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from indexer.errors import UnknownEngine

if TYPE_CHECKING:
    from indexer.analysis import Analyser
    from indexer.engine import Engine
    from indexer.schema import IndexSchema

ENGINES = {
    "memory": "indexer.engines.memory:open_index",
    "embedded": "indexer.engines.embedded:open_index",
    "elasticsearch": "indexer.engines.elasticsearch:open_index",
}


def open_engine(name: str, schema: IndexSchema, analyser: Analyser, **options: Any) -> Engine:
    """Open an index of that engine, made if it is not there; ``options`` are the engine's own (``path``, ``url`` …).

    Options that an engine has no use for are for it to ignore, so that one set of settings serves all.
    """
    if name not in ENGINES:
        raise UnknownEngine(name, ENGINES)
    module, _, attribute = ENGINES[name].partition(":")
    return cast("Engine", getattr(import_module(module), attribute)(schema, analyser, **options))
