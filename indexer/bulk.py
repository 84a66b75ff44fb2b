"""What every engine does with documents and searches before its own work begins: so that they all do it alike."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from indexer.engine import Refusal
from indexer.errors import UnknownField
from indexer.query import Keyword, Phrase, Range, Token, walk
from indexer.schema import SENTINEL, STREAMS, Deletion, Document, Prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indexer.analysis import Analyser
    from indexer.query import Clause, Search
    from indexer.schema import IndexSchema, TextField

MAX_ID = 512
"""Bytes; Elasticsearch takes no longer one."""

MAX_VALUE = 1024
"""Characters of a keyword value."""

MAX_VALUES = 10_000
MAX_TEXT = 1_000_000
MAX_NUMBER = 1 << 62
"""Elasticsearch sorts what has no number as if it had the lowest or highest of 64 bits."""


def fingerprint(schema: IndexSchema, analyser: Analyser) -> str:
    """Return the name of the indexes these two make: another one means another index, made beside the old."""
    return hashlib.sha256(f"{schema.fingerprint} {analyser.fingerprint}".encode()).hexdigest()[:12]


def fields_of(field: TextField) -> tuple[str, ...]:
    """Return the streams a text field has."""
    return STREAMS if field.pinyin else STREAMS[:3]


@lru_cache(maxsize=8)
def columns(schema: IndexSchema) -> tuple[tuple[str, str], ...]:
    """Return field and stream of all token streams a document has."""
    return tuple((field.name, stream) for field in schema.texts for stream in fields_of(field))


def tokens(document: Document, schema: IndexSchema, analyser: Analyser) -> tuple[str, ...]:
    """Return the tokens of every column, joined by spaces, the sentinel last."""
    made: list[str] = []
    for field in schema.texts:
        text = document.texts.get(field.name, "")
        parts = [analyser.streams(text, pinyin=field.pinyin)] if text else []
        if document.labels:
            parts += [analyser.shared(label, pinyin=field.pinyin) for label in document.labels.get(field.name, ())]
        made += [" ".join([*[part[n] for part in parts], SENTINEL]) for n in range(len(fields_of(field)))]
    return tuple(made)


def sentinels(schema: IndexSchema) -> tuple[str, ...]:
    """Return what stands in every column where there is no text: of tombstones and of the watermark."""
    return (SENTINEL,) * len(columns(schema))


def prepare(
    changes: Sequence[Document | Prepared | Deletion], schema: IndexSchema, analyser: Analyser
) -> tuple[dict[str, Prepared | Deletion], list[Refusal]]:
    """Return the newest change of each id as engines take it, and the documents that none takes."""
    prepared: dict[str, Prepared | Deletion] = {}
    refused: list[Refusal] = []
    for id_, change in newest(changes).items():
        if not isinstance(change, Document):
            prepared[id_] = change
            continue
        try:
            prepared[id_] = prepared_of(change, schema, analyser)
        except Strange as strange:
            refused.append(Refusal((id_, str(strange))))
    return prepared, refused


Change = TypeVar("Change", bound="Document | Prepared | Deletion")


def newest(changes: Sequence[Change]) -> dict[str, Change]:
    """Return the change with the highest ``seq`` of each id."""
    latest: dict[str, Change] = {}
    for change in changes:
        known = latest.get(change.id)
        if known is None or change.seq >= known.seq:
            latest[change.id] = change
    return latest


class Strange(ValueError):
    """What no engine takes, and why."""


def prepared_of(document: Document, schema: IndexSchema, analyser: Analyser) -> Prepared:
    """Return a document as engines take it; raises `Strange`."""
    reason = (
        _strange_id(document)
        or _strange_names(document, schema)
        or _strange_texts(document)
        or _strange_keywords(document)
        or _strange_numbers(document)
    )
    if reason:
        raise Strange(reason)
    stored, made = _stored(document), tokens(document, schema, analyser)
    keywords, numbers = document.keywords, document.numbers
    return Prepared(document.id, document.kind, document.seq, made, keywords, numbers, stored, document.hash)


def _strange_id(document: Document) -> str | None:
    if not document.id or "\0" in document.id:
        return "the id is empty or holds a zero character"
    if not _encodable(document.id) or len(document.id.encode()) > MAX_ID:
        return f"the id is no Unicode text or longer than {MAX_ID} bytes"
    return None


def _strange_names(document: Document, schema: IndexSchema) -> str | None:
    strange = sorted(set(document.keywords).difference(schema.keywords, ("kind",)))
    strange += sorted(set(document.numbers).difference(schema.numbers))
    strange += sorted({*document.texts, *document.labels}.difference(field.name for field in schema.texts))
    return f"no field named {strange[0]!r}" if strange else None


def _strange_texts(document: Document) -> str | None:
    labels = [(name, label) for name, each in document.labels.items() for label in each]
    for name, text in (*document.texts.items(), *labels, ("kind", document.kind), ("hash", document.hash)):
        if len(text) > MAX_TEXT:
            return f"{name}: longer than {MAX_TEXT} characters"
        if not _encodable(text):
            return f"{name}: no Unicode text"
    return None


def _strange_keywords(document: Document) -> str | None:
    for name, values in document.keywords.items():
        if len(values) > MAX_VALUES:
            return f"{name}: more than {MAX_VALUES} values"
        for value in values:
            if not 0 < len(value) <= MAX_VALUE or "\0" in value or not _encodable(value):
                return f"{name}: a value is empty, longer than {MAX_VALUE} characters or no Unicode text"
    return None


def _strange_numbers(document: Document) -> str | None:
    for name, number in document.numbers.items():
        if type(number) is not int or not -MAX_NUMBER < number < MAX_NUMBER:
            return f"{name}: {number!r} is no whole number below 2^62"
    return None if 0 <= document.seq < MAX_NUMBER else f"seq: {document.seq}"


def _stored(document: Document) -> str:
    """Return what a document stores as JSON; raises `Strange`."""
    try:
        stored = as_json(document.stored)
    except (TypeError, ValueError, RecursionError) as error:
        raise Strange(f"stored: {error}") from error
    if len(stored) > MAX_TEXT or not _encodable(stored):
        raise Strange(f"stored: longer than {MAX_TEXT} characters or no Unicode text")
    return stored


as_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
"""JSON as engines keep it."""


def _encodable(text: str) -> bool:
    """Tell whether a text holds no lone surrogates."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_search(search: Search, schema: IndexSchema) -> None:
    """Raise `UnknownField` if a search names a field that the schema has not."""
    texts = {field.name for field in schema.texts}
    titles = {field.name for field in schema.texts if field.pinyin}
    keywords = {"kind", *schema.keywords}
    for clause in _clauses(search):
        if isinstance(clause, Token | Phrase):
            _known(clause.field, titles if clause.stream == "pinyin" else texts)
            if isinstance(clause, Phrase) and clause.stream == "words":
                raise UnknownField(f"{clause.field}: positions of words", STREAMS[1:])
        elif isinstance(clause, Keyword):
            _known(clause.field, keywords)
        elif isinstance(clause, Range):
            _known(clause.field, schema.numbers)
    for facet in search.facets:
        _known(facet.field, keywords)
    if search.sort.by != "relevance":
        _known(search.sort.by, schema.numbers)


def _clauses(search: Search) -> Iterator[Clause]:
    yield from walk(search.query)
    for _, clause in search.filters:
        yield from walk(clause)
    for count in search.counts:
        yield from walk(count.clause)


def _known(field: str, known: Iterable[str]) -> None:
    if field not in known:
        raise UnknownField(field, known)
