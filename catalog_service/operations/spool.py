"""Where records wait between the two passes of a load: on disk, so that memory does not grow with the file."""

from __future__ import annotations

import marshal
import pickle
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from catalog_service.errors import StoreFull
from catalog_service.model.record import Record
from catalog_service.model.report import Place
from catalog_service.normalise import Reference, moved, rename

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from catalog_service.model.report import Finding


@dataclass(slots=True)
class Candidate:
    """A record on its way into the store: normalised, then with an identity, then with references resolved."""

    record: Record
    place: Place
    identifier: str = ""
    findings: tuple[Finding, ...] = ()
    references: tuple[Reference, ...] = ()
    places: Mapping[tuple[str, str], Place] | None = None
    number: int = 0
    """Its place in the spool."""
    minted: bool = False
    """Whether its identifier was made for it, because nobody knew the record."""


Packed = tuple[str, str, str, bytes]
"""A candidate as the spool keeps it: kind, IRI, identifier, and a body that holds the rest."""


def packed(candidate: Candidate) -> Packed:
    """Return a candidate as the spool keeps it."""
    return candidate.record.kind, candidate.record.iri, candidate.identifier, _bytes(candidate)


def whole(found: Candidate | Packed) -> Candidate:
    """Return a candidate, unpacked if it is packed."""
    return _candidate(0, *found) if isinstance(found, tuple) else found


def with_iri(candidate: Candidate, iri: str) -> Candidate:
    """Return the candidate under another IRI, with its inner nodes, references and places."""
    old = candidate.record.iri
    references = tuple([replace(each, node=moved(each.node, old, iri)) for each in candidate.references])
    places = candidate.places
    if isinstance(places, _Places):
        places = _Places(places.body, places.written, iri)
    elif places:
        places = {(moved(node, old, iri), name): place for (node, name), place in places.items()}
    return replace(candidate, record=rename(candidate.record, iri), references=references, places=places)


_TABLES = """
CREATE TABLE candidate (n INTEGER PRIMARY KEY, kind TEXT, iri TEXT, identifier TEXT, body BLOB);
CREATE UNIQUE INDEX candidate_iri ON candidate (iri);
CREATE INDEX candidate_identifier ON candidate (identifier);
CREATE INDEX candidate_kind ON candidate (kind, n);
CREATE TABLE step (n INTEGER PRIMARY KEY, kind TEXT, last INTEGER, body BLOB);
CREATE TABLE name (value TEXT, n INTEGER);
CREATE INDEX name_value ON name (value);
"""


_SELECT = "SELECT n, kind, iri, identifier, body FROM candidate WHERE "
_MARSHAL = 4
"""The marshal format, which every later Python reads."""
_PAGE = 16_384
"""Bytes a page of a new file: a record's body fits in one."""


class Spool:
    """A file of candidates, in the order in which they came; nobody else sees it, and it goes when it is closed.

    One that is kept stays until `finish`, so that a load that was broken off can go on. Its name is its own from
    `complete` on; before, it ends in ``.part``.

    A candidate's body is what columns do not say of it, marshalled: its nodes, its place, its references, whether its
    identifier was minted, its findings, pickled if there are any, and the places of its values, marshalled on their
    own, with the IRI the record had when they were. A place is the tuple of its members.
    """

    def __init__(self, path: Path, titles: Mapping[str, tuple[str, ...]], *, kept: bool = False) -> None:
        """``titles`` gives the path of what a record is called, by kind."""
        self._path = path
        self._titles = titles
        self._named = False
        self.kept = kept
        part = path.with_suffix(".part") if kept else path
        part.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        self._connection = _connected(part, "OFF")
        try:
            self._connection.executescript(_TABLES)
        except sqlite3.OperationalError as error:
            raise self._full(error) from error
        if not kept:
            part.unlink()  # the open file lives on; so none stays behind, however this process ends
        self._connection.execute("BEGIN")

    @classmethod
    def reopened(cls, path: Path, titles: Mapping[str, tuple[str, ...]]) -> Self:
        """Return a kept spool that an earlier process completed; raises `sqlite3.DatabaseError` if it is damaged."""
        spool = cls.__new__(cls)
        spool._path, spool._titles, spool._named, spool.kept = path, titles, False, True
        spool._connection = _connected(path, "DELETE")
        if spool._connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError(str(path))
        spool._connection.execute("BEGIN")
        return spool

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._connection.close()
        self._path.with_suffix(".part").unlink(missing_ok=True)
        if isinstance(error, sqlite3.OperationalError):
            raise self._full(error) from error

    def _full(self, error: sqlite3.OperationalError) -> StoreFull:
        return StoreFull(
            "The load cannot be kept in {folder}: {reason}.",
            advice="Make room on the disk and try again; what was stored stays.",
            folder=str(self._path.parent),
            reason=str(error),
        )

    def complete(self) -> None:
        """Let a kept spool be found under its name: everything is read."""
        if not self.kept:
            return
        self._connection.execute("COMMIT")
        self._connection.close()
        self._path.with_suffix(".part").replace(self._path)
        self._connection = _connected(self._path, "DELETE")
        self._connection.execute("BEGIN")

    def finish(self) -> None:
        """Let a kept spool go: everything in it is stored."""
        self._path.unlink(missing_ok=True)

    def save_step(self, kind: str, last: int, state: object) -> None:
        """Keep what was done: of a kind, everything up to a number."""
        if not self.kept:
            return
        row = (kind, last, pickle.dumps(state, protocol=pickle.HIGHEST_PROTOCOL))
        self._connection.execute("INSERT INTO step (kind, last, body) VALUES (?, ?, ?)", row)
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN")

    def steps(self) -> Iterator[tuple[str, int, Any]]:
        """Yield kind, number and state of what was done, in its order."""
        for kind, last, body in self._connection.execute("SELECT kind, last, body FROM step ORDER BY n"):
            yield kind, last, pickle.loads(body)  # noqa: S301 - our own file in the home

    def stored(self) -> int:
        """Return how many candidates are behind: those up to the last step of their kind."""
        query = (
            "SELECT count(*) FROM candidate JOIN (SELECT kind, max(last) AS last FROM step GROUP BY kind) AS done "
            "ON done.kind = candidate.kind AND candidate.n <= done.last"
        )
        return int(self._connection.execute(query).fetchone()[0])

    def add(self, candidate: Candidate | Packed) -> Candidate | None:
        """Keep a candidate; return the one that already has its IRI instead of keeping it."""
        row = candidate if isinstance(candidate, tuple) else packed(candidate)
        try:
            self._connection.execute("INSERT INTO candidate (kind, iri, identifier, body) VALUES (?, ?, ?, ?)", row)
        except sqlite3.IntegrityError:
            return self.holder(row[1])
        return None

    def put_back(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Replace candidates by their new state; return those whose new IRI another one has already."""
        doubles = []
        for candidate in candidates:
            values = (candidate.record.iri, candidate.identifier, _bytes(candidate), candidate.number)
            try:
                self._connection.execute("UPDATE candidate SET iri = ?, identifier = ?, body = ? WHERE n = ?", values)
            except sqlite3.IntegrityError:
                doubles.append(candidate)
        return doubles

    def remove(self, candidate: Candidate) -> None:
        """Let go of a candidate."""
        self._connection.execute("DELETE FROM candidate WHERE n = ?", (candidate.number,))

    def holder(self, iri: str) -> Candidate | None:
        """Return the candidate that has an IRI."""
        found = self._connection.execute(_SELECT + "iri = ?", (iri,)).fetchone()
        return _candidate(*found) if found else None

    def chunks(self, kind: str, size: int, last: int = 0) -> Iterator[list[Candidate]]:
        """Yield the candidates of a kind behind number ``last`` in lists of at most ``size``."""
        query = _SELECT + "kind = ? AND n > ? ORDER BY n LIMIT ?"
        while rows := self._connection.execute(query, (kind, last, size)).fetchall():
            last = rows[-1][0]
            yield [_candidate(*row) for row in rows]

    def kinds(self) -> dict[str, int]:
        """Return how many candidates there are of each kind."""
        return dict(self._connection.execute("SELECT kind, count(*) FROM candidate GROUP BY kind").fetchall())

    def unnamed(self, kind: str) -> int:
        """Return how many candidates of a kind have no identifier yet."""
        query = "SELECT count(*) FROM candidate WHERE kind = ? AND identifier = ''"
        return int(self._connection.execute(query, (kind,)).fetchone()[0])

    def find(self, value: str) -> list[tuple[str, str]]:
        """Return kind and IRI of the candidates with this IRI or identifier."""
        query = (
            "SELECT kind, iri FROM candidate WHERE iri = ? UNION SELECT kind, iri FROM candidate WHERE identifier = ?"
        )
        return [(str(kind), str(iri)) for kind, iri in self._connection.execute(query, (value, value.upper()))]

    def find_name(self, value: str) -> list[tuple[str, str]]:
        """Return kind and IRI of the candidates with this folded name.

        Names are gathered when first asked for, once everything is read; identities and references change none.
        """
        if not self._named:
            self._gather_names()
        query = "SELECT DISTINCT kind, iri FROM name JOIN candidate USING (n) WHERE value = ?"
        return [(str(kind), str(iri)) for kind, iri in self._connection.execute(query, (value,))]

    def names(self, text: str) -> list[tuple[str, str]]:
        """Return folded names, with their kind, of candidates that begin or end as a text does."""
        from catalog_service.operations.references import fold

        if not self._named:
            self._gather_names()
        name = fold(text)
        ends = (f"{name[:2]}*", f"*{name[-2:]}") if name.isprintable() and not set(name) & set("*?[") else ("", "")
        query = (
            "SELECT DISTINCT value, kind FROM name JOIN candidate USING (n) "
            "WHERE value GLOB ? OR value GLOB ? LIMIT 1000"
        )
        return [(str(value), str(kind)) for value, kind in self._connection.execute(query, ends)]

    def _gather_names(self) -> None:
        from catalog_service.model.terms import value
        from catalog_service.operations.references import fold

        self._connection.execute("DELETE FROM name")
        for kind in self.kinds():
            path = self._titles.get(kind, ())
            for chunk in self.chunks(kind, 1000) if path else ():
                self._connection.executemany(
                    "INSERT INTO name VALUES (?, ?)",
                    [(fold(value(term)), each.number) for each in chunk for term in each.record.objects(*path)],
                )
        self._named = True


def _connected(path: Path, journal: str) -> sqlite3.Connection:
    """Open a spool; nothing of it need outlive a loss of power."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA page_size={_PAGE}")
    connection.execute(f"PRAGMA journal_mode={journal}")
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def _bytes(candidate: Candidate) -> bytes:
    own = candidate.place
    references = [
        (each.path, each.node, each.predicate, each.term, each.text, None if each.place == own else _plain(each.place))
        for each in candidate.references
    ]
    findings = pickle.dumps(candidate.findings, protocol=pickle.HIGHEST_PROTOCOL) if candidate.findings else b""
    given, written = candidate.places, candidate.record.iri
    if isinstance(given, _Places):
        places, written = given.body, given.written
    else:
        places = marshal.dumps([(*key, *_plain(place)) for key, place in given.items()], _MARSHAL) if given else b""
    plain: Any = (candidate.record.nodes, _plain(own), references, candidate.minted, findings, places, written)
    return marshal.dumps(plain, _MARSHAL)


class _Places(Mapping[tuple[str, str], Place]):
    """Places as the spool holds them; they are made when somebody asks for one, which few records need.

    Their nodes are those of the record when it was called ``written``; it is called ``iri`` now.
    """

    __slots__ = ("_iri", "_made", "body", "written")

    def __init__(self, body: bytes, written: str, iri: str) -> None:
        self.body = body
        self.written = written
        self._iri = iri
        self._made: dict[tuple[str, str], Place] | None = None

    @property
    def _all(self) -> dict[tuple[str, str], Place]:
        if self._made is None:
            plain = marshal.loads(self.body)  # noqa: S302 - our own file in the home
            old, new = self.written, self._iri
            self._made = {(moved(node, old, new), name): Place(*place) for node, name, *place in plain}
        return self._made

    def __getitem__(self, key: tuple[str, str]) -> Place:
        return self._all[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _plain(place: Place) -> tuple[str, str, int, str, int]:
    return place.file, place.sheet, place.row, place.column, place.line


def _candidate(number: int, kind: str, iri: str, identifier: str, body: bytes) -> Candidate:
    nodes, own, references, minted, findings, places, written = marshal.loads(body)  # noqa: S302 - our own file in the home
    place = Place(*own)
    return Candidate(
        Record(iri, kind, nodes),
        place,
        identifier,
        pickle.loads(findings) if findings else (),  # noqa: S301 - our own file in the home
        tuple(
            Reference(path, node, predicate, term, text, Place(*at) if at else place)
            for path, node, predicate, term, text, at in references
        ),
        _Places(places, written, iri) if places else {},
        number,
        minted,
    )
