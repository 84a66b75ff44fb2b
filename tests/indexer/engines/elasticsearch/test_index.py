"""What this engine alone promises: whole writes on a server that dies, rebuilds beside, shards, others' indexes."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from indexer.analysis import Analyser
from indexer.engines.elasticsearch import ElasticsearchIndex, open_index
from indexer.engines.memory import MemoryEngine
from indexer.errors import IndexUnreachable, WrongIndex
from indexer.query import All, FacetRequest, Phrase, Search, Token
from indexer.schema import Deletion, Document, IndexSchema, TextField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.elasticsearch_server import Server

SCHEMA = IndexSchema((TextField("title", 2.0, pinyin=True),), ("category",), ("price",))


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser()


@pytest.fixture
def opened(elasticsearch_options: dict[str, Any], analyser: Analyser) -> Iterator[Callable[..., ElasticsearchIndex]]:
    """Opens the index of this test, as often as one likes."""
    with contextlib.ExitStack() as stack:

        def open_(**options: Any) -> ElasticsearchIndex:
            index = open_index(SCHEMA, analyser, **(elasticsearch_options | options))
            stack.callback(index.close)
            return index

        yield open_


def document(number: int, seq: int = 0, title: str = "专利检索") -> Document:
    return Document(f"R{number:05}", "product", seq or number, {"title": title}, {"category": (str(number % 3),)})


def alias_of(server: Server, prefix: str) -> dict[str, list[str]]:
    found = server.request("GET", f"/{prefix}*/_alias")
    return {name: sorted(each["aliases"]) for name, each in found.items()}


# a server that is not there


def test_an_index_opens_without_its_server_and_says_so_when_used(analyser: Analyser) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        index = open_index(SCHEMA, analyser, url=f"http://127.0.0.1:{free.getsockname()[1]}", patience=0.2)

    for use in (index.position, lambda: index.search(Search(All())), lambda: index.write([document(1)], 1)):
        with pytest.raises(IndexUnreachable, match="does not answer"):
            use()
    index.close()


def follow(
    open_: Callable[[], ElasticsearchIndex],
    log: list[Document | Deletion],
    chunk: int,
    acknowledged: list[int],
    done: threading.Event,
) -> None:
    """Write a log as the follower does: from the recorded position, again and again until everything is in.

    A position is acknowledged when the write returns; a reader may see it a moment before it is on the server's disk.
    """
    index = open_()
    while not done.is_set():
        with contextlib.suppress(IndexUnreachable):
            position = index.position()
            if position == len(log):
                done.set()
                return
            part = log[position : position + chunk]
            index.write(part, position + len(part))
            acknowledged.append(position + len(part))


@pytest.mark.parametrize(
    ("changes", "kills"), [(1500, (0.4,)), pytest.param(9000, (0.1, 0.3, 0.5, 0.7, 0.9), marks=pytest.mark.long)]
)
def test_a_server_killed_in_mid_load_loses_nothing_and_doubles_nothing(
    elasticsearch_server: Server, opened: Callable[..., ElasticsearchIndex], changes: int, kills: tuple[float, ...]
) -> None:
    if not elasticsearch_server.owned:
        pytest.skip("the server at KEBAO_TEST_ELASTICSEARCH_URL is not ours to kill")
    numbers = random.Random(1)
    log: list[Document | Deletion] = []
    for seq in range(1, changes + 1):
        number = numbers.randrange(changes // 2)
        log.append(Deletion(f"R{number:05}", seq) if seq % 10 == 0 else document(number, seq))
    done, acknowledged = threading.Event(), [0]
    loading = threading.Thread(target=follow, args=(lambda: opened(patience=0.5), log, 50, acknowledged, done))
    loading.start()
    try:
        for share in kills:
            reader = opened()
            while (survived := acknowledged[-1]) < share * len(log):
                time.sleep(0.02)
            elasticsearch_server.kill()
            elasticsearch_server.start()
            assert position_of(reader) >= survived
            survived, entries = position_of(reader), dict(_seqs(reader))
            for id_, seq in _newest(log[:survived]).items():
                assert entries.get(id_, 0) >= seq or id_ in _deleted(log[survived:])
        assert done.wait(120)
    finally:
        done.set()
        loading.join()

    index = opened()
    assert dict(_seqs(index)) == _newest(log)
    assert index.search(Search(All(), size=0)).total == len(_newest(log))
    assert index.position() == len(log)


def _seqs(index: ElasticsearchIndex) -> Iterator[tuple[str, int]]:
    return ((id_, seq) for id_, seq, _ in index.entries())


def _newest(log: list[Document | Deletion]) -> dict[str, int]:
    state: dict[str, Document | Deletion] = {change.id: change for change in log}
    return {id_: change.seq for id_, change in state.items() if isinstance(change, Document)}


def _deleted(log: list[Document | Deletion]) -> set[str]:
    return {change.id for change in log if isinstance(change, Deletion)}


def position_of(index: ElasticsearchIndex) -> int:
    """Return the position as soon as the server answers again."""
    while True:
        with contextlib.suppress(IndexUnreachable):
            return index.position()


def test_a_write_the_server_cannot_take_now_leaves_the_position(
    elasticsearch_server: Server, elasticsearch_options: dict[str, Any], opened: Callable[..., ElasticsearchIndex]
) -> None:
    index = opened(patience=0.3)
    index.write([document(1)], 1)
    names = f"/{elasticsearch_options['index_prefix']}*"
    elasticsearch_server.request("PUT", f"{names}/_settings", {"index.blocks.read_only_allow_delete": True})

    with pytest.raises(IndexUnreachable):
        index.write([document(2)], 2)
    assert (index.position(), index.search(Search(All())).total) == (1, 1)

    elasticsearch_server.request("PUT", f"{names}/_settings", {"index.blocks.read_only_allow_delete": None})
    assert index.write([document(2)], 2) == []
    assert (index.position(), index.search(Search(All())).total) == (2, 2)


def test_searches_see_whole_writes_only(opened: Callable[..., ElasticsearchIndex]) -> None:
    writer, reader = opened(), opened()
    writer.write([], 0)
    seen: list[tuple[int, int]] = []

    def read() -> None:
        while not seen or seen[-1][0] < 300:
            result = reader.search(Search(All(), size=0))
            seen.append((result.position, result.total))

    reading = threading.Thread(target=read)
    reading.start()
    for start in range(1, 301, 30):
        writer.write([document(number) for number in range(start, start + 30)], start + 29)
    reading.join(60)

    assert all(total % 30 == 0 and total >= position for position, total in seen)


# the index itself


def test_an_index_deleted_under_us_is_made_anew_from_position_0(
    elasticsearch_server: Server, elasticsearch_options: dict[str, Any], opened: Callable[..., ElasticsearchIndex]
) -> None:
    index, reader, walker = opened(), opened(), opened()
    for each in (index, reader, walker):
        each.write([document(1)], 1)
    (name,) = alias_of(elasticsearch_server, elasticsearch_options["index_prefix"])
    elasticsearch_server.request("DELETE", f"/{name}")

    for use in (
        lambda: reader.search(Search(All())),
        lambda: list(walker.entries()),
        lambda: index.write([document(2)], 2),
    ):
        with pytest.raises(IndexUnreachable, match="gone"):
            use()
    assert index.position() == 0
    index.write([document(1), document(2)], 2)
    assert [hit.id for hit in index.search(Search(All())).hits] == ["R00001", "R00002"]


def test_somebody_elses_index_is_left_alone(
    elasticsearch_server: Server, elasticsearch_options: dict[str, Any], opened: Callable[..., ElasticsearchIndex]
) -> None:
    index = opened()
    alias = index.alias
    body: dict[str, Any] = {"aliases": {alias: {}}}
    elasticsearch_server.request("PUT", f"/{elasticsearch_options['index_prefix']}-other", body)

    for use in (index.position, lambda: index.write([document(1)], 1)):
        with pytest.raises(WrongIndex):
            use()


def test_several_processes_may_make_the_index_at_once(
    elasticsearch_server: Server, elasticsearch_options: dict[str, Any], opened: Callable[..., ElasticsearchIndex]
) -> None:
    indexes = [opened() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ElasticsearchIndex.position, indexes)) == [0] * 6

    assert len(alias_of(elasticsearch_server, elasticsearch_options["index_prefix"])) == 1


def test_a_rebuild_beside_takes_over_in_one_step(
    elasticsearch_server: Server, elasticsearch_options: dict[str, Any], opened: Callable[..., ElasticsearchIndex]
) -> None:
    index, other_process = opened(), opened()
    index.write([document(1), document(2)], 2)
    other_process.position()
    index.beside().write([document(9)], 9)  # given up half-way

    beside = index.beside()
    assert beside.position() == 0
    beside.write([document(3)], 5)
    assert (index.position(), index.search(Search(All())).total) == (2, 2)
    beside.take_over()

    for each in (index, other_process, beside):
        assert (each.position(), [hit.id for hit in each.search(Search(All())).hits]) == (5, ["R00003"])
    assert list(alias_of(elasticsearch_server, elasticsearch_options["index_prefix"]).values()) == [[index.alias]]


@pytest.mark.parametrize("shards", [1, 3])
def test_shards_change_neither_order_nor_counts(
    opened: Callable[..., ElasticsearchIndex], analyser: Analyser, shards: int
) -> None:
    numbers = random.Random(7)
    words = ["专利", "检索", "代理", "柳州", "服务", "检测", "认证", "技术", "转移", "PCT"]
    weights = [1 / (rank + 1) for rank in range(len(words))]
    batch = [
        document(number, 1, "".join(numbers.choices(words, weights, k=numbers.randint(1, 9)))) for number in range(400)
    ]
    index, reference = opened(shards=shards), MemoryEngine(SCHEMA, analyser)
    for engine in (index, reference):
        engine.write(batch, 1)

    for word in words[:9]:
        search = Search(Phrase("title", "bigrams", (word,)), facets=(FacetRequest("c", "category"),), size=50)
        assert index.search(search) == reference.search(search)


def test_the_server_keeps_no_tokens_but_what_people_can_read(
    elasticsearch_server: Server, opened: Callable[..., ElasticsearchIndex]
) -> None:
    index = opened()
    index.write(
        [Document("A", "product", 1, {"title": "专利"}, {"category": ("a",)}, {"price": 5}, {"t": "专利"}, "h")], 1
    )

    source = elasticsearch_server.request("GET", f"/{index.alias}/_doc/A")["_source"]
    expected = {"id": "A", "kind": "product", "seq": 1, "hash": "h", "live": True, "stored": '{"t":"专利"}'}
    assert source == expected | {"keyword": {"category": ["a"]}, "number": {"price": 5}}
    assert index.search(Search(Token("title", "bigrams", "专利"))).total == 1
