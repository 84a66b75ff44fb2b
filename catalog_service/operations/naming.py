"""What somebody typed who knows which record is meant: its identifier, its IRI or address, its credit code."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.query import Keyword, Or

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.store.rows import RecordRow
    from indexer.grammar import Parsed

_NAMING = re.compile(r"(?=.*[0-9])[!-~]{3,300}")
_FIRST = 10_000.0
"""The score of the record that was named: far above what words in texts can give."""


def named(catalogue: Catalogue, text: str) -> list[RecordRow]:
    """Return the public records a text names; none for a text that cannot name one, which costs no look."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not _NAMING.fullmatch(text):
        return []
    written = {text, text.upper()}
    own = (f"{catalogue.public_url}/", f"{catalogue.iri_base}/")
    if text.startswith(own):
        written.add(text.partition("?")[0].rstrip("/").rpartition("/")[2])
    with catalogue.store.read() as reader:
        found = {**reader.many(written), **{row.identifier: row for row in reader.by_iris([text]).values()}}
        for rows in reader.by_keys("uscc", [text.upper()]).values():
            found |= {row.identifier: row for row in rows}
    return [row for _, row in sorted(found.items()) if row.live]


def also(parsed: Parsed, rows: list[RecordRow]) -> Parsed:
    """Return the query that finds these records too, before all others."""
    if not rows:
        return parsed
    these = Keyword("identifier", tuple(row.identifier for row in rows), _FIRST)
    return replace(parsed, clause=Or((these, parsed.clause)))
