"""ListRecords over HTTP, 100 a page, by one client: records/s, and the last pages beside the first.

Rivals behind the same web server, for the same client, over the same records in memory: pyoai's server, and one that
only joins stored bytes (the ceiling). Every server answers one page before it is measured.

    python -m benchmarks.bench_oai --records 200000
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import os
import re
import statistics
import tempfile
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.oai_rivals import PAGE
from benchmarks.records import AGENCIES
from benchmarks.serving import children_seconds, filled_home, serving, serving_wsgi

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDS = 20_000
RIVALS_PAGES = 200
"""Pages the rivals hold: they keep records in memory, where the place of a page costs nothing."""

_ENDS = 20
_MEMBERS = "ListRecords&metadataPrefix="
_TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]+)</resumptionToken>")


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk through a list: records and seconds of each page, and what the server computed for all of it."""

    pages: list[tuple[int, float]]
    computed: float

    @property
    def rate(self) -> float:
        """Records a second as the client sees them."""
        return sum(count for count, _ in self.pages) / sum(seconds for _, seconds in self.pages)

    @property
    def computed_rate(self) -> float:
        """Records a second of the server's processor time: what is left when the machine is not busy otherwise."""
        return sum(count for count, _ in self.pages) / self.computed if self.computed else 0.0

    def ends(self) -> tuple[float, float]:
        """Return the median milliseconds of the first and the last full pages of products."""
        full = [seconds * 1000 for count, seconds in self.pages[AGENCIES // PAGE + 1 :] if count == PAGE]
        return statistics.median(full[:_ENDS]), statistics.median(full[-_ENDS:])


def run(scale: float = 1.0) -> None:
    """Print the table."""
    measure(int(RECORDS * scale))


def measure(records: int) -> None:
    """Print the table of so many products."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "pages"
        kept.mkdir()
        home = filled_home(Path(folder), records)
        with serving(home) as port:
            ours = {
                "kebao, oai_dc": _walked(port, f"{_MEMBERS}oai_dc", keep=kept),
                "kebao, oai_dc, gzip": _walked(port, f"{_MEMBERS}oai_dc", packed=True),
                "kebao, sts": _walked(port, f"{_MEMBERS}sts"),
            }
        os.environ["BENCH_PAGES"] = str(kept)
        rivals = {}
        for name, target in (("pyoai, oai_dc", "pyoai"), ("stored bytes joined", "joined")):
            with serving_wsgi(f"benchmarks.oai_rivals:{target}", f"/oai?verb={_MEMBERS}oai_dc") as port:
                rivals[name] = _walked(port, f"{_MEMBERS}oai_dc")
    _print(records, ours | rivals, ceiling=rivals["stored bytes joined"].rate)


def _print(records: int, walks: dict[str, Walk], ceiling: float) -> None:
    print(f"{records:,} products and {AGENCIES} agencies; rivals hold the first {RIVALS_PAGES} pages of them\n")
    print("| server | records/s | of the ceiling | per second of its processor | first pages, ms | last pages, ms |")
    print("|---|---|---|---|---|---|")
    for name, walk in walks.items():
        first, last = walk.ends()
        rates = f"{walk.rate:,.0f} | {walk.rate / ceiling:.1%} | {walk.computed_rate:,.0f}"
        print(f"| {name} | {rates} | {first:.1f} | {last:.1f} |", flush=True)


def _walked(port: int, request: str, *, keep: Path | None = None, packed: bool = False) -> Walk:
    _ask(http.client.HTTPConnection("127.0.0.1", port), request, packed=packed)
    before = children_seconds()
    pages = list(_pages(port, request, keep=keep, packed=packed))
    return Walk(pages, children_seconds() - before)


def _pages(port: int, request: str, *, keep: Path | None, packed: bool) -> Iterator[tuple[int, float]]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    number = 0
    while request:
        started = time.perf_counter()
        body = _ask(connection, request, packed=packed)
        seconds = time.perf_counter() - started
        if packed:
            body = gzip.decompress(body)
        if keep is not None and number < RIVALS_PAGES:
            (keep / str(number)).write_bytes(body)
        yield body.count(b"<record>"), seconds
        found = _TOKEN.search(body)
        request = f"ListRecords&resumptionToken={urllib.parse.quote(found[1].decode())}" if found else ""
        number += 1


def _ask(connection: http.client.HTTPConnection, request: str, *, packed: bool) -> bytes:
    connection.request("GET", f"/oai?verb={request}", headers={"Accept-Encoding": "gzip"} if packed else {})
    return connection.getresponse().read()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    measure(parser.parse_args().records)
