"""Bytes become raw records. A format is recognised by its content; its name only tells broken JSON Lines.

How to add a format: a file here with a class that has the members of `catalog_service.readers.base.Reader`, and a line
in ``READERS``. The contract tests of the port pick it up by themselves.
"""

from __future__ import annotations

import io
from contextlib import nullcontext
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from catalog_service.errors import CatalogError, UnreadableInput, UnsupportedFormat
from catalog_service.i18n import LANGUAGES, both, explain
from catalog_service.model.report import Finding, Place
from catalog_service.readers.base import UTF16_MARKS, Limits, ReadContext
from catalog_service.readers.incoming import HEAD, Incoming

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog_service.model.kind import Kind
    from catalog_service.model.raw import RawRecord
    from catalog_service.readers.base import Reader

READERS = {
    "xlsx": "catalog_service.readers.xlsx:Xlsx",
    "rdfxml": "catalog_service.readers.rdf.formats:RdfXml",
    "jsonld": "catalog_service.readers.rdf.jsonld:JsonLd",
    "jsonl": "catalog_service.readers.json:JsonLines",
    "json": "catalog_service.readers.json:Json",
    "nquads": "catalog_service.readers.rdf.formats:NQuads",
    "ntriples": "catalog_service.readers.rdf.formats:NTriples",
    "trig": "catalog_service.readers.rdf.formats:TriG",
    "turtle": "catalog_service.readers.rdf.formats:Turtle",
    "csv": "catalog_service.readers.csv:Csv",
}
"""Name of each format to its reader, in the order in which they are asked whether the content is theirs."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_OTHERS = {
    b"%PDF": "a PDF",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
}


@cache
def reader(name: str) -> Reader:
    """Return the reader of a format."""
    module, _, attribute = READERS[name].partition(":")
    found: Reader = getattr(import_module(module), attribute)()
    return found


def open_records(
    source: Path | BinaryIO,
    *,
    name: str,
    kind: str = "",
    limits: Mapping[str, int] | Limits | None = None,
    kinds: Mapping[str, Kind],
) -> Iterator[RawRecord | Finding]:
    """Yield the raw records of a file in its order, and findings on what in it was left out.

    In RDF the statements about a record need not stand together: what comes after the record was closed is yielded as
    another raw record with the same IRI, and whoever stores records puts the two together.
    Raises a subclass of `InputError` for a file of which nothing can be used; what is wrong further on is a finding.
    """
    bounds = Limits.of(limits)
    with source.open("rb") if isinstance(source, Path) else nullcontext(source) as opened:
        incoming = Incoming(opened, name=name, limits=bounds)
        head = incoming.head()
        if not head.strip():
            raise UnreadableInput("{file} is empty.", file=name)
        chosen = recognise(head, name)
        buffered = cast("BinaryIO", io.BufferedReader(incoming, 1 << 16))
        yield from _told(chosen.read(buffered, ReadContext(name, kind, kinds, bounds)), name)


def _told(items: Iterator[RawRecord | Finding], name: str) -> Iterator[RawRecord | Finding]:
    """Yield items; an error behind the first of them becomes the last finding, so that what was good is kept."""
    place, given = Place(name), False
    try:
        for item in items:
            place, given = item.place, True
            yield item
    except CatalogError as error:
        if not given:
            raise
        said = {lang: explain(error, lang) for lang in LANGUAGES}
        message = {lang: sentence for lang, (sentence, _) in said.items()}
        advice = {lang: more for lang, (_, more) in said.items() if more}
        behind = Place(name, place.sheet, place.row, line=place.line)
        yield Finding(error.code, message, advice, constraint=error.code, place=behind)


def recognise(head: bytes, name: str = "") -> Reader:
    """Return the reader of a content: the first who takes it for its own; ``READERS`` begins with the strict ones.

    What is called JSON Lines is read line by line also where the first line is not what it should be.
    """
    if head.startswith(UTF16_MARKS):
        raise UnreadableInput("{file} is not UTF-8.", advice="Save it as UTF-8.", file=name)
    found = next((each for each in map(reader, READERS) if each.sniff(head)), None)
    if _called_lines(name) and _lines_after_all(head, found):
        return reader("jsonl")
    if found is not None:
        return found
    if head.startswith(_OLD_OFFICE):
        raise UnsupportedFormat(
            "{file} is a workbook of the old kind, or one with a password.",
            advice="Open it in the spreadsheet program and save it again as .xlsx.",
            file=name,
        )
    start = head.lstrip()[:16].lower()
    for mark, what in _OTHERS.items():
        if head.startswith(mark) or start.startswith(mark):
            raise UnsupportedFormat(
                "{file} is {what}, which is not read.",
                advice="These can be read: {formats}.",
                file=name,
                what=both(what, domain="readers"),
                formats=_formats(),
            )
    raise UnsupportedFormat(
        "{file} is of no format that can be read.",
        advice="These can be read: {formats}.",
        file=name,
        formats=_formats(),
    )


def _called_lines(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith(tuple(f".{each}" for each in reader("jsonl").endings))


def _lines_after_all(head: bytes, found: Reader | None) -> bool:
    from catalog_service.readers.json import lines_after_all

    return lines_after_all(head, found.name if found else "", whole=len(head) < HEAD)


def _formats() -> str:
    return ", ".join(READERS)
