"""JSON-LD. The only context that may be named by its address is ours, which is built in; nothing is ever fetched."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from catalog_service.errors import TooLarge, UnreadableInput
from catalog_service.readers.base import BOM, head_text, is_text, json_depth, quoted
from catalog_service.readers.rdf.groups import Groups
from catalog_service.readers.reasons import reason
from catalog_service.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.raw import RawRecord
    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Term
    from catalog_service.readers.base import ReadContext

CONTEXT_ADDRESSES = (
    "https://w3id.org/stsp/context.jsonld",
    "https://w3id.org/stsp/context/1.0.jsonld",
    "https://w3id.org/stsp/profile/1.0/context.jsonld",
)
"""Where our context is said to be."""

_WORDS = ('"@context"', '"@id"', '"@graph"', '"@type"')


class JsonLd:
    """One document, read as a whole."""

    name = "jsonld"
    media_types = ("application/ld+json",)
    endings = ("jsonld", "json")

    def sniff(self, head: bytes) -> bool:
        """Tell whether it is JSON with the words of JSON-LD."""
        text = head_text(head)
        return is_text(head) and text.startswith(("{", "[")) and any(word in text for word in _WORDS)

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield the records of the document."""
        import pyoxigraph as ox

        text = _text(source, context)
        try:
            document = with_our_context(json.loads(text), context.file)
        except (ValueError, RecursionError) as error:
            raise _not_json(context, error) from error
        data = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
        del document
        groups = Groups(context, _Lines(text).of)
        try:
            parser = ox.parse(io.BytesIO(data), format=ox.RdfFormat.JSON_LD)
            yield from groups.take(str(quad.triple) for quad in parser)
        except SyntaxError as error:
            groups.refuse(groups.root)
            yield groups.fault("broken-syntax", "This is not JSON-LD: {reason}. What comes behind it was left out.",
                               "Mend it and load the file once more.", reason=reason(error))  # fmt: skip
        yield from groups.end()


def _text(source: BinaryIO, context: ReadContext) -> str:
    most = context.limits.whole_bytes
    data = source.read(most + 1)
    if len(data) > most:
        raise TooLarge(
            "{file} is larger than {most} bytes.",
            advice="Write it as Turtle or JSON Lines, which are read piece by piece.",
            file=context.file,
            most=most,
        )
    if json_depth(data) > context.limits.depth:
        raise UnreadableInput(
            "{file} is nested deeper than {most} levels.", file=context.file, most=context.limits.depth
        )
    try:
        return data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableInput("{file} is not UTF-8.", advice="Save it as UTF-8.", file=context.file) from error


def _not_json(context: ReadContext, error: Exception) -> UnreadableInput:
    return UnreadableInput(
        "{file} is not JSON: {reason}.",
        advice="Mend it there; every quote, bracket and comma counts.",
        file=context.file,
        reason=reason(error),
    )


def with_our_context(node: Any, file: str) -> Any:
    """Return a document with our context in place of its address; raises `UnreadableInput` for any other address."""
    if isinstance(node, list):
        return [with_our_context(each, file) for each in node]
    if not isinstance(node, dict):
        return node
    if "@import" in node:
        raise _foreign(file, str(node["@import"]))
    return {
        name: _own_context(value, file) if name == "@context" else with_our_context(value, file)
        for name, value in node.items()
    }


def _own_context(value: Any, file: str) -> Any:
    if isinstance(value, list):
        return [_own_context(each, file) for each in value]
    if isinstance(value, str):
        if value not in CONTEXT_ADDRESSES:
            raise _foreign(file, value)
        return our_context()
    return with_our_context(value, file)


def _foreign(file: str, address: str) -> UnreadableInput:
    return UnreadableInput(
        "{file} names the context {address}, and nothing is fetched.",
        advice="Write the context into the file, or name {ours}.",
        file=file,
        address=quoted(address, 200),
        ours=CONTEXT_ADDRESSES[0],
    )


@cache
def our_context() -> Any:
    """Return the context of the profile, read once: where strangers' content is read, no file can be opened."""
    return json.loads((folder("ontology") / "context.jsonld").read_text(encoding="utf-8"))["@context"]


class _Lines:
    """Finds the line on which a subject is named, going forward."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1

    def of(self, subject: Term) -> int:
        """Return the line of a subject; the last one found where it is written in another way."""
        found = self._text.find(f'"{subject[1:-1]}"', self._at)
        if found >= 0:
            self._line += self._text.count("\n", self._at, found)
            self._at = found
        return self._line
