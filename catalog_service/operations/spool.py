"""Where records wait between the two passes of a load: on disk, so that memory does not grow with the file."""

from __future__ import annotations

import pickle
import sqlite3
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from catalog_service.model.record import Record
    from catalog_service.model.report import Finding, Place


@dataclass(slots=True)
class Candidate:
    """A record on its way into the store: normalised, then with an identity, then with references resolved."""

    record: Record
    place: Place
    identifier: str = ""
    findings: tuple[Finding, ...] = ()
    references: tuple[Any, ...] = ()
    places: Mapping[tuple[str, str], Place] | None = None
    number: int = 0
    """Its place in the spool."""


_TABLES = """
CREATE TABLE candidate (n INTEGER PRIMARY KEY, kind TEXT, iri TEXT, identifier TEXT, body BLOB);
CREATE UNIQUE INDEX candidate_iri ON candidate (iri);
CREATE INDEX candidate_identifier ON candidate (identifier);
CREATE INDEX candidate_kind ON candidate (kind, n);
CREATE TABLE name (value TEXT, kind TEXT, iri TEXT);
CREATE INDEX name_value ON name (value);
"""


class Spool:
    """A file of candidates, in the order in which they came; the file goes when it is closed."""

    def __init__(self, path: Path, titles: Mapping[str, tuple[str, ...]]) -> None:
        """``titles`` gives the path of what a record is called, by kind."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=OFF")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.executescript(_TABLES)
        self._connection.execute("BEGIN")
        self._titles = titles
        self._named = False

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()
        self._path.unlink(missing_ok=True)

    def add(self, candidate: Candidate) -> Candidate | None:
        """Keep a candidate; return the one that already has its IRI instead of keeping it."""
        row = (candidate.record.kind, candidate.record.iri, candidate.identifier, _bytes(candidate))
        try:
            self._connection.execute("INSERT INTO candidate (kind, iri, identifier, body) VALUES (?, ?, ?, ?)", row)
        except sqlite3.IntegrityError:
            found = self._connection.execute("SELECT n, body FROM candidate WHERE iri = ?", row[1:2]).fetchone()
            return _candidate(found)
        return None

    def put_back(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Replace candidates by their new state; return those whose new IRI another one has already."""
        doubles = []
        self._named = False
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

    def chunks(self, kind: str, size: int) -> Iterator[list[Candidate]]:
        """Yield the candidates of a kind in lists of at most ``size``."""
        last = 0
        query = "SELECT n, body FROM candidate WHERE kind = ? AND n > ? ORDER BY n LIMIT ?"
        while rows := self._connection.execute(query, (kind, last, size)).fetchall():
            last = rows[-1][0]
            yield [_candidate(row) for row in rows]

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
        """Return kind and IRI of the candidates with this folded name; names are gathered when first asked for."""
        if not self._named:
            self._gather_names()
        query = "SELECT DISTINCT kind, iri FROM name WHERE value = ?"
        return [(str(kind), str(iri)) for kind, iri in self._connection.execute(query, (value,))]

    def _gather_names(self) -> None:
        from catalog_service.model.terms import value
        from catalog_service.operations.references import fold

        self._connection.execute("DELETE FROM name")
        for kind in self.kinds():
            path = self._titles.get(kind, ())
            for chunk in self.chunks(kind, 1000) if path else ():
                self._connection.executemany(
                    "INSERT INTO name VALUES (?, ?, ?)",
                    [
                        (fold(value(term)), kind, each.record.iri)
                        for each in chunk
                        for term in each.record.objects(*path)
                    ],
                )
        self._named = True


def _bytes(candidate: Candidate) -> bytes:
    return pickle.dumps(candidate, protocol=pickle.HIGHEST_PROTOCOL)


def _candidate(row: tuple[int, bytes]) -> Candidate:
    candidate: Candidate = pickle.loads(row[1])  # noqa: S301 - our own file, made by this process
    return replace(candidate, number=row[0])
