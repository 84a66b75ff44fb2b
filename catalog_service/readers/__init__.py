"""Bytes become raw records. A format is recognised by its content; its ending only decides between equals.

How to add a format: a file here with a class that has the members of `catalog_service.readers.base.Reader`, and a
line in ``READERS``.
"""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from catalog_service.errors import TooLarge, UnreadableInput
from catalog_service.readers.base import ReadContext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog_service.model.kind import Kind
    from catalog_service.model.raw import RawRecord
    from catalog_service.model.report import Finding
    from catalog_service.readers.base import Reader

READERS = {
    "xlsx": "catalog_service.readers.xlsx:Xlsx",
    "jsonld": "catalog_service.readers.rdf:JsonLd",
    "json": "catalog_service.readers.json:Json",
    "jsonl": "catalog_service.readers.json:JsonLines",
    "rdfxml": "catalog_service.readers.rdf:RdfXml",
    "nquads": "catalog_service.readers.rdf:NQuads",
    "ntriples": "catalog_service.readers.rdf:NTriples",
    "trig": "catalog_service.readers.rdf:TriG",
    "turtle": "catalog_service.readers.rdf:Turtle",
    "csv": "catalog_service.readers.csv:Csv",
}
"""Format to its reader, in the order in which they are asked whether the content is theirs."""

_COVERS = {"trig": ("turtle",), "nquads": ("ntriples", "trig", "turtle"), "jsonl": ("json",)}
"""Formats whose content the narrower ones would take for theirs, and fail."""

_HEAD = 8192
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
"""Also what an encrypted workbook begins with."""

_GZIP = b"\x1f\x8b"
_MOST_INFLATED = 4_000_000_000


def reader(name: str) -> Reader:
    """Return the reader of a format."""
    module, _, attribute = READERS[name].partition(":")
    found: Reader = getattr(import_module(module), attribute)()
    return found


def open_records(
    source: Path | BinaryIO, *, name: str, kind: str = "", limits: Mapping[str, int], kinds: Mapping[str, Kind]
) -> Iterator[RawRecord | Finding]:
    """Yield the raw records of a file, and findings on what in it is no record.

    A piece of a record that comes after the record was closed is yielded as another raw record with the same IRI.
    Raises `UnreadableInput` for a file that is none of the formats.
    """
    context = ReadContext(name, kind, kinds, limits)
    with ExitStack() as stack:
        opened = stack.enter_context(source.open("rb")) if isinstance(source, Path) else source
        data = _inflated(opened, name, stack)
        head = data.read(_HEAD)
        data.seek(0)
        if not head.strip():
            raise UnreadableInput("{file} is empty.", file=name)
        chosen = _recognise(head, name.removesuffix(".gz"))
        yield from chosen.read(data, context)


def _inflated(source: BinaryIO, name: str, stack: ExitStack) -> BinaryIO:
    """Return the bytes without gzip, in a file of their own so that a bomb meets a limit and not the memory."""
    start = source.read(2)
    source.seek(0)
    if start != _GZIP:
        return source if source.seekable() else io.BytesIO(source.read())
    import tempfile

    target = cast("BinaryIO", stack.enter_context(tempfile.TemporaryFile()))  # noqa: SIM115 - closed by the stack
    size = 0
    try:
        with gzip.GzipFile(fileobj=source) as packed:
            while chunk := packed.read(1 << 20):
                size += len(chunk)
                if size > _MOST_INFLATED:
                    raise TooLarge("{file} holds more than {most} bytes unpacked.", file=name, most=_MOST_INFLATED)
                target.write(chunk)
    except TooLarge:
        target.close()
        raise
    except (OSError, EOFError, zlib.error) as error:
        target.close()
        raise UnreadableInput("{file} is not whole: {reason}.", file=name, reason=str(error)) from error
    target.seek(0)
    return target


def _recognise(head: bytes, name: str) -> Reader:
    """Return the reader whose content it is; several may say so, then the ending decides, else their order."""
    found = [each for each in map(reader, READERS) if each.sniff(head)]
    covered = {narrower for each in found for narrower in _COVERS.get(each.name, ())}
    found = [each for each in found if each.name not in covered]
    ending = Path(name).suffix.lstrip(".").lower()
    for each in found:
        if ending in each.endings:
            return each
    if head.startswith(_OLD_WORKBOOK):
        raise UnreadableInput(
            "{file} is a workbook of the old kind.",
            advice="Open it in the spreadsheet program, save it again as .xlsx.",
            file=name,
        )
    if not found:
        raise UnreadableInput(
            "{file} is none of the formats that can be read.",
            advice="These can be: {formats}.",
            file=name,
            formats=", ".join(READERS),
        )
    return found[0]
