"""The index followed in a process of its own while a load goes on, so that both cores work.

It changes nothing about safety: whoever holds the lock writes the index, and its position is committed with it.
"""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.context import SpawnContext
    from multiprocessing.synchronize import Event
    from pathlib import Path

    from catalog_service.config import Value
    from catalog_service.operations.catalogue import Catalogue

WORTHWHILE = 3_000
"""Records from which on a process of its own pays for its start."""

_PAUSE = 0.2


class FollowingBeside:
    """Follows the log in another process from when enough is read to the end of the ``with`` block."""

    def __init__(self, catalogue: Catalogue, *, wanted: bool) -> None:
        settings = catalogue.settings
        self._home = settings.home
        self._overrides = {
            name: value for name, value in settings.values.items() if settings.origins[name] != "default"
        }
        self._wanted = wanted and settings.text("search.engine") != "memory"
        self._process: Any = None
        self._ended: Event | None = None

    def consider(self, records: int) -> None:
        """Begin, if so many records are enough to follow; it gets ready while the rest is read."""
        if not self._wanted or records < WORTHWHILE or self._process is not None:
            return
        context: SpawnContext = multiprocessing.get_context("spawn")
        self._ended = context.Event()
        self._process = context.Process(target=follow, args=(self._home, self._overrides, self._ended), daemon=True)
        self._process.start()

    def __enter__(self) -> FollowingBeside:
        return self

    def __exit__(self, *error: object) -> None:
        if self._process is None or self._ended is None:
            return
        self._ended.set()
        self._process.join()


def follow(home: Path, overrides: dict[str, Value], ended: Event) -> None:
    """Follow the log until the event is set, or who loads is gone, and everything written before is in the index."""
    from catalog_service.errors import CatalogError
    from catalog_service.operations.catalogue import open_catalogue

    catalogue = open_catalogue(home, environment={}, overrides=overrides)
    try:
        if not catalogue.index.acquire():
            return
        catalogue.index.analyser.streams("技术转移", pinyin=True)  # loads dictionary, variants and readings
        loading = multiprocessing.parent_process()
        while not ended.wait(_PAUSE) and (loading is None or loading.is_alive()):
            catalogue.index.catch_up()
        catalogue.index.catch_up()
    except (CatalogError, KeyboardInterrupt):
        return  # the load itself brings the index up, and tells why if it cannot
    finally:
        catalogue.close()
