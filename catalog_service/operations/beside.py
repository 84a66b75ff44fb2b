"""The index written by a process of its own while a load goes on, so that both cores work.

The loading process makes documents of what the log holds since where the index is; the other one cuts them into tokens
and writes them. It changes nothing about safety: whoever holds the lock writes the index, its position is committed
with it, and what is not handed over is caught up from the log.
"""

from __future__ import annotations

import gc
import marshal
import multiprocessing
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any

from catalog_service.operations.documents import Maker
from catalog_service.operations.follow import CHUNK
from indexer.schema import Deletion, Document

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    from catalog_service.config import Value
    from catalog_service.operations.catalogue import Catalogue

WORTHWHILE = 3_000
"""Records from which on a process of its own pays for its start."""

_AHEAD = 3
"""Chunks of documents that wait to be written: some 15 MB."""


class FollowingBeside:
    """Writes the index in another process from when enough is read to the end of the ``with`` block."""

    def __init__(self, catalogue: Catalogue, *, wanted: bool) -> None:
        self._catalogue = catalogue
        self._wanted = wanted and catalogue.settings.text("search.engine") != "memory"
        self._maker = Maker(catalogue)
        self._process: Any = None
        self._channel: Connection | None = None
        self._position: int | None = None
        """Up to which change documents were handed over; None before the other process has told where the index is."""

    def consider(self, records: int) -> None:
        """Begin, if so many records are enough to follow; it gets ready while the rest is read."""
        if not self._wanted or records < WORTHWHILE or self._process is not None:
            return
        settings = self._catalogue.settings
        changed = {name: value for name, value in settings.values.items() if settings.origins[name] != "default"}
        context = multiprocessing.get_context("spawn")
        self._channel, its = context.Pipe()
        self._process = context.Process(target=follow, args=(settings.home, changed, its), daemon=True)
        self._process.start()
        its.close()

    def hand_on(self, last: int, least: int = CHUNK) -> None:
        """Make documents of the changes up to one, if at least so many wait, and hand them over."""
        channel = self._channel
        if channel is None:
            return
        try:
            if self._position is None and (least < CHUNK or channel.poll()):
                self._position = channel.recv()
            while self._position is not None and last - self._position >= least:
                if not self._hand_over(channel, self._position):
                    break
        except (OSError, EOFError):  # it has ended: the load itself brings the index up, or tells why it cannot
            self._let_go()

    def _hand_over(self, channel: Connection, start: int) -> bool:
        """Hand over a chunk behind a position; tell whether there was any."""
        entries = self._catalogue.store.changes(start, CHUNK)
        if entries:
            changes, refused = self._maker.changes(entries)
            self._position = entries[-1].seq
            channel.send_bytes(_packed(start, self._position, changes, refused))
        return bool(entries)

    def __enter__(self) -> FollowingBeside:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self._process is None:
            return
        if kind is None:
            self.hand_on(self._catalogue.store.last_seq(), 1)
        self._let_go()
        self._process.join()

    def _let_go(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None


def follow(home: Path, overrides: dict[str, Value], channel: Connection) -> None:
    """Write what comes into the index until nobody can send any more, because the load has ended or was killed."""
    from catalog_service.errors import CatalogError
    from catalog_service.operations.catalogue import open_catalogue

    catalogue = open_catalogue(home, environment={}, overrides=overrides)
    try:
        if not catalogue.index.acquire():
            return
        catalogue.index.analyser.streams("技术转移", pinyin=True)  # loads dictionary, variants and readings
        catalogue.index.catch_up()
        gc.collect()
        gc.freeze()
        channel.send(catalogue.index.position())
        coming: Queue[bytes | None] = Queue(_AHEAD)
        Thread(target=_receive, args=(channel, coming), daemon=True).start()
        while (message := coming.get()) is not None:
            catalogue.index.put(*_unpacked(message))
    except (CatalogError, KeyboardInterrupt, BrokenPipeError):
        return  # the load itself brings the index up, and tells why if it cannot
    finally:
        catalogue.close()


def _receive(channel: Connection, coming: Queue[bytes | None]) -> None:
    """Take in what is sent while something else is written."""
    try:
        while True:
            coming.put(channel.recv_bytes())
    except (OSError, EOFError):
        coming.put(None)


def _packed(start: int, end: int, changes: Sequence[Document | Deletion], refused: dict[str, str]) -> bytes:
    documents = [_members(each) for each in changes if isinstance(each, Document)]
    deletions = [_members(each) for each in changes if isinstance(each, Deletion)]
    return marshal.dumps((start, end, documents, deletions, refused))


def _members(change: Document | Deletion) -> tuple[Any, ...]:
    return tuple(getattr(change, name) for name in change.__slots__)


def _unpacked(message: bytes) -> tuple[int, int, list[Document | Deletion], dict[str, str]]:
    start, end, documents, deletions, refused = marshal.loads(message)  # noqa: S302 - from who started this process
    return start, end, [*(Document(*each) for each in documents), *(Deletion(*each) for each in deletions)], refused
