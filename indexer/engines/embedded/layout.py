"""Which fields a document has in tantivy, and how ids become numbers that sort as they do."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import tantivy

from indexer import bulk
from indexer.schema import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.schema import Deletion, IndexSchema

FORMAT = 2
"""Raised when the fields below change."""

STATE = "state"
"""Empty in live documents; other ones are in every search for what has *not* something, and are kept out of it."""

TOMBSTONE = "gone"
WATERMARK = "mark"

ID_PARTS = 4
_PART = 8


def text_field(field: str, stream: str) -> str:
    """Return the name of a token stream."""
    return f"t.{field}.{stream}"


def keyword_field(field: str) -> str:
    """Return the name of a keyword field."""
    return f"k.{field}"


def number_field(field: str) -> str:
    """Return the name of a number field."""
    return f"n.{field}"


def id_part(number: int) -> str:
    """Return the name of the n-th eight bytes of the id."""
    return f"id.{number}"


def id_parts(id_: str) -> list[int]:
    """Return the first bytes of an id as numbers in the order of the ids.

    >>> id_parts("KB-0000001") < id_parts("KB-0000002") < id_parts("KB-00000020")
    True
    """
    raw = id_.encode()[: _PART * ID_PARTS].ljust(_PART * ID_PARTS, b"\0")
    parts = (raw[start : start + _PART] for start in range(0, len(raw), _PART))
    return [int.from_bytes(part, "big") - (1 << 63) for part in parts]


def is_long(id_: str) -> bool:
    """Tell whether the id has more bytes than its parts hold."""
    return len(id_.encode()) > _PART * ID_PARTS


def build(schema: IndexSchema) -> tantivy.Schema:
    """Return tantivy's schema for ours."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(STATE, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("seq", fast=True)
    builder.add_bytes_field("data", stored=True)
    builder.add_bytes_field("hash", stored=True)
    for part in range(ID_PARTS):
        builder.add_integer_field(id_part(part), fast=True)
    for keyword in dict.fromkeys(("kind", *schema.keywords)):
        builder.add_text_field(keyword_field(keyword), fast=True, tokenizer_name="raw", index_option="basic")
    for number in schema.numbers:
        builder.add_integer_field(number_field(number), fast=True)
    for field in schema.texts:
        for stream in bulk.fields_of(field):
            # Words are never asked for as phrases, so they need no positions.
            option = "freq" if stream == "words" else "position"
            name = text_field(field.name, stream)
            builder.add_text_field(name, tokenizer_name="whitespace", index_option=option)
    return builder.build()


def document(change: Prepared | Deletion, schema: IndexSchema) -> tantivy.Document:
    """Return a document or a tombstone as tantivy takes it."""
    content: dict[str, Any] = {"id": change.id, "seq": change.seq}
    for number, part in enumerate(id_parts(change.id)):
        content[id_part(number)] = part
    if not isinstance(change, Prepared):
        content |= _texts(schema, bulk.sentinels(schema))
        content[STATE] = TOMBSTONE
        return tantivy.Document.from_dict(content)
    content |= _texts(schema, change.tokens)
    for name, values in change.keywords.items():
        content[keyword_field(name)] = list(dict.fromkeys(values))
    content[keyword_field("kind")] = change.kind
    for name, number in change.numbers.items():
        content[number_field(name)] = number
    content["hash"] = change.hash.encode()
    content["data"] = f'{{"kind":{bulk.as_json(change.kind)},"stored":{change.stored}}}'.encode()
    return tantivy.Document.from_dict(content)


def watermark(position: int, newest: int, schema: IndexSchema) -> tantivy.Document:
    """Return the one document that says how far the index has come; committed with what it speaks of."""
    content: dict[str, Any] = {STATE: WATERMARK, **dict(_texts(schema, bulk.sentinels(schema)))}
    content["data"] = json.dumps({"position": position, "newest": newest}).encode()
    return tantivy.Document.from_dict(content)


@lru_cache(maxsize=8)
def _text_fields(schema: IndexSchema) -> tuple[str, ...]:
    return tuple(text_field(field, stream) for field, stream in bulk.columns(schema))


def _texts(schema: IndexSchema, tokens: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the text fields of a document with their tokens."""
    return zip(_text_fields(schema), tokens, strict=True)
