"""The index follows the log: the only writer of an index is who holds its lock, its position is committed with it.

Killed at any moment it catches up from the position, misses nothing and doubles nothing (architecture, decision 8).
"""

from __future__ import annotations

import fcntl
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catalog_service.errors import BadQuery, EnvironmentProblem, IndexUnavailable
from catalog_service.indexing import index_schema
from catalog_service.operations.collecting import rare_collections
from catalog_service.operations.documents import Maker
from catalog_service.operations.generations import remove_unused
from indexer import grammar
from indexer.analysis import Analyser
from indexer.bulk import fingerprint
from indexer.engines import open_engine
from indexer.errors import IndexerError, QueryTooLong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.documents import Handed
    from catalog_service.store.rows import LogEntry
    from indexer.engine import Engine
    from indexer.grammar import Parsed
    from indexer.query import Search
    from indexer.result import SearchResult
    from indexer.schema import Deletion, Document, IndexSchema

CHUNK = 1000
"""Log entries taken at once, where nothing else is said: one commit of the index."""

LOCK = "index.lock"
GENERATION = "index.generation."
"""The store's word, by engine, for how often its index was made anew; every process takes up the newest."""

REFUSED = "index.refused"
"""The store's word for the records an index would not take: identifier to reason, as JSON."""

_MOST_REFUSED = 1000
_POLL = 0.05
_LOOK = 1.0
_LEFT_BEHIND = 30.0
_GRACE = 30.0
"""Seconds an engine stays open after another took its place: searches begun on it end well before."""


class Index:
    """The search index of a catalogue: searched by every process, written by the one that holds the lock."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.chunk = CHUNK
        self._lock_file: Any = None
        self._opening = threading.RLock()
        self._writing = threading.Lock()
        self._engine: Engine | None = None
        self._retired: list[tuple[float, Engine]] = []
        self._refreshed = 0.0
        self._looked = 0.0
        self._generation = 0
        self._maker = Maker(catalogue)

    @cached_property
    def analyser(self) -> Analyser:
        """Cuts texts and queries, with the terms of our code lists as words."""
        return Analyser(_terms(self.catalogue))

    @cached_property
    def schema(self) -> IndexSchema:
        """What all kinds of records ask of an index."""
        return index_schema(self.catalogue.profile.kinds)

    @property
    def engine(self) -> Engine:
        """The engine the settings name, opened at the newest index of our schema and analyser."""
        with self._opening:
            if self._engine is None:
                self._generation = self.newest_generation()
                self._engine = self.open_generation(self._generation)
            return self._engine

    @property
    def shared(self) -> bool:
        """Whether processes share one index; the memory engine's is each process's own."""
        return self.catalogue.settings.text("search.engine") != "memory"

    def newest_generation(self) -> int:
        """Return how often the index of this engine was made anew."""
        name = self.catalogue.settings.text("search.engine")
        return int(self.catalogue.store.meta(GENERATION + name) or "0")

    def folder(self, generation: int) -> Path:
        """Return where an engine that lives in files keeps a generation of its index."""
        return self.catalogue.home / "index" / f"{fingerprint(self.schema, self.analyser)}-{generation}"

    def open_generation(self, generation: int) -> Engine:
        """Open a generation of the index, empty if it is new."""
        settings = self.catalogue.settings
        name = settings.text("search.engine")
        options: dict[str, Any] = {"path": self.folder(generation)} if name == "embedded" else {}
        if name == "elasticsearch":
            options = {
                "url": settings.text("search.url"),
                "index_prefix": settings.text("search.index_prefix"),
                "api_key": settings.text("search.api_key"),
                "replicas": settings.number("search.replicas"),
                "shards": settings.number("search.shards"),
            }
        with told():
            return open_engine(name, self.schema, self.analyser, **options)

    def take_up(self, generation: int, engine: Engine | None = None) -> None:
        """Search and write a newer generation from now on; searches begun on the old one end on it."""
        with self._opening:
            if self._engine is not None:
                self._retired.append((time.monotonic(), self._engine))
            self._engine, self._generation = engine, generation
            self._maker = Maker(self.catalogue)

    # searching

    def parse(self, text: str) -> Parsed:
        """Return a query text understood, over the searched fields of all kinds."""
        settings = self.catalogue.settings
        with told():
            return grammar.parse(
                text,
                self.schema.texts,
                self.analyser,
                max_characters=settings.number("limits.query_length"),
                max_clauses=settings.number("limits.query_clauses"),
            )

    def relaxed(self, parsed: Parsed) -> Iterator[tuple[Parsed, tuple[str, ...]]]:
        """Yield ever weaker queries, each with the words it does without."""
        return grammar.relaxed(parsed, self.schema.texts, self.analyser)

    def search(self, search: Search) -> SearchResult:
        """Search the newest commit."""
        with told():
            self._look()
            engine = self.engine
            now = time.monotonic()
            if now - self._refreshed > _POLL:
                self._refreshed = now
                engine.refresh()
            return engine.search(search)

    def _look(self) -> None:
        """Take up an index that another process has made anew; looked for once a second."""
        now = time.monotonic()
        if now - self._looked <= _LOOK:
            return
        self._looked = now
        with self._opening:
            while self._retired and now - self._retired[0][0] > _GRACE:
                self._retired.pop(0)[1].close()
            newest = self.newest_generation()
            if self._engine is not None and newest > self._generation:
                self.take_up(newest)

    def position(self) -> int:
        """Return the change the index has reached."""
        with told():
            self._look()
            return self.engine.position()

    def wait_for(self, seq: int, seconds: float) -> bool:
        """Wait until the index has reached a change; False if it did not in time."""
        deadline = time.monotonic() + seconds
        while self.position() < seq:
            if time.monotonic() > deadline:
                return False
            threading.Event().wait(_POLL)
        return True

    # following

    def acquire(self) -> bool:
        """Try to become the one that writes the index; False while another process is."""
        if self._lock_file is None and self.shared:
            self._lock_file = locked(self.catalogue.home / LOCK)
        return self._lock_file is not None or not self.shared

    def catch_up(self, progress: Callable[[int], None] | None = None, end: int | None = None) -> int:
        """Write every change up to the newest, or to ``end``, into the index; return how many. The lock is held."""
        with self._writing, told():
            self._look()
            engine, maker = self.engine, self._maker
            return self.fill(engine, maker, engine.position(), progress, end)

    def put(self, handed: Handed) -> None:
        """Write what was made elsewhere. The lock is held.

        An index that is not where that begins, because it was made anew meanwhile, catches up from the log.
        """
        with self._writing, told():
            self._look()
            engine = self.engine
            if engine.position() == handed.start:
                self._maker.forget(handed.iris)
                self._write(engine, handed.changes, handed.end, handed.refused)
            else:
                self.fill(engine, self._maker, engine.position())

    def finish_jobs(self) -> None:
        """Finish what a process that was killed has left to refresh."""
        from catalog_service.operations.publish import run_refresh_jobs

        run_refresh_jobs(self.catalogue)

    def fill(
        self,
        engine: Engine,
        maker: Maker,
        position: int,
        progress: Callable[[int], None] | None = None,
        end: int | None = None,
    ) -> int:
        """Write every change behind a position into an engine; return how many.

        Documents are made while the engine commits those before them.
        """
        done = 0
        with rare_collections(), ThreadPoolExecutor(1, "index-writer") as pool:
            writing: Future[None] | None = None
            while entries := self._changes(position, end):
                position = entries[-1].seq
                changes, refused = maker.changes(entries)
                if writing is not None:
                    writing.result()
                if len(entries) < self.chunk:
                    self._write(engine, changes, position, refused)
                    writing = None
                else:
                    writing = pool.submit(self._write, engine, changes, position, refused)
                done += len(entries)
                if progress is not None:
                    progress(len(entries))
            if writing is not None:
                writing.result()
        return done

    def _changes(self, position: int, end: int | None) -> list[LogEntry]:
        """Return the next changes behind a position, as far as they are to be written."""
        entries = self.catalogue.store.changes(position, self.chunk)
        return entries if end is None else [entry for entry in entries if entry.seq <= end]

    def _write(
        self, engine: Engine, changes: Sequence[Document | Deletion], position: int, refused: dict[str, str]
    ) -> None:
        """Write changes, and note which records are not in the index; ``refused`` are those nothing was made of."""
        tried = {change.id for change in changes} | refused.keys()
        self._note_refused(tried, refused | dict(engine.write(changes, position)))

    def refused(self) -> dict[str, str]:
        """Return the records the index would not take, with the reasons."""
        kept: dict[str, str] = json.loads(self.catalogue.store.meta(REFUSED) or "{}")
        return kept

    def _note_refused(self, tried: Iterable[str], refused: Mapping[str, str]) -> None:
        before = self.refused()
        after = {each: reason for each, reason in before.items() if each not in tried} | dict(refused)
        if after != before:
            kept = dict(list(after.items())[-_MOST_REFUSED:])
            with self.catalogue.store.write(actor="index") as writer:
                writer.set_meta(REFUSED, json.dumps(kept, ensure_ascii=False))

    def entries(self) -> Iterator[tuple[str, int, str]]:
        """Yield identifier, change and digest of every record in the index."""
        with told():
            engine = self.engine
            engine.refresh()
            yield from engine.entries()

    def bring_to(self, seq: int, seconds: float = 60.0) -> bool:
        """Make the index reach a change: by writing it, or by waiting for the process that does.

        False when that process makes no progress for so many seconds.
        """
        reached, deadline = -1, 0.0
        while not self.acquire():
            if self.wait_for(seq, _LOOK):
                return True
            if (position := self.position()) != reached:
                reached, deadline = position, time.monotonic() + seconds
            elif time.monotonic() > deadline:
                return False
        self.catch_up()
        return True

    def close(self) -> None:
        """Let go of the engine and the lock."""
        with self._opening:
            for _, engine in self._retired:
                engine.close()
            self._retired.clear()
            if self._engine is not None:
                self._engine.close()
                self._engine = None
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


def locked(path: Path) -> Any:
    """Return a file with its lock held until it is closed; None while another process holds it."""
    lock_file = path.open("a")
    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock_file.close()
        return None
    return lock_file


_TOO_LONG = {
    "characters": "The query is too long: at most {limit} characters can be looked for.",
    "clauses": "The query is too long: at most {limit} words can be looked for.",
    "pieces": "The query is too long: at most {limit} parts of words can be looked for.",
}


class told:  # noqa: N801 - reads as a phrase: `with told():`
    """Turns an engine's failure into ours, which the edges know how to tell."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, QueryTooLong):
            raise BadQuery(
                _TOO_LONG[error.what],
                advice="Write the few words that matter.",
                limit=error.limit,
            ) from error
        if isinstance(error, IndexerError):
            raise IndexUnavailable(
                "The search index does not answer: {reason}.",
                advice="The records are safe; searching works again when the index is back.",
                reason=str(error),
            ) from error


def _terms(catalogue: Catalogue) -> list[str]:
    """Return the words of the lists our kinds' facets use, which the dictionary may not know."""
    slugs = sorted({facet.scheme for kind in catalogue.profile.kinds.values() for facet in kind.facets if facet.scheme})
    lists = catalogue.profile.vocabularies
    return sorted({concept.labels.get("zh", "") for slug in slugs for concept in lists[slug].concepts.values()} - {""})


class Follower(threading.Thread):
    """Follows the log while the process serves; of several workers one does, and another takes over if it dies."""

    def __init__(self, index: Index) -> None:
        super().__init__(name="index-follower", daemon=True)
        self._index = index
        self._stopping = threading.Event()
        self.failure = ""

    def run(self) -> None:
        """Catch up, wait for the next change, again; what fails is tried again with growing pauses."""
        pause = _POLL
        mended = 0.0
        while not self._stopping.is_set():
            try:
                if self._index.acquire():
                    due = not mended or time.monotonic() - mended > _LEFT_BEHIND
                    if due:
                        mended = time.monotonic()
                        self._index.finish_jobs()
                    self._index.catch_up()
                    if due:
                        remove_unused(self._index)
                self.failure, pause = "", _POLL
            except EnvironmentProblem as error:
                self.failure, pause = str(error), min(pause * 2, 5.0)
            self._stopping.wait(pause)

    def stop(self) -> None:
        """End after the chunk in hand."""
        self._stopping.set()
        self.join(timeout=10)
