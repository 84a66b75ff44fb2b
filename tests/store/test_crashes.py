"""What survives: kill -9 at many moments, full disks, several processes at once (reliability, I1, I2)."""

from __future__ import annotations

import contextlib
import functools
import os
import random
import resource
import select
import signal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalog_service.errors import EnvironmentProblem, StoreFull
from catalog_service.store import NewVersion, Publication, open_store
from tests.store.drafts import make_draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.store import Store

CHUNK = 5


def assert_whole(store: Store) -> None:
    """Check that everything that belongs together is there together."""
    with store._database.reading() as connection:

        def scalar(sql: str) -> object:
            return connection.execute(sa.text(sql)).scalar()

        if store._database.is_sqlite:
            assert scalar("PRAGMA integrity_check") == "ok"
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
        assert scalar("SELECT count(*) FROM log") == scalar("SELECT coalesce(max(seq), 0) FROM log")
        assert scalar("SELECT seq FROM counter") == scalar("SELECT coalesce(max(seq), 0) FROM log")
        assert scalar("SELECT count(*) FROM record") == scalar("SELECT record_id FROM counter")
        assert scalar("SELECT count(*) FROM record r WHERE r.working_version <> (SELECT max(v.number) FROM version v "
                      "WHERE v.record_id = r.id)") == 0  # fmt: skip
        assert scalar("SELECT count(*) FROM record r WHERE r.seq <> (SELECT max(l.seq) FROM log l "
                      "WHERE l.record_id = r.id)") == 0  # fmt: skip
        assert scalar("SELECT count(*) FROM set_name s WHERE substr(s.name, 1, 1) <> '/' AND s.live <> (SELECT "
                      "count(*) FROM set_entry e WHERE e.set_id = s.id AND e.live)") == 0  # fmt: skip
        assert scalar("SELECT count(*) FROM record WHERE live") == scalar(
            "SELECT coalesce(max(live), 0) FROM set_name WHERE name = '/'"
        )


def in_a_fork(work: Callable[[Callable[[object], None]], None]) -> tuple[int, int]:
    """Run work in a process of its own; return its pid and where to read the lines it says."""
    receiver, sender = os.pipe()
    child = os.fork()
    if child:
        os.close(sender)
        return child, receiver
    status = 1
    try:
        work(lambda line: os.write(sender, f"{line}\n".encode()))
        status = 0
    finally:
        os._exit(status)


def write_for_ever(url: str, number: int, say: Callable[[object], None]) -> None:
    """Write chunk after chunk and say each number that is done."""
    store = open_store(url)
    say("open")
    while True:
        with store.write(actor="writer") as writer:
            writer.open_batch("chunk")
            names = [f"T-{number + each:04d}" for each in range(CHUNK)]
            writer.put_many([make_draft(number + each, f"text {number}" * 200) for each in range(CHUNK)])
            writer.publish_many([Publication(name, (f"cat:1:10{number % 4}",)) for name in names])
            if number >= 4 * CHUNK:
                writer.withdraw(f"T-{number - 4 * CHUNK:04d}", "old")
            writer.remember(str(number), "digest", b"done")
        say(number)
        number += CHUNK


def kill_points(url: str, rounds: int, seed: int) -> None:
    """Kill a writer again and again and look at what it left."""
    chance = random.Random(seed)
    number = 0
    for _ in range(rounds):
        child, receiver = in_a_fork(functools.partial(write_for_ever, url, number))
        with open(receiver) as said:
            assert said.readline() == "open\n"
            lines = [said.readline() for _ in range(chance.randrange(3))]
            select.select([], [], [], chance.random() * 0.012)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            acknowledged = [int(line) for line in [*lines, *said.readlines()]]
        with open_store(url) as store:
            assert_whole(store)
            done = store.count()
            assert done % CHUNK == 0, "half a chunk is there"
            assert done >= max(acknowledged, default=number - CHUNK) + CHUNK, "an acknowledged chunk is lost"
            assert len(store.many(f"T-{each:04d}" for each in range(done))) == done
            number = done


def test_what_was_acknowledged_survives_kill_9_and_nothing_is_half_there(sqlite_url):
    open_store(sqlite_url).close()

    kill_points(sqlite_url, 32, 1)


@pytest.mark.long
def test_what_was_acknowledged_survives_hundreds_of_kills(sqlite_url):
    open_store(sqlite_url).close()

    kill_points(sqlite_url, 300, 2)


def test_a_killed_migration_leaves_nothing_or_all(tmp_path):
    def migrate(url: str, last: int, _say: Callable[[object], None]) -> None:
        done = 0

        @sa.event.listens_for(Engine, "before_cursor_execute")
        def count(connection, cursor, statement, *rest):
            nonlocal done
            done += statement.lstrip().upper().startswith(("CREATE", "INSERT", "UPDATE"))
            if done == last:
                os.kill(os.getpid(), signal.SIGKILL)

        open_store(url).close()

    killed, point = True, 1
    while killed:
        url = f"sqlite:///{tmp_path}/{point}.sqlite"
        child, receiver = in_a_fork(functools.partial(migrate, url, point))
        killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        os.close(receiver)
        with open_store(url) as store:
            assert store.count() == 0
            assert_whole(store)
        point += 3

    assert point > 30


def test_four_processes_lose_no_number(url):
    open_store(url).close()

    def write(name: str, _say: Callable[[object], None]) -> None:
        with open_store(url) as store:
            for _ in range(25):
                with store.write(actor=name) as writer:
                    identifier = writer.mint("KB")
                    writer.put(NewVersion(identifier, f"https://kebao.example/{identifier}", "thing", b"x"))
                    writer.publish(identifier, ["cat:1:101"])
                    writer.set_meta("count", str(int(writer.meta("count") or 0) + 1))

    children = [in_a_fork(functools.partial(write, f"process {number}")) for number in range(4)]
    assert [os.waitpid(child, 0)[1] for child, _ in children] == [0] * 4
    for _, receiver in children:
        os.close(receiver)

    with open_store(url) as store:
        entries = store.changes(0)
        assert [entry.seq for entry in entries] == list(range(1, 101))
        assert [entry.stamp for entry in entries] == sorted(entry.stamp for entry in entries)
        assert store.meta("count") == "100"
        assert {entry.identifier for entry in entries} == {f"KB-{number:07d}" for number in range(1, 101)}
        assert_whole(store)


def test_a_full_disk_is_said_and_the_store_goes_on_when_there_is_room(sqlite_url, draft):
    with open_store(sqlite_url) as store:
        with store.write(actor="ann") as writer:
            writer.put(draft(1))
        with store._database.writing() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        limit = f"PRAGMA max_page_count = {pages + 20}"
        sa.event.listen(store._database.engine, "begin", lambda connection: connection.exec_driver_sql(limit))

        stored, full = 1, False
        while not full:
            big = NewVersion(f"B-{stored:04d}", f"https://kebao.example/{stored}", "thing", b"x" * 8000)
            try:
                with store.write(actor="ann") as writer:
                    writer.put(big)
                stored += 1
            except StoreFull:
                full = True
        assert stored < 30
        assert store.get("T-0001") is not None
        assert store.healthy
        limit = "PRAGMA max_page_count = 1000000"
        with store.write(actor="ann") as writer:
            writer.put(big)

        assert len(store.listing_records(limit=100)) == stored + 1
        assert_whole(store)


def test_a_file_that_may_not_grow_loses_nothing_that_was_acknowledged(sqlite_url):
    open_store(sqlite_url).close()

    def fill(say: Callable[[object], None]) -> None:
        store = open_store(sqlite_url)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, resource.RLIM_INFINITY))
        with contextlib.suppress(EnvironmentProblem):
            for number in range(10_000):
                with store.write(actor="ann") as writer:
                    writer.put(make_draft(number, "text" * 200))
                    writer.publish(f"T-{number:04d}", ["cat:1:101"])
                say(number)
        say(f"reading goes on, {store.count()} are there")

    child, receiver = in_a_fork(fill)
    with open(receiver) as said:
        *acknowledged, last = said.read().splitlines()
    assert os.waitpid(child, 0)[1] == 0

    assert last.startswith("reading goes on")
    with open_store(sqlite_url) as store:
        assert store.count() >= len(acknowledged) > 10
        assert_whole(store)
        with store.write(actor="ann") as writer:
            writer.put(make_draft(9999))


def test_after_an_io_error_no_more_writes_are_taken_until_it_is_opened_again(sqlite_url, draft):
    with open_store(sqlite_url) as store:

        def fail():
            with store.write(actor="ann") as writer:
                writer.put(draft(1))
                raise sa.exc.OperationalError("COMMIT", {}, _io_error())

        with pytest.raises(EnvironmentProblem):
            fail()
        assert not store.healthy
        with pytest.raises(EnvironmentProblem, match="no more writes"), store.write(actor="ann"):
            pass
        assert store.get("T-0001") is None

    with open_store(sqlite_url) as store, store.write(actor="ann") as writer:
        assert writer.put(draft(1)).status == "created"


def _io_error() -> Exception:
    error = OSError("disk I/O error")
    error.sqlite_errorcode = 10 | (4 << 8)  # type: ignore[attr-defined]
    return error


def test_a_fork_uses_connections_of_its_own(sqlite_url, draft):
    with open_store(sqlite_url) as store:
        with store.write(actor="ann") as writer:
            writer.put(draft(1))

        def write(say: Callable[[object], None]) -> None:
            with store.write(actor="child") as writer:
                writer.put(draft(2))
            say(store.healthy)

        child, receiver = in_a_fork(write)
        with store.write(actor="ann") as writer:
            writer.put(draft(3))
        assert os.waitpid(child, 0)[1] == 0
        with open(receiver) as said:
            assert said.read() == "True\n"

        assert len(store.listing_records()) == 3
