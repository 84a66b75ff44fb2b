"""Calls to a server that misbehaves: a small HTTP server plays Elasticsearch, answering as it is told to."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.engines.elasticsearch.calls import Item, Patience, bulk, call
from indexer.errors import IndexerError, IndexUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from elasticsearch import Elasticsearch

Answer = tuple[int, Any]


class Actor(ThreadingHTTPServer):
    """Answers each request by ``act(path, body)``: a status and JSON, or None to hang up."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.act: Callable[[str, bytes], Answer | None] = lambda path, body: (200, {})
        self.headers_seen: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about connections that were hung up."""


class _Handler(BaseHTTPRequestHandler):
    server: Actor

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.headers_seen.append({name.lower(): value for name, value in self.headers.items()})
        answer = self.server.act(self.path, body)
        if answer is None:
            self.close_connection = True
            return
        status, told = answer
        data = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.elasticsearch+json;compatible-with=8")
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_POST  # noqa: N815 - http.server's names

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def actor() -> Iterator[Actor]:
    server = Actor()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def client(actor: Actor) -> Iterator[Elasticsearch]:
    from elasticsearch import Elasticsearch

    with Elasticsearch(actor.url, max_retries=0, retry_on_timeout=False, request_timeout=5) as client:
        yield client


class Clock:
    """Time that passes by pausing only."""

    def __init__(self) -> None:
        self.now = 0.0

    def patience(self, seconds: float) -> Patience:
        return Patience(seconds, clock=lambda: self.now, pause=self._pause)

    def _pause(self, seconds: float) -> None:
        self.now += seconds


def one_after_another(*answers: Answer | None) -> Callable[[str, bytes], Answer | None]:
    left = list(answers)
    return lambda path, body: left.pop(0)


def failure(status: int, reason: str = "no") -> Answer:
    return status, {"error": {"type": "some_exception", "reason": reason}, "status": status}


@pytest.mark.parametrize(
    "first", [failure(429), failure(503), failure(502), None, (200, b'{"half": '), (503, b"<html>")]
)
def test_a_failure_that_passes_is_waited_out(actor: Actor, client: Elasticsearch, first: Answer | None) -> None:
    actor.act = one_after_another(first, first, (200, {"answer": 1}))
    clock = Clock()

    assert call(lambda: client.search(index="i"), clock.patience(10)) == {"answer": 1}
    assert clock.now > 0


def test_patience_ends(actor: Actor, client: Elasticsearch) -> None:
    actor.act = lambda path, body: failure(503, "no master")
    clock = Clock()

    with pytest.raises(IndexUnreachable, match="503: no master"):
        call(lambda: client.search(index="i"), clock.patience(10))
    assert 8 < clock.now <= 10


@pytest.mark.parametrize(
    ("status", "error"), [(401, IndexUnreachable), (403, IndexUnreachable), (404, LookupError), (400, IndexerError)]
)
def test_what_waiting_does_not_mend_is_told_at_once(
    actor: Actor, client: Elasticsearch, status: int, error: type[Exception]
) -> None:
    actor.act = lambda path, body: failure(status, "because")
    clock = Clock()

    with pytest.raises(error, match="because"):
        call(lambda: client.search(index="i"), clock.patience(10))
    assert clock.now == 0


def test_the_innermost_reason_is_told(actor: Actor, client: Elasticsearch) -> None:
    cause = {"reason": "middle", "caused_by": {"reason": "immense term"}}
    actor.act = lambda path, body: (400, {"error": {"reason": "outside", "caused_by": cause}})

    with pytest.raises(IndexerError, match="immense term"):
        call(lambda: client.search(index="i"), Clock().patience(1))


class Shelf:
    """Keeps documents by external version as Elasticsearch does, and fails as often as it is told to."""

    def __init__(self, failures: dict[str, list[int]]) -> None:
        self.kept: dict[str, int] = {}
        self.failures = failures
        self.requests: list[list[str]] = []
        self.sizes: list[int] = []

    def act(self, path: str, body: bytes) -> Answer:
        actions = [json.loads(line)["index"] for line in body.splitlines()[::2]]
        self.requests.append([action["_id"] for action in actions])
        self.sizes.append(len(body))
        items = [{"index": self._item(action)} for action in actions]
        return 200, {"errors": any(item["index"]["status"] >= 300 for item in items), "items": items}

    def _item(self, action: dict[str, Any]) -> dict[str, Any]:
        id_, version = action["_id"], action["version"]
        planned = self.failures.get(id_)
        status = planned.pop(0) if planned else 409 if self.kept.get(id_, -1) >= version else 201
        if status == 201:
            self.kept[id_] = version
            return {"_id": id_, "status": 201}
        return {"_id": id_, "status": status, "error": {"type": "t", "reason": f"reason {status}"}}


def item(id_: str, version: int = 1, size: int = 0) -> Item:
    action = {"index": {"_id": id_, "version": version}}
    return Item(id_, f"{json.dumps(action)}\n{json.dumps({'x': 'x' * size})}".encode())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    failures=st.dictionaries(
        st.sampled_from("ABCDEF"), st.lists(st.sampled_from([429, 500, 503, 409]), max_size=3), max_size=6
    ),
    poison=st.sets(st.sampled_from("ABCDEF")),
    known=st.sets(st.sampled_from("ABCDEF")),
)
def test_every_item_of_a_bulk_is_taken_refused_or_sent_again(
    actor: Actor, client: Elasticsearch, failures: dict[str, list[int]], poison: set[str], known: set[str]
) -> None:
    plan = {id_: [*statuses, *([400] if id_ in poison else [])] for id_, statuses in failures.items()}
    plan |= {id_: [400] for id_ in poison if id_ not in plan}
    first_409 = {id_ for id_, statuses in plan.items() if 409 in statuses}
    refused = {id_ for id_ in poison if id_ not in first_409}
    shelf = Shelf({id_: list(statuses) for id_, statuses in plan.items()})
    shelf.kept = dict.fromkeys(known, 9)
    actor.act = shelf.act

    outcome = bulk(client, "i", [item(id_) for id_ in "ABCDEF"], Clock().patience(60), refresh=False)

    assert dict(outcome.refused) == dict.fromkeys(refused, "reason 400")
    taken = set("ABCDEF") - known - refused - first_409
    assert {id_ for id_ in "ABCDEF" if shelf.kept.get(id_) == 1} == taken
    assert outcome.changed == len(taken)
    sent: dict[str, int] = defaultdict(int)
    for request in shelf.requests:
        for id_ in request:
            sent[id_] += 1
    again = {
        id_: next((n for n, s in enumerate(plan.get(id_, [])) if s in {400, 409}), len(plan.get(id_, [])))
        for id_ in "ABCDEF"
    }
    assert sent == {id_: count + 1 for id_, count in again.items()}


def test_items_that_fail_for_good_end_the_bulk(actor: Actor, client: Elasticsearch) -> None:
    shelf = Shelf({"B": [429] * 1000})
    actor.act = shelf.act

    with pytest.raises(IndexUnreachable, match="reason 429"):
        bulk(client, "i", [item("A"), item("B")], Clock().patience(5), refresh=False)
    assert shelf.kept == {"A": 1}


def test_progress_restores_patience(actor: Actor, client: Elasticsearch) -> None:
    shelf = Shelf({str(number): [429] * number for number in range(12)})
    actor.act = shelf.act
    clock = Clock()

    outcome = bulk(client, "i", [item(str(number)) for number in range(12)], clock.patience(0.1), refresh=False)

    assert outcome.changed == 12
    assert clock.now > 0.1


def test_a_blocked_item_is_no_refusal(actor: Actor, client: Elasticsearch) -> None:
    actor.act = Shelf({"A": [403]}).act

    with pytest.raises(IndexUnreachable, match="403"):
        bulk(client, "i", [item("A")], Clock().patience(5), refresh=False)


def test_a_bulk_is_sent_in_parts_of_a_few_megabytes(actor: Actor, client: Elasticsearch) -> None:
    shelf = Shelf({})
    actor.act = shelf.act
    items = [item(str(number), size=1_500_000) for number in range(5)] + [item("big", size=9_000_000), item("small")]

    bulk(client, "i", items, Clock().patience(5), refresh=False)

    assert shelf.requests == [["0", "1"], ["2", "3"], ["4"], ["big"], ["small"]]


def test_the_key_is_sent_with_every_request(actor: Actor) -> None:
    from indexer.analysis import Analyser
    from indexer.engines.elasticsearch import open_index
    from indexer.schema import IndexSchema

    actor.headers_seen.clear()
    actor.act = lambda path, body: failure(401, "wrong key")
    index = open_index(IndexSchema((), (), ()), Analyser(), url=actor.url, api_key="a2V5")

    with pytest.raises(IndexUnreachable, match="does not let us in: wrong key"):
        index.position()
    assert {headers["authorization"] for headers in actor.headers_seen} == {"ApiKey a2V5"}
    index.close()
