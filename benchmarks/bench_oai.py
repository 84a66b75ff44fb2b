"""ListRecords over HTTP, 100 a page: records/s of the first and the last pages.

Rivals: a server that only joins stored bytes (the ceiling), through the same web server and client.
"""

from __future__ import annotations

import http.client
import re
import tempfile
import time
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.serving import ceiling, filled_home, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]+)</resumptionToken>")


def run(scale: float = 1.0) -> None:
    """Print the table."""
    records = int(20_000 * scale)
    with tempfile.TemporaryDirectory() as folder:
        home = filled_home(Path(folder), records)
        with serving(home) as port:
            pages = list(_walk(port))
        print("| server | records/s | first ten pages | last ten pages |")
        print("|---|---|---|---|")
        _print("kebao, oai_dc", pages)
        bodies = [body for _, _, body in pages]
        with ceiling(bodies) as port:
            _print("stored bytes joined", list(_replay(port, len(bodies), [count for count, _, _ in pages])))


def _print(name: str, pages: list[tuple[int, float, bytes]]) -> None:
    def rate(some: list[tuple[int, float, bytes]]) -> str:
        return f"{sum(count for count, _, _ in some) / sum(seconds for _, seconds, _ in some):,.0f}"

    print(f"| {name} | {rate(pages)} | {rate(pages[:10])} | {rate(pages[-10:])} |", flush=True)


def _walk(port: int) -> Iterator[tuple[int, float, bytes]]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    query = "metadataPrefix=oai_dc"
    while query:
        started = time.perf_counter()
        connection.request("GET", f"/oai?verb=ListRecords&{query}")
        body = connection.getresponse().read()
        yield body.count(b"<record>"), time.perf_counter() - started, body
        found = _TOKEN.search(body)
        query = f"resumptionToken={urllib.parse.quote(found[1].decode())}" if found else ""


def _replay(port: int, pages: int, counts: list[int]) -> Iterator[tuple[int, float, bytes]]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for page in range(pages):
        started = time.perf_counter()
        connection.request("GET", f"/{page}")
        connection.getresponse().read()
        yield counts[page], time.perf_counter() - started, b""
