"""The search engine's share: documents indexed a second, and milliseconds a search with eight facets.

A rival runs on the same documents and queries: SQLite FTS5 over our tokens, with a table of facet values beside it.
Words are drawn by Zipf's law from a fixed list with a fixed seed, so that two runs index the same documents.

    python benchmarks/bench_search_engine.py --documents 200000
"""

from __future__ import annotations

import argparse
import bisect
import itertools
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from indexer import bulk
from indexer.analysis import Analyser
from indexer.engines import open_engine
from indexer.grammar import parse
from indexer.query import FacetRequest, Keyword, Search, Sort
from indexer.schema import Document, IndexSchema, TextField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.engine import Engine

SHARES = {2: 17_000, 3: 3_000, 4: 4_000}
"""Words by length, about as they are in Chinese texts."""

WORDS = sum(SHARES.values())
SCHEMA = IndexSchema(
    texts=(
        TextField("title", 8.0, pinyin=True),
        TextField("names", 4.0, pinyin=True),
        TextField("subjects", 3.0),
        TextField("text"),
        TextField("details", 0.5),
    ),
    keywords=("category", "within", "cover", "region", "sector", "certification", "mode", "pricing", "online"),
    numbers=("issued", "price.min", "price.max", "rating"),
)
LENGTHS = {"title": 4, "names": 6, "subjects": 10, "text": 200, "details": 150}
"""Words a field: in all about 1,000 characters, as a full record has."""

FACETS = ("category", "within", "region", "sector", "certification", "mode", "pricing", "online")
SIZES = {"category": 63, "within": 120, "region": 111, "sector": 90, "certification": 30, "mode": 5, "pricing": 5}


class Corpus:
    """Documents of a fixed seed."""

    def __init__(self, documents: int) -> None:
        from pypinyin.phrases_dict import phrases_dict

        self.documents = documents
        self._random = random.Random(20261123)
        words = {length: sorted(word for word in phrases_dict if len(word) == length) for length in SHARES}
        picked = [word for length, share in SHARES.items() for word in self._random.sample(words[length], share)]
        self.words = self._random.sample(picked, len(picked))
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))

    def text(self, words: int) -> str:
        total = self._weights[-1]
        picked = [self.words[bisect.bisect(self._weights, self._random.random() * total)] for _ in range(words)]
        return "".join(word if number % 7 else f"，{word}" for number, word in enumerate(picked)).lstrip("，")

    def __iter__(self) -> Iterator[Document]:
        pick = self._random.randrange
        for number in range(self.documents):
            keywords: dict[str, tuple[str, ...]] = {}
            for name, size in SIZES.items():
                keywords[name] = (f"{name}-{min(pick(size), pick(size)):03}",)
            keywords["within"] = tuple({f"within-{pick(120):03}" for _ in range(3)} | {"within-000"})
            keywords["online"] = ("yes" if pick(3) else "no",)
            yield Document(
                id=f"BENCH-{number:07}",
                kind="record",
                seq=number + 1,
                texts={name: self.text(length) for name, length in LENGTHS.items()},
                keywords=keywords,
                numbers={"issued": 20_000 + pick(700), "price.min": pick(100_000), "rating": pick(50)},
                stored={"title": f"{number}", "summary": "x" * 200},
            )

    def queries(self, count: int) -> list[tuple[str, str]]:
        """Return narrow and broad queries, nine to one, each with its class."""
        mixed = []
        for number in range(count):
            if number % 10:
                rank = self._random.randrange(400, WORDS // 2)
                mixed.append(("narrow", self.words[rank]))
            else:
                mixed.append(("broad", self._random.choice(["", *self.words[:20]])))
        return mixed


class Fts5:
    """The rival: SQLite FTS5 over our bigrams, facets counted by a join."""

    name = "sqlite fts5"

    def __init__(self, folder: Path, analyser: Analyser) -> None:
        self._analyser = analyser
        self._base = sqlite3.connect(folder / "fts.sqlite")
        self._base.execute("PRAGMA journal_mode=WAL")
        columns = ", ".join(field.name for field in SCHEMA.texts)
        self._base.execute(f"CREATE VIRTUAL TABLE searchable USING fts5({columns}, content='', tokenize='unicode61')")
        self._base.execute("CREATE TABLE facet (record INTEGER, name TEXT, value TEXT)")

    def write(self, documents: list[Document], _: int) -> None:
        rows: list[tuple[object, ...]] = []
        facets: list[tuple[int, str, str]] = []
        for document in documents:
            columns = zip(bulk.columns(SCHEMA), bulk.tokens(document, SCHEMA, self._analyser), strict=True)
            rows.append((document.seq, *(tokens for (_, stream), tokens in columns if stream == "bigrams")))
            facets.extend((document.seq, name, v) for name in FACETS for v in document.keywords[name])
        marks = ", ".join("?" * (len(SCHEMA.texts) + 1))
        names = ", ".join(field.name for field in SCHEMA.texts)
        with self._base:
            self._base.executemany(f"INSERT INTO searchable(rowid, {names}) VALUES ({marks})", rows)
            self._base.executemany("INSERT INTO facet VALUES (?, ?, ?)", facets)

    def finish(self) -> None:
        self._base.execute("CREATE INDEX facet_record ON facet (record, name, value)")
        self._base.execute("CREATE INDEX facet_value ON facet (name, value, record)")

    def search(self, query: str) -> int:
        tokens = self._analyser.streams(query).bigrams.split()
        found = "SELECT record FROM facet"
        given: tuple[str, ...] = ()
        if tokens:
            found, given = "SELECT rowid FROM searchable WHERE searchable MATCH ?", (f'"{" ".join(tokens)}"',)
            self._base.execute(f"{found} ORDER BY rank LIMIT 20", given).fetchall()
        counts = self._base.execute(
            f"SELECT name, value, count(*) FROM facet WHERE record IN ({found}) GROUP BY name, value", given
        ).fetchall()
        return len(counts)


def fill(target: Engine | Fts5, corpus: Corpus, batch: int) -> float:
    """Index all documents and return how many a second; making them is not counted."""
    spent = 0.0
    documents = iter(corpus)
    while chunk := list(itertools.islice(documents, batch)):
        start = time.perf_counter()
        target.write(chunk, chunk[-1].seq)
        spent += time.perf_counter() - start
    return corpus.documents / spent


def search_of(text: str, analyser: Analyser, *, filtered: bool) -> Search:
    filters = (("category", Keyword("category", ("category-003", "category-004"))),) if filtered else ()
    return Search(
        parse(text, SCHEMA.texts, analyser).clause,
        filters=filters,
        facets=tuple(FacetRequest(name, name, leave_out=name) for name in FACETS),
        sort=Sort() if text else Sort("issued"),
    )


def report(name: str, kind: str, times: list[float], share: float) -> None:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    matched = f"  matched {share:.2%}" if share else ""
    middle = statistics.median(times)
    print(f"{name:12} {kind:18} n={len(times):4} p50 {middle * 1e3:8.2f} p99 {p99 * 1e3:8.2f} ms{matched}")


def measure(engine: Engine, rival: Fts5 | None, corpus: Corpus, analyser: Analyser, queries: int) -> None:
    times: dict[tuple[str, str], list[float]] = {}
    shares: dict[str, list[float]] = {}
    for number, (kind, text) in enumerate(corpus.queries(queries)):
        start = time.perf_counter()
        result = engine.search(search_of(text, analyser, filtered=False))
        times.setdefault((engine.name, kind), []).append(time.perf_counter() - start)
        shares.setdefault(kind, []).append(result.total / corpus.documents)
        start = time.perf_counter()
        engine.search(search_of(text, analyser, filtered=True))
        times.setdefault((engine.name, f"{kind}, filtered"), []).append(time.perf_counter() - start)
        if rival and number % 5 == 0 and (kind == "narrow" or number % 50 == 0):
            start = time.perf_counter()
            rival.search(text)
            times.setdefault((rival.name, kind), []).append(time.perf_counter() - start)
    for (name, kind), values in sorted(times.items()):
        report(name, kind, values, statistics.mean(shares[kind.split(",")[0]]))
    if rival:
        for kind in ("narrow", "broad"):
            ratio = statistics.median(times[rival.name, kind]) / statistics.median(times[engine.name, kind])
            print(f"{kind}: {ratio:.1f} times as fast as {rival.name}")


def crowd(engine: Engine, corpus: Corpus, analyser: Analyser, queries: int, clients: int) -> None:
    """Search from several threads at once, as a web worker does."""
    mixed = corpus.queries(queries)

    def ask(query: tuple[str, str]) -> tuple[str, float]:
        start = time.perf_counter()
        engine.search(search_of(query[1], analyser, filtered=False))
        return query[0], time.perf_counter() - start

    start = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        asked = list(pool.map(ask, mixed))
    spent = time.perf_counter() - start
    print(f"{clients} clients at once: {len(asked) / spent:,.0f} searches/s")
    for kind in ("narrow", "broad"):
        report(engine.name, f"{kind}, {clients} clients", [took for name, took in asked if name == kind], 0)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, default=200_000)
    options.add_argument("--queries", type=int, default=300)
    options.add_argument("--clients", type=int, default=4)
    options.add_argument("--batch", type=int, default=5_000)
    options.add_argument("--path", type=Path, help="keep the index here, and use it again if it is there")
    options.add_argument("--without-rival", action="store_true")
    chosen = options.parse_args()
    folder = chosen.path or Path(tempfile.mkdtemp(prefix="bench-search-"))
    corpus = Corpus(chosen.documents)
    analyser = Analyser(corpus.words)
    engine = open_engine("embedded", SCHEMA, analyser, path=folder / "index")
    if engine.position() < chosen.documents:
        print(f"embedded: {fill(engine, corpus, chosen.batch):,.0f} documents/s indexed, analysis included")
        engine.close()
        engine = open_engine("embedded", SCHEMA, analyser, path=folder / "index")
    rival = None
    if not chosen.without_rival:
        rival = Fts5(Path(tempfile.mkdtemp(prefix="bench-fts-", dir=folder)), analyser)
        print(f"{rival.name}: {fill(rival, Corpus(chosen.documents), chosen.batch):,.0f} documents/s indexed")
        rival.finish()
    measure(engine, rival, corpus, analyser, chosen.queries)
    crowd(engine, corpus, analyser, chosen.queries, chosen.clients)
    engine.close()
    if not chosen.path:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
