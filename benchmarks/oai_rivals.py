"""Rivals of our ListRecords, as WSGI applications over the same records held in memory.

``joined`` only joins stored bytes: what no server behind the same web server and client can beat. ``pyoai`` is the
server of the library of that name. Both read the pages we served from the folder ``BENCH_PAGES`` when they start.
"""

from __future__ import annotations

import os
import re
import urllib.parse
from datetime import datetime
from pathlib import Path
from typing import Any

PAGE = 100
_RECORD = re.compile(rb"<record>.*?</record>", re.DOTALL)
_DC = "{http://purl.org/dc/elements/1.1/}"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"


def _records() -> list[bytes]:
    paths = sorted(Path(os.environ["BENCH_PAGES"]).iterdir(), key=lambda path: int(path.name))
    return [record for path in paths for record in _RECORD.findall(path.read_bytes())]


def _arguments(environ: dict[str, str]) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(environ.get("QUERY_STRING", "")))


def joined() -> Any:
    """Return a server whose token is the number of the next record."""
    records = _records()

    def answer(environ: dict[str, str], start_response: Any) -> list[bytes]:
        at = int(_arguments(environ).get("resumptionToken", "0"))
        following = b"%d" % (at + PAGE) if at + PAGE < len(records) else b""
        token = b"<resumptionToken>%s</resumptionToken>" % following
        head = b'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        return [b"".join([head, b"<ListRecords>", *records[at : at + PAGE], token, b"</ListRecords></OAI-PMH>"])]

    return answer


def pyoai() -> Any:
    """Return pyoai's batching server over records in a list; it writes neither languages nor ``about``."""
    import cgi

    cgi.parse_qs = urllib.parse.parse_qs  # type: ignore[attr-defined]  # pyoai reads its tokens by it; gone since 3.8
    from oaipmh.metadata import MetadataRegistry
    from oaipmh.server import BatchingServer, oai_dc_writer

    registry = MetadataRegistry()
    registry.registerWriter("oai_dc", oai_dc_writer)
    server = BatchingServer(_InMemory(), registry, resumption_batch_size=PAGE)

    def answer(environ: dict[str, str], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        return [server.handleRequest(_arguments(environ))]

    return answer


class _InMemory:
    """What pyoai asks of a repository, as far as ListRecords needs it."""

    def __init__(self) -> None:
        self._records = [_as_pyoai(record) for record in _records()]

    def listRecords(self, metadataPrefix: str, cursor: int, batch_size: int) -> list[Any]:  # noqa: N802, N803
        """Return records from a place on."""
        return self._records[int(cursor) : int(cursor) + int(batch_size)]

    def identify(self) -> Any:
        """Return what every answer names the address of."""
        from oaipmh.common import Identify

        dates = (datetime(2026, 1, 1), "persistent", "YYYY-MM-DDThh:mm:ssZ", ["identity"])  # noqa: DTZ001
        return Identify("Bench", "http://bench.example/oai", "2.0", ["a@bench.example"], *dates, False)


def _as_pyoai(record: bytes) -> Any:
    from lxml import etree
    from oaipmh.common import Header, Metadata

    read = etree.fromstring(b'<r xmlns="http://www.openarchives.org/OAI/2.0/">' + record + b"</r>")
    stamp = datetime.fromisoformat(str(read.findtext(f".//{_OAI}datestamp"))).replace(tzinfo=None)
    sets = [str(each.text) for each in read.iter(f"{_OAI}setSpec")]
    said: dict[str, list[str]] = {}
    for each in read.iter(f"{_DC}*"):
        said.setdefault(str(each.tag).removeprefix(_DC), []).append(each.text or "")
    header = Header(None, str(read.findtext(f".//{_OAI}identifier")), stamp, sets, False)
    return header, Metadata(None, said), None
