"""The port, on tantivy: writing with a watermark, searching, counting."""

from __future__ import annotations

import fcntl
import json
import os
import weakref
from contextlib import contextmanager, suppress
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import tantivy
from tantivy import Occur, Query

from indexer import bulk, folders
from indexer.engines.embedded import layout
from indexer.engines.embedded.figures import figures
from indexer.engines.embedded.order import Sorter
from indexer.engines.embedded.soundness import is_panic, reading
from indexer.engines.embedded.translate import Translator, unscored
from indexer.errors import IndexerError, IndexLocked, IndexUnreachable, WrongIndex
from indexer.query import Sort, is_scored
from indexer.result import Hit, SearchResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tantivy import IndexWriter, Searcher

    from indexer.analysis import Analyser
    from indexer.engine import Refusal
    from indexer.engines.embedded.figures import Figures
    from indexer.engines.embedded.order import Found
    from indexer.query import Clause, Search
    from indexer.schema import Deletion, Document, IndexSchema, Prepared

_NAME_FILE = "kebao-index.json"
_CREATE_LOCK = ".create.lock"
_PAGE = 50_000
_MOST_KEPT = 512
_MOST_DEAR = 128
_DEAR = 0.02
"""What finds a larger share of the documents takes long to count, and is asked for again and again."""


_read = msgspec.json.Decoder().decode
"""Reads what a document stores in half the time that `json` takes."""

T = TypeVar("T")


class EmbeddedEngine:
    """An index in a folder. The writer's lock is taken with the first write and kept until `close`."""

    name = "embedded"

    def __init__(
        self, schema: IndexSchema, analyser: Analyser, *, path: Path | str | None, threads: int, memory: int
    ) -> None:
        self.schema = schema
        self._analyser = analyser
        self._path = None if path is None else Path(path)
        self._threads = threads
        self._memory = memory
        self._fields = layout.build(schema)
        self._index = self._open()
        self._translator = Translator(self._fields)
        self._writer: IndexWriter | None = None
        self._guard = RLock()
        self._seen: object = None
        self._view = self._look()

    def write(self, changes: Sequence[Document | Prepared | Deletion], position: int) -> list[Refusal]:
        """Apply changes and position in one commit."""
        prepared, refused = bulk.prepare(changes, self.schema, self._analyser)
        with self._guard:
            writer = self._open_writer()
            self.refresh()
            try:
                newest = self._put(writer, prepared)
                writer.delete_documents_by_query(self._translator.any_of(layout.STATE, [layout.WATERMARK]))
                reached = max(position, self._view.position)
                writer.add_document(layout.watermark(reached, newest, self.schema))
                writer.commit()
            except (OSError, ValueError, RuntimeError) as error:
                self._give_up(writer)
                raise IndexUnreachable(f"cannot write the index: {error}") from error
            except BaseException as error:
                self._give_up(writer)
                if is_panic(error):
                    raise WrongIndex(f"cannot write the index: {error}") from error
                raise
            self.refresh()
            return refused

    def position(self) -> int:
        """Return the last position committed, by any process."""
        self.refresh()
        return self._view.position

    def search(self, search: Search) -> SearchResult:
        """Answer a search from the newest commit seen by `refresh`."""
        bulk.check_search(search, self.schema)
        answer = _Answer(self._view, self._translator, search)
        with reading(self._path):
            return answer.result()

    def entries(self) -> Iterator[tuple[str, int, str]]:
        """Yield id, seq and hash of every live document, ordered by id."""
        self.refresh()
        view = self._view
        sorter = Sorter(view.searcher, self._translator)
        last: str | None = None
        while True:
            with reading(self._path):
                found = sorter.by_id(self._translator.live(), _PAGE, last)
                addresses = [where for _, where in found]
                seqs = view.searcher.fast_field_values("seq", addresses) if found else []
                hashes = view.hashes(addresses)
            if not found:
                return
            for (id_, _), seq, digest in zip(found, seqs, hashes, strict=True):
                yield id_, int(seq or 0), digest
            last = found[-1][0]

    def refresh(self) -> None:
        """See the newest commit; costs a look at one file when there is none."""
        with self._guard:
            if self._path is None or self._stamp() != self._seen:
                self._view = self._look()

    def close(self) -> None:
        """Let go of the writer's lock and of the folder."""
        with self._guard:
            if self._writer is not None:
                writer, self._writer = self._writer, None
                try:
                    writer.wait_merging_threads()
                except BaseException as error:
                    if not (is_panic(error) or isinstance(error, ValueError | OSError)):
                        raise
            self._release()

    def _put(self, writer: IndexWriter, changes: Mapping[str, Prepared | Deletion]) -> int:
        """Hand changes to the writer, but for stale ones; return the highest seq the index then has."""
        known = self._known(changes)
        newest = self._view.newest
        for id_, change in changes.items():
            if known.get(id_, change.seq) > change.seq:
                continue
            if id_ in known:
                writer.delete_documents_by_query(Query.term_query(self._fields, "id", id_, index_option="basic"))
            writer.add_document(layout.document(change, self.schema))
            newest = max(newest, change.seq)
        return newest

    def _known(self, ids: Mapping[str, Any]) -> dict[str, int]:
        """Return the seq of those ids that the index has, tombstones too."""
        view = self._view
        if not ids or view.searcher.num_docs <= 1:
            return {}
        query = unscored(self._translator.any_of("id", ids))
        hits = view.searcher.search(query, len(ids), count=False).hits
        addresses = [where for _, where in hits]
        seqs = view.searcher.fast_field_values("seq", addresses) if addresses else []
        return {view.id(where): int(seq or 0) for where, seq in zip(addresses, seqs, strict=True)}

    def _open(self) -> tantivy.Index:
        if self._path is None:
            self._release = weakref.finalize(self, lambda: None)
            index = tantivy.Index(self._fields)
        else:
            with self._creating(self._path):
                index = self._open_files(self._path)
        index.config_reader("manual")
        return index

    def _open_files(self, path: Path) -> tantivy.Index:
        name_file = path / _NAME_FILE
        name = json.dumps({"format": layout.FORMAT, "fingerprint": bulk.fingerprint(self.schema, self._analyser)})
        if name_file.exists() and name_file.read_text(encoding="utf-8") != name:
            raise WrongIndex(f"{path} holds an index made for another schema or dictionary, or is damaged")
        try:
            index = tantivy.Index(self._fields, path=str(path))
        except BaseException as error:
            if not (is_panic(error) or isinstance(error, OSError | ValueError)):
                raise
            raise WrongIndex(f"{path} cannot be opened as an index: {error}") from error
        written = name_file.with_suffix(".new")
        written.write_text(name, encoding="utf-8")
        written.replace(name_file)
        return index

    @contextmanager
    def _creating(self, path: Path) -> Iterator[None]:
        """Keep two processes from making the same index at once."""
        try:
            held = folders.hold(path)
            self._release = weakref.finalize(self, lambda: os.close(held))
            with (path / _CREATE_LOCK).open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise IndexUnreachable(f"cannot open the index folder {path}: {error}") from error

    def _open_writer(self) -> IndexWriter:
        if self._writer is None:
            try:
                self._writer = self._index.writer(self._memory, self._threads)
            except ValueError as error:
                if "LockBusy" in str(error) or "lock" in str(error).lower():
                    raise IndexLocked(f"another process writes the index in {self._path}") from error
                raise IndexUnreachable(f"cannot write the index: {error}") from error
        return self._writer

    def _give_up(self, writer: IndexWriter) -> None:
        """Forget what was not committed; a writer that cannot even do that is let go."""
        try:
            writer.rollback()
        except BaseException as error:
            self._writer = None
            if not (is_panic(error) or isinstance(error, ValueError | OSError | RuntimeError)):
                raise

    def _look(self) -> _View:
        self._seen = self._stamp()
        try:
            with reading(self._path):
                self._index.reload()
                return _View(self._index.searcher(), self._translator)
        except IndexerError:
            self._seen = None
            raise

    def _stamp(self) -> object:
        if self._path is None:
            return None
        with suppress(FileNotFoundError):
            status = (self._path / "meta.json").stat()
            return status.st_mtime_ns, status.st_size, status.st_ino
        return None


def _data(document: tantivy.Document) -> dict[str, Any]:
    data: dict[str, Any] = _read(bytes(document.get_first("data") or b"{}"))
    return data


class _View:
    """One state of the index, as one commit left it."""

    def __init__(self, searcher: Searcher, translator: Translator) -> None:
        self.searcher = searcher
        self._kept: dict[object, Any] = {}
        self._dear: dict[object, Any] = {}
        self._guard = Lock()
        self.position, self.newest = 0, 0
        found = searcher.search(translator.any_of(layout.STATE, [layout.WATERMARK]), 1, count=False).hits
        if found:
            mark = _data(searcher.doc(found[0][1]))
            self.position, self.newest = mark["position"], mark["newest"]

    def kept(self, key: object, make: Callable[[], T], total: Callable[[T], int]) -> T:
        """Return what was made under a key before; what was asked for longest ago is forgotten first.

        What found many documents, as ``total`` tells, is forgotten apart: no run of rare words drives it out.
        """
        with self._guard:
            found = self._kept.pop(key, None) or self._dear.pop(key, None)
        found = make() if found is None else found
        dear = total(found) > self.searcher.num_docs * _DEAR
        kept, most = (self._dear, _MOST_DEAR) if dear else (self._kept, _MOST_KEPT)
        with self._guard:
            kept[key] = found
            if len(kept) > most:
                del kept[next(iter(kept))]
        return found

    def hashes(self, addresses: Sequence[tantivy.DocAddress]) -> list[str]:
        """Return the hash of each document, read in the order they lie in."""
        found: dict[int, str] = {}
        for place in sorted(range(len(addresses)), key=lambda n: (addresses[n].segment_ord, addresses[n].doc)):
            found[place] = bytes(self.searcher.doc(addresses[place]).get_first("hash") or b"").decode()
        return [found[place] for place in range(len(addresses))]

    def id(self, where: tantivy.DocAddress) -> str:
        return str(self.searcher.doc(where).get_first("id"))


class _Answer:
    """One search on one state of the index."""

    def __init__(self, view: _View, translator: Translator, search: Search) -> None:
        self._view = view
        self._translator = translator
        self._search = search
        self._filters = {name: translator.parts(clause) for name, clause in search.filters}
        self._query = translator.query(search.query)
        self._sorter = Sorter(view.searcher, translator)

    def result(self) -> SearchResult:
        total, facets, counts = self._figures()
        found, more = self._view.kept(self._search, self._page, lambda _: total) if total else ([], False)
        return SearchResult(
            total=total,
            hits=self._hits(found),
            facets=facets,
            counts=counts,
            position=self._view.position,
            more=more,
        )

    def _page(self) -> tuple[list[Found], bool]:
        search, sorter = self._search, self._sorter
        by = search.sort.by
        if by != "relevance":
            query = self._under()
            return sorter.by_number(query, by, search.size, search.after, descending=search.sort.descending)
        if is_scored(search.query):
            return sorter.by_relevance(self._under(), search.size, search.after)
        behind = search.after[1] if search.after else None
        found = sorter.by_id(self._under(), search.size + 1, behind)
        return [(0.0, id_, where) for id_, where in found[: search.size]], len(found) > search.size

    def _under(self, leave_out: str = "", *more: Query) -> Query:
        """Return the query under all filters but one."""
        filters = [part for name, parts in self._filters.items() if name != leave_out for part in parts]
        if not filters and not more:
            return self._query
        return Query.boolean_query([*((Occur.Must, query) for query in (self._query, *more)), *filters])

    def _figures(self) -> Figures:
        """Return what is counted; pages and orders of one search share it."""
        asked = replace(self._search, sort=Sort(), size=0, after=None)
        return self._view.kept(("figures", asked), lambda: figures(self._search, self._ask), itemgetter(0))

    def _ask(self, leave_out: str, asked: dict[str, Any], clause: Clause | None) -> dict[str, Any]:
        more = () if clause is None else (self._translator.query(clause),)
        answer: dict[str, Any] = self._view.searcher.aggregate(self._under(leave_out, *more), asked)
        return answer

    def _hits(self, found: Sequence[Found]) -> tuple[Hit, ...]:
        seqs = self._view.searcher.fast_field_values("seq", [where for _, _, where in found]) if found else []
        hits = []
        for (value, id_, where), seq in zip(found, seqs, strict=True):
            data = _data(self._sorter.document(where))
            score = float(value or 0.0) if self._search.sort.by == "relevance" else 0.0
            hits.append(Hit(id_, data["kind"], int(seq or 0), score, (value, id_), data["stored"]))
        return tuple(hits)
