"""Search over HTTP with eight and more facets and highlights, four clients; then the engine's share.

Rivals: SQLite FTS5 over our tokens (in `bench_search_engine`), on the same records.
"""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.records import Records
from benchmarks.serving import filled_home, serving

CLIENTS = 4


def run(scale: float = 1.0) -> None:
    """Print the table."""
    records, queries = int(200_000 * scale), max(40, int(400 * scale))
    with tempfile.TemporaryDirectory() as folder:
        home = filled_home(Path(folder), records)
        with serving(home, workers=2) as port:
            _ask(port, [""] * 3)
            with ProcessPoolExecutor(CLIENTS) as pool:
                parts = [list(Records(seed).queries(queries)) for seed in range(CLIENTS)]
                answers = [answer for part in pool.map(_ask, [port] * CLIENTS, parts) for answer in part]
    narrow = [each for each in answers if each[1] < records * 0.02]
    broad = [each for each in answers if each[1] >= records * 0.02]
    print(f"{records:,} records, {CLIENTS} clients, {len(answers)} searches")
    print("\n| queries | share of records matched | p50 ms | p99 ms | engine and page p50 ms |")
    print("|---|---|---|---|---|")
    for name, some in (("narrow", narrow), ("broad or empty", broad)):
        if some:
            matched = statistics.mean(each[1] for each in some) / records
            times = sorted(each[0] for each in some)
            inside = statistics.median(each[2] for each in some)
            at99 = times[min(len(times) - 1, int(len(times) * 0.99))]
            print(
                f"| {name} ({len(some)}) | {matched:.2%} | {statistics.median(times):.1f} | {at99:.1f} | {inside:.1f} |"
            )
    print(flush=True)
    command = [sys.executable, "-m", "benchmarks.bench_search_engine", "--documents", str(records)]
    subprocess.run(command, check=True)


def _ask(port: int, queries: list[str]) -> list[tuple[float, int, float]]:
    """Return milliseconds seen by the client, records found, milliseconds the server says, for each query."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    answers = []
    for query in queries:
        started = time.perf_counter()
        connection.request("GET", "/api/v1/search?" + urllib.parse.urlencode({"q": query, "lang": "zh"}))
        found = json.loads(connection.getresponse().read())
        answers.append(((time.perf_counter() - started) * 1000, found["total"], found["took_ms"]))
    return answers
