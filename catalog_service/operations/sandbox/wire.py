"""What a sandboxed worker says, as JSON: plain values only, looked at one by one before anything is made of them.

A worker may have been taken over by what it read, so nothing it sends is unpickled, and a record that a reader's gates
could not have let through is not accepted from it either.
"""

from __future__ import annotations

import json
import re
import struct
from typing import TYPE_CHECKING, Any

from catalog_service import errors
from catalog_service.errors import CatalogError
from catalog_service.model.record import Record
from catalog_service.model.report import Finding, Place
from catalog_service.normalise.normaliser import Reference
from catalog_service.operations.reading import Read
from catalog_service.operations.spool import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

LENGTH = struct.Struct("!I")
"""What stands before every message: its length in bytes."""

LARGEST = 64_000_000
"""The longest message a worker may send, bytes."""

_ERRORS = ("InputError", "UnreadableInput", "TooLarge", "UnknownName", "UnsupportedFormat")
"""The errors that reading may end with."""

_IRI = r"<[^\x00-\x20<>\"{}|^`\\]+>"
_TERM = re.compile(
    rf'{_IRI}|"[^"\\\n\r]*(?:\\(?:[tbnrf"\'\\]|u[0-9A-Fa-f]{{4}}|U[0-9A-Fa-f]{{8}})[^"\\\n\r]*)*"'
    rf"(?:@[a-zA-Z]{{1,8}}(?:-[a-zA-Z0-9]{{1,8}})*|\^\^{_IRI})?"
)
_IDENTIFIER = re.compile(r"(?:[A-Z0-9][A-Z0-9._-]{3,63})?")
_MESSAGE = re.compile(r"(?:[^{}]|\{[a-z_]{1,30}\}){0,500}")
_MOST_KNOWN = 100_000
_ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class Forged(Exception):
    """A worker sent what no worker of ours sends."""


def frame(message: bytes) -> bytes:
    """Return a message with its length before it."""
    return LENGTH.pack(len(message)) + message


def dump(value: object) -> bytes:
    """Return plain values as JSON."""
    return _ENCODE(value).encode("utf-8", "surrogatepass")


def load(message: bytes | bytearray) -> Any:
    """Return what JSON holds; raises `Forged` when it is none."""
    try:
        return json.loads(message.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise Forged(str(error)) from error


# on the worker's side


def pack_read(read: Read, columns: Mapping[str, str] | None) -> list[Any]:
    """Return a record that was read as plain values."""
    candidate = read.candidate
    references = [
        [each.path, each.node, each.predicate, each.term, each.text, _packed(each.place)]
        for each in candidate.references
    ]
    places = [[node, predicate, _packed(place)] for (node, predicate), place in (candidate.places or {}).items()]
    return [
        candidate.record.iri,
        candidate.record.kind,
        candidate.identifier,
        candidate.record.nodes,
        _packed(candidate.place),
        [pack_finding(each) for each in candidate.findings],
        references,
        places,
        read.from_rdf,
        columns,
    ]


def pack_finding(finding: Finding) -> list[Any]:
    """Return a finding as plain values, in the order of its members."""
    return [
        finding.code, dict(finding.message), dict(finding.suggestion), finding.severity, finding.record, finding.path,
        dict(finding.label), finding.value, finding.constraint, finding.focus_node, finding.source_shape,
        _packed(finding.place),
    ]  # fmt: skip


def _packed(place: Place) -> list[str | int]:
    return [place.file, place.sheet, place.row, place.column, place.line]


def pack_error(error: CatalogError) -> list[Any]:
    """Return an error as plain values."""
    values = {
        name: dict(value) if isinstance(value, dict) else value if isinstance(value, int) else str(value)
        for name, value in error.values.items()
    }
    return [type(error).__name__, error.message, error.advice, values]


# on our side


class Unpacker:
    """Makes records and findings of plain values; raises `Forged` for any that are not what they should be."""

    def __init__(self, kinds: Container[str]) -> None:
        self._kinds = kinds
        self._known: set[str] = set()

    def read(self, plain: Any) -> Read:
        """Return a record that was read."""
        iri, kind, identifier, nodes, place, findings, references, places, from_rdf, columns = _list(plain, 10)
        if kind not in self._kinds or not _IDENTIFIER.fullmatch(_text(identifier)):
            raise Forged("kind or identifier")
        self._check_nodes(_text(iri), nodes)
        candidate = Candidate(
            Record(iri, kind, nodes),
            _place(place),
            identifier,
            tuple(self.finding(each) for each in _list(findings)),
            tuple(self._reference(each) for each in _list(references)),
            {
                (self._term(node), self._term(name) if name.startswith("<") else _text(name)): _place(at)
                for node, name, at in (_list(each, 3) for each in _list(places))
            },
        )
        return Read(candidate, bool(from_rdf), _texts(columns or {}))

    def _check_nodes(self, iri: str, nodes: Any) -> None:
        """Refuse what is not subject to predicate to list of terms, about the record and its inner nodes."""
        met = {f"<{iri}>"}
        for subject, properties in _dict(nodes).items():
            met.add(subject)
            for objects in _dict(properties).values():
                met.update(map(_text, _list(objects)))
            met.update(properties)
        for term in met - self._known:
            self._term(term)
        if len(self._known) < _MOST_KNOWN:
            self._known |= {term for term in met if len(term) < 100}

    def _term(self, term: Any) -> str:
        if term not in self._known and not _TERM.fullmatch(_text(term)):
            raise Forged("term")
        return _text(term)

    def _reference(self, plain: Any) -> Reference:
        path, node, predicate, term, text, place = _list(plain, 6)
        return Reference(
            _text(path), self._term(node), self._term(predicate), self._term(term), _text(text), _place(place)
        )

    @staticmethod
    def finding(plain: Any) -> Finding:
        """Return a finding."""
        code, message, advice, severity, record, path, label, value, constraint, focus, shape, place = _list(plain, 12)
        if severity not in ("error", "warning", "info"):
            raise Forged("severity")
        return Finding(
            _text(code), _texts(message), _texts(advice), severity, _text(record), _text(path), _texts(label),
            _text(value), _text(constraint), _text(focus), _text(shape), _place(place),
        )  # fmt: skip

    def findings(self, plain: Any) -> dict[str, list[Finding]]:
        """Return findings by IRI of their record."""
        return {iri: [self.finding(each) for each in _list(found)] for iri, found in _dict(plain).items()}


def unpack_error(plain: Any) -> CatalogError:
    """Return the error that reading ended with."""
    name, message, advice, values = _list(plain, 4)
    if name not in _ERRORS or not _MESSAGE.fullmatch(_text(message)) or not _MESSAGE.fullmatch(_text(advice)):
        raise Forged("error")
    known = {
        each: value if isinstance(value, int) else _texts(value) if isinstance(value, dict) else _text(value)
        for each, value in _dict(values).items()
    }
    kind: Callable[..., CatalogError] = getattr(errors, name)
    error: CatalogError = CatalogError.__new__(kind)  # type: ignore[arg-type]
    CatalogError.__init__(error, message, advice=advice, **known)
    return error


def _list(value: Any, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise Forged("list")
    return value


def _dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Forged("object")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Forged("text")
    return value


def _texts(value: Any) -> dict[str, str]:
    return {name: _text(each) for name, each in _dict(value).items()}


def _place(value: Any) -> Place:
    file, sheet, row, column, line = _list(value, 5)
    if not isinstance(row, int) or not isinstance(line, int):
        raise Forged("place")
    return Place(_text(file), _text(sheet), row, _text(column), line)
