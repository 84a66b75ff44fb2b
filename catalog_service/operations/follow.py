"""The index follows the log: the only writer of an index is who holds its lock, its position is committed with it.

Killed at any moment it catches up from the position, misses nothing and doubles nothing (architecture, decision 8).
"""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catalog_service.errors import BadQuery, EnvironmentProblem, IndexUnavailable
from catalog_service.indexing import index_schema
from catalog_service.operations import mending
from catalog_service.operations.documents import Maker
from catalog_service.operations.generations import remove_unused
from catalog_service.operations.writing import Writer
from indexer import grammar
from indexer.analysis import Analyser
from indexer.bulk import fingerprint
from indexer.engines import open_engine
from indexer.errors import IndexerError, QueryTooLong, WrongIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue
    from indexer.engine import Engine
    from indexer.grammar import Parsed
    from indexer.query import Clause, Search
    from indexer.result import SearchResult
    from indexer.schema import IndexSchema

log = logging.getLogger(__name__)

LOCK = "index.lock"
GENERATION = "index.generation."
"""The store's word, by engine, for how often its index was made anew; every process takes up the newest."""

_POLL = 0.05
_LOOK = 1.0
_LEFT_BEHIND = 30.0
_GRACE = 30.0
"""Seconds an engine stays open after another took its place: searches begun on it end well before."""


class Index:
    """The search index of a catalogue: searched by every process, written by the one that holds the lock."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._lock_file: Any = None
        self._opening = threading.RLock()
        self._writing = threading.Lock()
        self._engine: Engine | None = None
        self._retired: list[tuple[float, Engine]] = []
        self._refreshed = 0.0
        self._looked = 0.0
        self._generation = 0
        self.failure = ""
        """Why the follower of this process cannot write the index at the moment."""
        self.maker = Maker(catalogue)

    @cached_property
    def analyser(self) -> Analyser:
        """Cuts texts and queries, with the terms of our code lists as words."""
        return Analyser(_terms(self.catalogue))

    @cached_property
    def schema(self) -> IndexSchema:
        """What all kinds of records ask of an index."""
        return index_schema(self.catalogue.profile.kinds)

    @cached_property
    def _family(self) -> str:
        """What folders of our schema and analyser begin with; reading versions of libraries takes milliseconds."""
        return fingerprint(self.schema, self.analyser)

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
        return self.catalogue.home / "index" / f"{self._family}-{generation}"

    @property
    def searched(self) -> Path:
        """The folder of the generation that is searched."""
        return self.folder(self._generation)

    @property
    def trouble(self) -> str:
        """Why the index cannot be written or searched at the moment, whichever process found out; empty if it can."""
        return self.failure or mending.noted(self)

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
            self.maker = Maker(self.catalogue)

    def reopen(self) -> None:
        """Let go of an index whose folder somebody has removed: the next use makes it anew and follows from 0."""
        if self._engine is not None and self._engine.name == "embedded" and not self.folder(self._generation).exists():
            self.take_up(self._generation)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Tell an engine's failure as ours; damage is noted for the process that can mend it."""
        try:
            with told():
                yield
        except IndexUnavailable as error:
            mending.note(self, error.__cause__)
            raise

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

    def relaxed(self, parsed: Parsed, holds: Callable[[Clause], bool]) -> Iterator[tuple[Parsed, tuple[str, ...]]]:
        """Yield ever weaker queries, each with the words it does without: first those that ``holds`` finds nowhere."""
        return grammar.relaxed(parsed, self.schema.texts, self.analyser, holds=holds)

    def search(self, search: Search) -> SearchResult:
        """Search the newest commit."""
        with self._noting():
            engine = self.newest()
            now = time.monotonic()
            if now - self._refreshed > _POLL:
                self._refreshed = now
                engine.refresh()
            return engine.search(search)

    def newest(self, *, at_once: bool = False) -> Engine:
        """Return the engine, another if the index was made anew elsewhere: looked for once a second, or ``at_once``."""
        now = time.monotonic()
        if at_once or now - self._looked > _LOOK:
            self._looked = now
            with self._opening:
                while self._retired and now - self._retired[0][0] > _GRACE:
                    self._retired.pop(0)[1].close()
                newest = self.newest_generation()
                if self._engine is not None and newest > self._generation:
                    self.take_up(newest)
        return self.engine

    def position(self) -> int:
        """Return the change the index has reached."""
        with self._noting():
            return self.newest().position()

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

    @contextmanager
    def writing(self, chunk: int | None = None) -> Iterator[Writer]:
        """Yield what writes the index, so many changes at once. The lock is held."""
        with self._writing, self._noting(), Writer(self, chunk=chunk) as writer:
            yield writer

    def catch_up(self) -> int:
        """Write every change up to the newest into the index; return how many. The lock is held."""
        if self.position() >= self.catalogue.store.last_seq():
            return 0
        with self.writing() as writer:
            return writer.follow()

    def finish_jobs(self) -> None:
        """Finish what a process that was killed has left to refresh."""
        from catalog_service.operations.publish import run_refresh_jobs

        run_refresh_jobs(self.catalogue)

    def fill(self, engine: Engine) -> int:
        """Write every change behind an engine's position into it; return how many."""
        with Writer(self, engine) as writer:
            return writer.follow()

    def entries(self) -> Iterator[tuple[str, int, str]]:
        """Yield identifier, change and digest of every record in the index."""
        with self._noting():
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
        if isinstance(error, WrongIndex):
            raise IndexUnavailable(
                "The search index cannot be used: {reason}.",
                advice="The records are safe; `kebao index rebuild` makes the index anew.",
                reason=str(error),
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

    def run(self) -> None:
        """Catch up, wait for the next change, again; what fails is tried again with growing pauses."""
        pause = _POLL
        mended = 0.0
        while not self._stopping.is_set():
            try:
                if self._index.acquire():
                    mending.mend(self._index)
                    due = not mended or time.monotonic() - mended > _LEFT_BEHIND
                    if due:
                        mended = time.monotonic()
                        self._index.finish_jobs()
                    self._index.catch_up()
                    if due:
                        remove_unused(self._index)
                self._index.failure, pause = "", _POLL
            except Exception as error:  # whatever it is: who holds the lock must not stop for good
                if not isinstance(error, EnvironmentProblem):
                    log.exception("the index cannot be followed")
                elif not self._index.failure:
                    mending.look(self._index)
                self._index.failure, pause = str(error) or repr(error), min(pause * 2, 5.0)
                self._index.reopen()
            self._stopping.wait(pause)

    def stop(self) -> None:
        """End after the chunk in hand."""
        self._stopping.set()
        self.join(timeout=10)
