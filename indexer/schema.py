"""What an index holds: fields, documents, and a fingerprint that tells when an index must be rebuilt."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


STREAMS = ("words", "bigrams", "characters", "pinyin")

SENTINEL = "|"
"""The last token of every stream of every text field of every document, tombstones and watermark included.

tantivy's BM25 counts all documents, Lucene's only those that have the field; with this token they are the same. No
analysis makes it. A tombstone and the watermark hold nothing else.
"""


@dataclass(frozen=True, slots=True)
class TextField:
    """A searched text. Every engine keeps four token streams of it: words, bigrams, characters, pinyin."""

    name: str
    weight: float = 1.0
    pinyin: bool = False
    """Only titles and names have pinyin: it is slow to make."""


@dataclass(frozen=True, slots=True)
class IndexSchema:
    """The fields of one index: all kinds of a catalogue share it."""

    texts: tuple[TextField, ...]
    keywords: tuple[str, ...]
    """Fields of exact values, many per document: codes, flags. Ancestors are put in by who makes documents."""
    numbers: tuple[str, ...]
    """Fields of whole numbers, at most one per document, for ranges and sorting."""
    edition: int = 1
    """Rises when documents of the same fields are made otherwise: an index of older documents is made anew."""

    @property
    def fingerprint(self) -> str:
        """A short digest of the fields; with the analyser's own it names an index."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Document:
    """One record as an engine stores it. ``seq`` is the change that made it: an engine keeps the newest."""

    id: str
    kind: str
    seq: int
    texts: Mapping[str, str]
    """Of each text field what is the document's own; the values of a repeated field are lines."""
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    stored: Mapping[str, Any] = field(default_factory=dict)
    """JSON that comes back with a hit, untouched."""
    hash: str = ""
    """Digest of the content, for comparing the index with the store."""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each text field what many documents share, such as names of codes: found there as well, analysed once."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document as engines take it: nothing strange in it, its texts cut, what it stores written down."""

    id: str
    kind: str
    seq: int
    tokens: tuple[str, ...]
    """Of every stream, in the order of `bulk.columns`: its tokens, joined by spaces."""
    keywords: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, int]
    stored: str
    """What is stored, as JSON."""
    hash: str


@dataclass(frozen=True, slots=True)
class Deletion:
    """A record that is to be found no more since change ``seq``."""

    id: str
    seq: int
