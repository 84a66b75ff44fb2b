"""What tests of the index that follows ask and wait for."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from catalog_service.operations.search import SearchRequest, search

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.search import SearchPage

CLEAN: dict[str, list[str]] = {"missing": [], "stale": [], "extra": []}


def catch_up(catalogue: Catalogue) -> None:
    assert catalogue.index.bring_to(catalogue.store.last_seq())


def ask(catalogue: Catalogue, q: str = "", **filters: str) -> SearchPage:
    return search(catalogue, SearchRequest(q=q, filters={name: (value,) for name, value in filters.items()}))


def until(holds: Callable[[], Any], seconds: float = 60.0) -> None:
    """Wait until something holds; fail when it does not come to hold."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
