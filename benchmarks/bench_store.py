"""The record store: how fast it takes records in, and whether the last page of a list costs what the first costs.

``python benchmarks/bench_store.py [--records N] [--chunk N] [--url URL]``; the rival beside it is the same bytes
written by the driver alone into one table without index, history or log.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from catalog_service.store import NewVersion, Publication, open_store

TRIPLES = 52
PAGE = 100


def drafts(count: int, start: int = 0) -> list[NewVersion]:
    """Return records of about 8 kB with the keys, edges and sets a service product has."""
    chance = random.Random(start)
    predicates = [f"<https://w3id.org/stsp/ns#property{number:02d}>" for number in range(TRIPLES)]
    made = []
    for number in range(start, start + count):
        iri = f"https://catalogue.example/id/service/KB-{number:07d}"
        words = "".join(chr(0x4E00 + chance.randrange(3000)) for _ in range(1200))
        lines = [f'<{iri}> {name} "{words[i * 20 : i * 20 + 20]}"@zh .\n' for i, name in enumerate(predicates)]
        form = "".join(lines).encode()
        agency = f"https://catalogue.example/id/agency/KB-A{number % 500:05d}"
        made.append(
            NewVersion(
                identifier=f"KB-{number:07d}", iri=iri, kind="service", canonical=form,
                private_hash=hashlib.sha256(form).hexdigest(), title=words[:20],
                keys=(("name", words[:20]), ("provider+title", f"{agency} {words[:20]}"), ("provider", agency)),
                edges=((agency, "provider"),),
            )
        )  # fmt: skip
    return made


def sets_of(number: int) -> tuple[str, ...]:
    """Return the sets of the record of that number: kind, category, region, agency."""
    category = f"cat:{number % 9 + 1}:{number % 9 + 1}0{number % 6 + 1}"
    return "kind:service", category, f"region:450000:45{number % 14 + 1:02d}00", f"org:KB-A{number % 500:05d}"


def load(url: str, count: int, chunk: int) -> None:
    """Put and publish records in chunks and print the speed."""
    store = open_store(url)
    latencies, busy, processor = [], 0.0, 0.0
    with store.write(actor="bench") as writer:
        batch = writer.open_batch("bench")
    for start in range(0, count, chunk):
        portion = drafts(min(chunk, count - start), start)
        begun, used = time.perf_counter(), time.process_time()
        with store.write(actor="bench", batch=batch) as writer:
            writer.put_many(portion)
            writer.publish_many(
                [Publication(each.identifier, sets_of(start + number)) for number, each in enumerate(portion)]
            )
        latencies.append(time.perf_counter() - begun)
        busy += latencies[-1]
        processor += time.process_time() - used
    latencies.sort()
    print(
        f"put and publish      {count / busy:10,.0f} records/s ({processor / count * 1e6:.0f} µs of processor each) "
        f"in chunks of {chunk}; a chunk takes {statistics.median(latencies) * 1e3:.1f} ms, "
        f"p99 {latencies[int(len(latencies) * 0.99)] * 1e3:.1f} ms"
    )
    portion = drafts(min(chunk, count), 0)
    begun, rounds = time.perf_counter(), max(1, min(20, count // chunk))
    for _ in range(rounds):
        with store.write(actor="bench") as writer:
            writer.put_many(portion)
    print(f"put again, unchanged {rounds * len(portion) / (time.perf_counter() - begun):10,.0f} records/s")
    only_drafts(store, count, chunk)
    pages(store)
    single(store)
    store.close()


def only_drafts(store, count: int, chunk: int) -> None:
    busy, done = 0.0, 0
    for start in range(count, count + min(count, 10_000), chunk):
        portion = drafts(chunk, start)
        begun = time.perf_counter()
        with store.write(actor="bench") as writer:
            writer.put_many(portion)
        busy += time.perf_counter() - begun
        done += chunk
    print(f"put only             {done / busy:10,.0f} records/s")


def pages(store) -> None:
    for label, options in (("catalogue", {}), ("set of a category", {"set_": "cat:3"})):
        times, seq = [], 0
        begun = time.perf_counter()
        total = 0
        while seq is not None:
            before = time.perf_counter()
            page = store.listing(after_seq=seq, limit=PAGE, **options)
            times.append(time.perf_counter() - before)
            total += len(page.entries)
            seq = page.next_seq
        print(
            f"list {label:17} {total / (time.perf_counter() - begun):9,.0f} records/s; first page "
            f"{statistics.median(times[1:11]) * 1e3:.2f} ms, last {statistics.median(times[-11:-1]) * 1e3:.2f} ms"
        )


def single(store) -> None:
    times = []
    for each in drafts(200, 10_000_000):
        begun = time.perf_counter()
        with store.write(actor="bench") as writer:
            writer.put(each)
            writer.publish(each.identifier, ["kind:service"])
        times.append(time.perf_counter() - begun)
    print(f"one record saved     {statistics.median(times) * 1e3:.2f} ms, p99 {sorted(times)[-3] * 1e3:.2f} ms")
    times = []
    for number in range(500):
        begun = time.perf_counter()
        store.get(f"KB-{number:07d}")
        times.append(time.perf_counter() - begun)
    print(f"one record read      {statistics.median(times) * 1e3:.3f} ms")


def rival(folder: str, count: int, chunk: int) -> None:
    """Write the same bytes by the driver alone."""
    from catalog_service.store.engine import _sqlite_module

    connection = _sqlite_module().connect(f"{folder}/rival.sqlite", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, identifier TEXT UNIQUE, form BLOB)")
    busy = processor = 0.0
    for start in range(0, count, chunk):
        rows = [(each.identifier, each.canonical) for each in drafts(min(chunk, count - start), start)]
        begun, used = time.perf_counter(), time.process_time()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO record (identifier, form) VALUES (?, ?)", rows)
        connection.execute("COMMIT")
        busy += time.perf_counter() - begun
        processor += time.process_time() - used
    each = f"{processor / count * 1e6:.0f} µs of processor each"
    print(f"rival: bytes alone   {count / busy:10,.0f} records/s ({each})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--chunk", type=int, default=250)
    parser.add_argument("--url", default="")
    options = parser.parse_args()
    size = statistics.mean(len(each.canonical) for each in drafts(100))
    print(f"{options.records:,} records of {size:,.0f} bytes")
    with tempfile.TemporaryDirectory() as folder:
        load(options.url or f"sqlite:///{folder}/catalogue.sqlite", options.records, options.chunk)
        rival(folder, options.records, options.chunk)


if __name__ == "__main__":
    main()
