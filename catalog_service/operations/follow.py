"""The index follows the log: the only writer of an index is who holds its lock, its position is committed with it.

Killed at any moment it catches up from the position, misses nothing and doubles nothing (architecture, decision 8).
"""

from __future__ import annotations

import fcntl
import threading
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catalog_service.errors import BadQuery, IndexUnavailable
from catalog_service.indexing import DocumentMaker, Linked, Source, index_schema
from catalog_service.model.kind import title_path
from catalog_service.model.record import parse_canonical
from indexer import grammar
from indexer.analysis import Analyser
from indexer.bulk import fingerprint
from indexer.engines import open_engine
from indexer.errors import IndexerError, QueryTooLong
from indexer.schema import Deletion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.store.rows import Entry, LogEntry
    from indexer.engine import Engine
    from indexer.grammar import Parsed
    from indexer.query import Search
    from indexer.result import SearchResult
    from indexer.schema import Document

CHUNK = 1000
"""Log entries taken at once."""

LOCK = "index.lock"
GENERATION = "index.generation"
"""The store's word for how often the index was made anew; every process takes up the newest."""

_MOST_LINKED = 20_000
_POLL = 0.05
_LOOK = 1.0


class Index:
    """The search index of a catalogue: searched by every process, written by the one that holds the lock."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock_file: Any = None
        self._writing = threading.Lock()
        self._refreshed = 0.0
        self._looked = 0.0
        self._generation = 0
        self._maker = Maker(catalogue)

    @cached_property
    def analyser(self) -> Analyser:
        """Cuts texts and queries, with the terms of our code lists as words."""
        return Analyser(_terms(self._catalogue))

    @cached_property
    def engine(self) -> Engine:
        """The engine the settings name, opened at the newest index of our schema and analyser."""
        self._generation = self._newest_generation()
        return self._open(self._generation)

    def _newest_generation(self) -> int:
        return int(self._catalogue.store.meta(GENERATION) or "0")

    def _open(self, generation: int) -> Engine:
        settings = self._catalogue.settings
        name = settings.text("search.engine")
        schema = index_schema(self._catalogue.profile.kinds)
        folder = f"{fingerprint(schema, self.analyser)}-{generation}"
        options: dict[str, Any] = {"path": self._catalogue.home / "index" / folder} if name == "embedded" else {}
        if name == "elasticsearch":
            options = {
                "url": settings.text("search.url"),
                "index_prefix": f"{settings.text('search.index_prefix')}-{generation}",
                "api_key": settings.text("search.api_key"),
                "replicas": settings.number("search.replicas"),
                "shards": settings.number("search.shards"),
            }
        with _told():
            return open_engine(name, schema, self.analyser, **options)

    # searching

    def parse(self, text: str) -> Parsed:
        """Return a query text understood, over the searched fields of all kinds."""
        settings = self._catalogue.settings
        with _told():
            return grammar.parse(
                text,
                self.engine.schema.texts,
                self.analyser,
                max_characters=settings.number("limits.query_length"),
                max_clauses=settings.number("limits.query_clauses"),
            )

    def relaxed(self, parsed: Parsed) -> Iterator[tuple[Parsed, tuple[str, ...]]]:
        """Yield ever weaker queries, each with the words it does without."""
        return grammar.relaxed(parsed, self.engine.schema.texts, self.analyser)

    def search(self, search: Search) -> SearchResult:
        """Search the newest commit."""
        with _told():
            self._refresh()
            return self.engine.search(search)

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._looked > _LOOK:
            self._looked = now
            self._change_over()
        if now - self._refreshed > _POLL:
            self._refreshed = now
            self.engine.refresh()

    def _change_over(self) -> None:
        """Take up an index that another process has made anew."""
        if "engine" in self.__dict__ and self._newest_generation() > self._generation:
            with self._writing:
                self.__dict__.pop("engine").close()

    def same_sound(self, text: str) -> str:
        """Return words of our records that sound as the query does, or an empty string."""
        return ""

    def position(self) -> int:
        """Return the change the index has reached."""
        with _told():
            self.engine.refresh()
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
        if self._lock_file is not None:
            return True
        lock_file = (self._catalogue.home / LOCK).open("a")
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock_file.close()
            return False
        self._lock_file = lock_file
        return True

    def catch_up(self, progress: Callable[[int], None] | None = None) -> int:
        """Write every change up to the newest into the index; return how many. The lock must be held."""
        done = 0
        with self._writing, _told():
            position = self.engine.position()
            while entries := self._catalogue.store.changes(position, CHUNK):
                position = entries[-1].seq
                self._write(entries, position)
                done += len(entries)
                if progress is not None:
                    progress(len(entries))
        return done

    def _write(self, entries: Sequence[LogEntry], position: int) -> None:
        refused = self.engine.write(self._maker.changes(entries), position)
        for identifier, reason in refused:
            with self._catalogue.store.write(actor="index") as writer:
                writer.set_meta(f"index.refused.{identifier}", reason)

    def rebuild(self) -> int:
        """Make the index anew beside the old one, which is searched until the new one is whole; return the changes."""
        old, before = self.engine, self._generation
        generation = self._newest_generation() + 1
        self.__dict__["engine"], self._generation = self._open(generation), generation
        try:
            count = self.catch_up()
        except BaseException:
            self.__dict__.pop("engine").close()
            self.__dict__["engine"], self._generation = old, before
            raise
        with self._catalogue.store.write(actor="index") as writer:
            writer.set_meta(GENERATION, str(generation))
        old.close()
        return count

    def entries(self) -> Iterator[tuple[str, int, str]]:
        """Yield identifier, change and digest of every record in the index."""
        with _told():
            self.engine.refresh()
            yield from self.engine.entries()

    def bring_to(self, seq: int, seconds: float = 60.0) -> bool:
        """Make the index reach a change: by writing it, or by waiting for the process that does."""
        if self.acquire():
            self.catch_up()
            return True
        return self.wait_for(seq, seconds)

    def close(self) -> None:
        """Let go of the engine and the lock."""
        if "engine" in self.__dict__:
            self.__dict__.pop("engine").close()
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


class _told:  # noqa: N801 - reads as a phrase: `with _told():`
    """Turns an engine's failure into ours, which the edges know how to tell."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, QueryTooLong):
            raise BadQuery(
                "The query is too long: at most {limit} {what} can be looked for.",
                advice="Write the few words that matter.",
                limit=error.limit,
                what=error.what,
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


class Maker:
    """Makes the documents of changes; what it learned of linked records is kept until they change."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[str, Linked | None] = {}
        profile = catalogue.profile
        self._documents = DocumentMaker(profile.kinds, profile.vocabularies, self._linked)

    def changes(self, entries: Sequence[LogEntry]) -> list[Document | Deletion]:
        """Return what an engine has to write for log entries: each record once, as the public sees it now."""
        newest = {entry.identifier: entry.seq for entry in entries}
        for entry in entries:
            self._known.pop(entry.iri, None)
        if len(self._known) > _MOST_LINKED:
            self._known.clear()
        published = self._catalogue.store.published(list(newest))
        return [
            self._document(published[each]) if each in published else Deletion(each, seq)
            for each, seq in newest.items()
        ]

    def _document(self, entry: Entry) -> Document:
        stamp = entry.stamp
        if entry.refresh_seq == entry.seq:  # a refresh does not make a record new
            versions = self._catalogue.store.versions(entry.identifier)
            stamp = next(info.stamp for info in versions if info.number == entry.version)
        record = parse_canonical(entry.form or b"", entry.iri, entry.kind)
        source = Source(entry.identifier, entry.seq, entry.public_hash, stamp)
        return self._documents.document(record, source)

    def _linked(self, iri: str) -> Linked | None:
        if iri not in self._known:
            self._known[iri] = _linked(self._catalogue, iri)
        return self._known[iri]


def _linked(catalogue: Catalogue, iri: str) -> Linked | None:
    row = catalogue.store.by_iri(iri)
    body = catalogue.store.public(row.identifier) if row is not None and row.live else None
    if row is None or body is None:
        return None
    record = parse_canonical(body, iri, row.kind)
    path = title_path(catalogue.profile.kinds[row.kind])
    return Linked(row.identifier, record, tuple(record.objects(*path)) if path else ())


class Follower(threading.Thread):
    """Follows the log while the process serves; of several workers one does, and another takes over if it dies."""

    def __init__(self, index: Index) -> None:
        super().__init__(name="index-follower", daemon=True)
        self._index = index
        self._stopping = threading.Event()
        self.failure = ""

    def run(self) -> None:
        """Catch up, wait for the next change, again; a failing engine is tried again with growing pauses."""
        pause = _POLL
        while not self._stopping.is_set():
            try:
                if self._index.acquire():
                    self._index.catch_up()
                self.failure, pause = "", _POLL
            except IndexUnavailable as error:
                self.failure, pause = str(error), min(pause * 2, 5.0)
            self._stopping.wait(pause)

    def stop(self) -> None:
        """End after the chunk in hand."""
        self._stopping.set()
        self.join(timeout=10)
