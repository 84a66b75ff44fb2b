"""Search over HTTP with eight facets and highlights, four clients; then the engines' share, ours and rivals'.

Over HTTP the same is asked with all twelve facets too, as pages do. Every query is also asked inside one process, of
the embedded engine and, where there is a server, of Elasticsearch over the same records with the same eight facets.
SQLite FTS5 over our tokens runs in `bench_search_engine`.

    python -m benchmarks.bench_search --home HOME --each queries.tsv

takes a catalogue of bench records that is already there, and writes what each query matched and took.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.records import Records
from benchmarks.serving import filled_home, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalog_service.operations.catalogue import Catalogue
    from indexer.query import Search
    from indexer.result import SearchResult

CLIENTS = 4
NARROW = 0.02
"""A query that matches a smaller share of the records is a narrow one."""

EIGHT = (
    "category", "areaServed", "providerRegion", "sector", "certification", "deliveryMode", "price", "period",
)  # fmt: skip

_RARE = (1_000, 12_000)
_COMMON = 20
_VISIT = 25
"""Searches on one connection: then somebody else comes, who may meet another worker."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one query took, in milliseconds: to its client, to the operation, to the engine."""

    query: str
    total: int
    client: float = 0.0
    operation: float = 0.0
    engine: float = 0.0


def run(scale: float = 1.0) -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        measure(filled_home(Path(folder), int(200_000 * scale)), max(40, int(400 * scale)))
    documents = str(int(200_000 * scale))
    subprocess.run([sys.executable, "-m", "benchmarks.bench_search_engine", "--documents", documents], check=True)


def measure(home: Path, count: int, each: Path | None = None) -> None:
    """Ask so many queries of each client and print what they took."""
    words = Records().words
    parts = [list(queries(words, count, seed)) for seed in range(CLIENTS)]
    with serving(home, workers=2) as port, ProcessPoolExecutor(CLIENTS) as pool:
        served = {
            name: [answer for part in pool.map(ask, [port] * CLIENTS, parts, [facets] * CLIENTS) for answer in part]
            for name, facets in (("8 facets", ",".join(EIGHT)), ("all facets", ""))
        }
    _tell(home, parts[0], served, each)


def _tell(home: Path, asked: Sequence[str], over_http: dict[str, list[Answer]], each: Path | None) -> None:
    """Ask the same inside this process, and print what everybody took."""
    served = over_http["8 facets"]
    records = max(answer.total for answer in served)
    print(f"{records:,} records, {CLIENTS} clients, {len(served)} searches\n")
    print("| who answers | queries | share of records matched | p50 ms | p99 ms | of that the engine |")
    print("|---|---|---|---|---|---|")
    inside = {"in one process, embedded": asked_inside(home, asked)}
    for name, answers in over_http.items():
        _rows(f"over HTTP, embedded, {name}", answers, records, inside["in one process, embedded"])
    with contextlib.ExitStack() as stack:
        url = _elasticsearch(stack)
        if url:
            settings = {"search.engine": "elasticsearch", "search.url": url, "search.index_prefix": "bench"}
            inside["in one process, Elasticsearch"] = asked_inside(home, asked, settings)
        for name, answers in inside.items():
            _rows(name, answers, records, answers)
    print(flush=True)
    if each is not None:
        lines = (f"{a.query}\t{a.total / records:.4%}\t{a.client:.1f}\t{a.operation:.1f}\n" for a in served)
        each.write_text("query\tmatched\tclient ms\toperation ms\n" + "".join(lines), encoding="utf-8")


def queries(words: Sequence[str], count: int, seed: int) -> Iterator[str]:
    """Yield queries: nine of ten a rare word, one a common word or nothing."""
    chance = random.Random(seed)
    for number in range(count):
        yield chance.choice(["", *words[:_COMMON]]) if number % 10 == 9 else words[chance.randrange(*_RARE)]


def ask(port: int, asked: Sequence[str], facets: str) -> list[Answer]:
    """Search over HTTP as one client."""
    answers = []
    for start in range(0, len(asked), _VISIT):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for query in asked[start : start + _VISIT]:
            started = time.perf_counter()
            connection.request(
                "GET", "/api/v1/search?" + urllib.parse.urlencode({"q": query, "lang": "zh", "facets": facets})
            )
            body = connection.getresponse().read()
            spent = (time.perf_counter() - started) * 1000
            found = json.loads(body)
            answers.append(Answer(query, found["total"], spent, found["took_ms"]))
        connection.close()
    return answers


def asked_inside(home: Path, asked: Sequence[str], settings: dict[str, str] | None = None) -> list[Answer]:
    """Search inside this process and tell the engine's time apart."""
    from catalog_service.operations.catalogue import open_catalogue
    from catalog_service.operations.search import SearchRequest, search

    catalogue = open_catalogue(home, environment={}, overrides=dict(settings or {}))
    catalogue.index.bring_to(catalogue.store.last_seq(), seconds=600)
    clock = _clocked(catalogue)
    search(catalogue, SearchRequest(q=asked[0], lang="zh", facets=EIGHT))
    answers = []
    for query in asked:
        clock.clear()
        page = search(catalogue, SearchRequest(q=query, lang="zh", facets=EIGHT))
        answers.append(Answer(query, page.total, page.took_ms, page.took_ms, sum(clock) * 1000))
    catalogue.close()
    return answers


def _clocked(catalogue: Catalogue) -> list[float]:
    """Return a list to which every search of the catalogue's index adds its seconds."""
    spent: list[float] = []
    plain = catalogue.index.search

    def search(asked: Search) -> SearchResult:
        started = time.perf_counter()
        try:
            return plain(asked)
        finally:
            spent.append(time.perf_counter() - started)

    vars(catalogue.index)["search"] = search
    return spent


def _elasticsearch(stack: contextlib.ExitStack) -> str:
    """Start the server the tests use; say so where there is none."""
    try:
        from tests.elasticsearch_server import Unavailable, running
    except ImportError as error:
        print(f"(no Elasticsearch beside: {error})", file=sys.stderr)
        return ""
    try:
        return stack.enter_context(running()).url
    except Unavailable as reason:
        print(f"(no Elasticsearch beside: {reason})", file=sys.stderr)
        return ""


def _rows(name: str, answers: Sequence[Answer], records: int, inside: Sequence[Answer]) -> None:
    """Print a row of the narrow and one of the broad queries; the engine's share is told by what was asked inside."""
    for kind in ("narrow", "broad or empty"):
        some = [each for each in answers if _kind(each, records) == kind]
        engine = [each.engine for each in inside if _kind(each, records) == kind]
        if some and engine:
            shares = sorted(each.total / records for each in some)
            times = sorted(each.client for each in some)
            at99 = times[min(len(times) - 1, int(len(times) * 0.99))]
            middle = statistics.median(times)
            print(
                f"| {name} | {kind} ({len(some)}) | {shares[0]:.2%} to {shares[-1]:.2%}, mean {statistics.mean(shares):.2%} "
                f"| {middle:.1f} | {at99:.1f} | {statistics.median(engine):.1f} ms, {statistics.median(engine) / middle:.0%} |"
            )


def _kind(answer: Answer, records: int) -> str:
    return "narrow" if answer.total < records * NARROW else "broad or empty"


def main() -> None:
    """Measure with a catalogue that is there already."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="home of a catalogue of bench records")
    parser.add_argument("--queries", type=int, default=400, help="of each client")
    parser.add_argument("--each", type=Path, help="file for what each query matched and took")
    chosen = parser.parse_args()
    measure(chosen.home, chosen.queries, chosen.each)


if __name__ == "__main__":
    main()
