"""What server and worker say to each other, in MessagePack: plain values only.

A worker may have been taken over by what it read, so the types of all it says are checked before anything is made of
it, and a record that a reader's gates could not have let through is not accepted from it either.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from catalog_service import errors
from catalog_service.errors import CatalogError
from catalog_service.model.record import Record
from catalog_service.model.report import Finding, Place
from catalog_service.normalise.result import Reference
from catalog_service.operations.reading import Read
from catalog_service.operations.spool import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from catalog_service.model.terms import Term

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
_SURROGATE = re.compile("[\ud800-\udfff]")

_Nodes = Mapping[str, Mapping[str, list[str]]]
_PlainPlace = tuple[str, str, int, str, int]
_PlainReference = tuple[str, str, str, str, str, _PlainPlace]


class Forged(Exception):
    """A worker sent what no worker of ours sends."""


class PlainFinding(msgspec.Struct, tag="finding", array_like=True, forbid_unknown_fields=True):
    """A finding, member by member."""

    code: str
    message: dict[str, str]
    suggestion: dict[str, str]
    severity: Literal["error", "warning", "info"]
    record: str
    path: str
    label: dict[str, str]
    value: str
    constraint: str
    focus_node: str
    source_shape: str
    place: _PlainPlace
    value_term: str
    predicates: list[str]


class PlainRead(msgspec.Struct, tag="record", array_like=True, forbid_unknown_fields=True):
    """A record that was read; ``columns`` stand only with the first of a table."""

    iri: str
    kind: str
    identifier: str
    nodes: _Nodes
    place: _PlainPlace
    findings: list[PlainFinding]
    references: list[_PlainReference]
    places: list[tuple[str, str, _PlainPlace]]
    from_rdf: bool
    columns: dict[str, str]


class Items(msgspec.Struct, tag="items", array_like=True, forbid_unknown_fields=True):
    """Some of what was read."""

    items: list[PlainRead | PlainFinding]


class End(msgspec.Struct, tag="end", array_like=True, forbid_unknown_fields=True):
    """Everything was read."""


class Found(msgspec.Struct, tag="found", array_like=True, forbid_unknown_fields=True):
    """The findings on records that were checked, by IRI."""

    findings: dict[str, list[PlainFinding]]


class Failed(msgspec.Struct, tag="failed", array_like=True, forbid_unknown_fields=True):
    """The error that reading ended with."""

    name: str
    message: str
    advice: str
    values: dict[str, bool | int | str | dict[str, str]]


class Full(msgspec.Struct, tag="full", array_like=True, forbid_unknown_fields=True):
    """Memory was not enough."""


class Broken(msgspec.Struct, tag="broken", array_like=True, forbid_unknown_fields=True):
    """Something that should not happen."""

    trace: str


Answer = Items | End | Found | Failed | Full | Broken

_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def frame(message: bytes) -> bytes:
    """Return a message with its length before it."""
    return LENGTH.pack(len(message)) + message


def dump(value: object) -> bytes:
    """Return a message; halves of characters, which no text in UTF-8 can hold, become question marks."""
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        return _ENCODER.encode(_whole(msgspec.to_builtins(value)))


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("?", value)
    if isinstance(value, dict):
        return {_whole(name): _whole(each) for name, each in value.items()}
    return [_whole(each) for each in value] if isinstance(value, (list, tuple)) else value


def join(items: Iterable[bytes]) -> bytes:
    """Return the message of items that are packed already."""
    return _ENCODER.encode(["items", [msgspec.Raw(each) for each in items]])


def load(message: bytes | bytearray) -> Answer:
    """Return what a worker says; raises `Forged` when it is none of its messages."""
    try:
        return _DECODER.decode(message)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Forged(str(error)) from error


# what is asked


def ask_to_check(records: Iterable[Record], linked: Mapping[Term, str]) -> bytes:
    """Return the request to check records."""
    return _ENCODER.encode(["check", [[each.iri, each.kind, each.nodes] for each in records], dict(linked)])


def ask_to_read(number: int, name: str, kind: str) -> bytes:
    """Return the request to read a file."""
    return dump(["read", number, name, kind])


def asked(request: bytes) -> list[Any]:
    """Return what is to be done and with what."""
    what, *rest = msgspec.msgpack.decode(request)
    if what == "check":
        return [what, [Record(*each) for each in rest[0]], rest[1]]
    return [what, *rest]


# on the worker's side


def pack_read(read: Read, columns: Mapping[str, str]) -> PlainRead:
    """Return a record that was read as plain values."""
    candidate = read.candidate
    return PlainRead(
        candidate.record.iri,
        candidate.record.kind,
        candidate.identifier,
        candidate.record.nodes,
        _packed(candidate.place),
        [pack_finding(each) for each in candidate.findings],
        [
            (each.path, each.node, each.predicate, each.term, each.text, _packed(each.place))
            for each in candidate.references
        ],
        [(node, predicate, _packed(place)) for (node, predicate), place in (candidate.places or {}).items()],
        read.from_rdf,
        dict(columns),
    )


def pack_finding(finding: Finding) -> PlainFinding:
    """Return a finding as plain values."""
    return PlainFinding(
        finding.code, dict(finding.message), dict(finding.suggestion), finding.severity, finding.record, finding.path,
        dict(finding.label), finding.value, finding.constraint, finding.focus_node, finding.source_shape,
        _packed(finding.place), finding.value_term, list(finding.predicates),
    )  # fmt: skip


def _packed(place: Place) -> _PlainPlace:
    return (place.file, place.sheet, place.row, place.column, place.line)


def pack_error(error: CatalogError) -> Failed:
    """Return an error as plain values."""
    values = {
        name: dict(value) if isinstance(value, dict) else value if isinstance(value, int) else str(value)
        for name, value in error.values.items()
    }
    return Failed(type(error).__name__, error.message, error.advice, values)


# on our side


class Unpacker:
    """Makes records and findings of plain values; raises `Forged` for any that are not what they should be."""

    def __init__(self, kinds: Container[str]) -> None:
        self._kinds = kinds
        self._known: set[str] = set()

    def items(self, plain: Sequence[PlainRead | PlainFinding]) -> list[Read | Finding]:
        """Return what was read."""
        reads = [each for each in plain if isinstance(each, PlainRead)]
        self._check_terms(reads)
        for each in reads:
            if each.kind not in self._kinds or not _IDENTIFIER.fullmatch(each.identifier):
                raise Forged("kind or identifier")
        return [_read(each) if isinstance(each, PlainRead) else finding_of(each) for each in plain]

    def _check_terms(self, reads: Iterable[PlainRead]) -> None:
        """Refuse what is no term: a record is about itself and its inner nodes, subject to predicate to terms."""
        met = set()
        for read in reads:
            met.add(f"<{read.iri}>")
            met.update(read.nodes)
            for properties in read.nodes.values():
                met.update(properties)
                for objects in properties.values():
                    met.update(objects)
            for reference in read.references:
                met.update(reference[1:4])
            for node, name, _ in read.places:
                met.update((node, name) if name.startswith("<") else (node,))
        met -= self._known
        for term in met:
            if not _TERM.fullmatch(term):
                raise Forged("term")
        if len(self._known) < _MOST_KNOWN:
            self._known |= {term for term in met if term[0] == "<" and "#" not in term}


def _read(plain: PlainRead) -> Read:
    candidate = Candidate(
        Record(plain.iri, plain.kind, plain.nodes),
        Place(*plain.place),
        plain.identifier,
        tuple(map(finding_of, plain.findings)),
        tuple(Reference(*each[:5], Place(*each[5])) for each in plain.references),
        {(node, name): Place(*at) for node, name, at in plain.places},
    )
    return Read(candidate, plain.from_rdf, plain.columns)


def finding_of(plain: PlainFinding) -> Finding:
    """Return a finding; raises `Forged` for one about what is no term."""
    for term in (plain.focus_node, plain.value_term, *plain.predicates):
        if term and not _TERM.fullmatch(term):
            raise Forged("term")
    return Finding(
        plain.code, plain.message, plain.suggestion, plain.severity, plain.record, plain.path, plain.label, plain.value,
        plain.constraint, plain.focus_node, plain.source_shape, Place(*plain.place),
        plain.value_term, tuple(plain.predicates),
    )  # fmt: skip


def error_of(plain: Failed) -> CatalogError:
    """Return the error that reading ended with."""
    if plain.name not in _ERRORS or not all(_MESSAGE.fullmatch(each) for each in (plain.message, plain.advice)):
        raise Forged("error")
    kind: Callable[..., CatalogError] = getattr(errors, plain.name)
    error: CatalogError = CatalogError.__new__(kind)  # type: ignore[arg-type]
    CatalogError.__init__(error, plain.message, advice=plain.advice, **plain.values)
    return error
