"""The log rules that every protocol depends on (harvest checklist, G1–G15)."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa

from catalog_service.store import SetCount, open_store


@pytest.fixture
def put(store, draft):
    """Publish record `number` with a text in sets."""

    def publish(number, text="first", *sets):
        with store.write(actor="ann") as writer:
            writer.put(draft(number, text))
            return writer.publish(f"T-{number:04d}", sets)

    return publish


def seen(store, **options):
    """What a harvester sees: identifier's last digit, liveness, stamp."""
    return [(entry.identifier[-1], entry.live, entry.stamp) for entry in store.listing(**options).entries]


def walk(store, limit, **options):
    """Go through a listing page by page."""
    seq, entries = 0, []
    while seq is not None:
        page = store.listing(after_seq=seq, limit=limit, **options)
        assert page.entries
        entries += page.entries
        seq = page.next_seq
    return entries


def test_numbers_follow_commits_and_stamps_never_fall(store, clock, put):
    entries = [put(1), put(2)]
    clock.now -= 3600
    entries.append(put(3))
    clock.now += 3700
    entries.append(put(1, "second"))

    assert [entry.seq for entry in entries] == [1, 2, 3, 4]
    assert [entry.stamp - entries[0].stamp for entry in entries] == [0, 0, 0, 100]


def test_a_record_that_changes_moves_to_the_end_and_pages_end_where_the_list_ends(store, put):
    for number in range(1, 7):
        put(number)
    put(2, "second")

    entries = walk(store, 3)

    assert [entry.identifier[-1] for entry in entries] == ["1", "3", "4", "5", "6", "2"]
    assert store.listing(limit=6).next_seq is None
    assert store.listing(limit=5).next_seq == 6
    assert [entry.form is not None for entry in store.listing(with_bytes=False).entries] == [False] * 6


def test_who_leaves_a_set_is_a_deleted_header_there_until_it_returns(store, clock, put):
    start = int(clock.now)
    put(1, "first", "region:450000:450200", "cat:1:101")
    clock.now += 10
    put(1, "second", "region:450000:450300", "cat:1:101")
    clock.now += 10
    put(1, "third", "region:450000:450300", "cat:1:101")

    assert seen(store, set_="region:450000:450200") == [("1", False, start + 10)]
    assert seen(store, set_="region:450000:450300") == [("1", True, start + 20)]
    assert seen(store, set_="region:450000") == [("1", True, start + 20)]
    assert seen(store) == [("1", True, start + 20)]
    left = store.listing(set_="region:450000:450200").entries[0]
    assert (left.sets, left.form) == (("region:450000:450200",), None)

    clock.now += 10
    put(1, "fourth", "region:450000:450200")

    assert seen(store, set_="region:450000:450200") == [("1", True, start + 30)]
    assert seen(store, set_="region:450000:450300") == [("1", False, start + 30)]
    assert seen(store, set_="cat:1") == [("1", False, start + 30)]


def test_withdrawal_reaches_the_sets_it_was_in_and_leaves_older_leavings_alone(store, clock, put):
    start = int(clock.now)
    put(1, "first", "cat:1:101")
    clock.now += 10
    put(1, "second", "cat:2:201")
    clock.now += 10
    with store.write(actor="ann") as writer:
        writer.withdraw("T-0001")

    assert seen(store, set_="cat:1") == [("1", False, start + 10)]
    assert seen(store, set_="cat:2") == [("1", False, start + 20)]
    assert seen(store) == [("1", False, start + 20)]


def test_counts_and_sets_agree_with_the_lists(store, put):
    put(1, "first", "cat:1:101")
    put(2, "first", "cat:1:102", "org:A")
    put(3, "first", "cat:1:101")
    put(3, "second", "cat:2:201")
    with store.write(actor="ann") as writer:
        writer.withdraw("T-0002")

    assert store.sets() == [
        SetCount("cat:1", 1, 2), SetCount("cat:1:101", 1, 1), SetCount("cat:1:102", 0, 1), SetCount("cat:2", 1, 0),
        SetCount("cat:2:201", 1, 0), SetCount("org:A", 0, 1),
    ]  # fmt: skip
    for options in ({}, {"kind": "thing"}, {"kind": "none"}, {"set_": "cat:1"}, {"set_": "cat:1", "kind": "thing"}):
        entries = store.listing(**options).entries
        assert store.count(**options) == len(entries)
        assert store.count(**options, live=True) == sum(entry.live for entry in entries)
        assert store.count(**options, live=False, after_seq=2) == sum(not e.live for e in entries if e.seq > 2)
    assert store.count(set_="cat:9") == 0
    assert store.listing(set_="cat:9").entries == ()


def test_a_set_that_comes_later_is_the_last(store, put):
    put(1, "first", "kind:b", "org:A")
    first = store.sets_after(0, 1)
    put(2, "first", "kind:a")

    rest = store.sets_after(first[-1][0], 9)

    assert {name for _, name in (*first, *rest[:-1])} == {"kind:b", "org:A"}
    assert (rest[-1][1], store.count_sets()) == ("kind:a", 3)
    assert [store.has_set(each) for each in ("kind:a", "kind:c", "kind", "/", "/thing", "")] == [True] + [False] * 5


def test_a_record_is_found_where_it_is_by_now(store, draft, put):
    put(1, "first", "cat:1")
    put(1, "second", "cat:2")
    with store.write(actor="ann") as writer:
        writer.put(draft(2))

    assert [store.latest("T-0001", set_=each).live for each in ("", "cat:1", "cat:2")] == [True, False, True]
    assert store.latest("T-0001") == store.listing().entries[0]
    assert store.latest("T-0001", with_bytes=False).form is None
    assert [store.latest(*each) for each in (("T-0002",), ("T-0003",))] == [None, None]
    assert store.latest("T-0001", set_="cat:3") is None


def test_ranges_of_time_are_inclusive_and_join_without_gaps(store, clock, put):
    start = int(clock.now)
    for number in range(1, 10):
        put(number, "first", "cat:1:101")
        if number % 3 == 0:
            clock.now += 5

    for options in ({}, {"set_": "cat:1"}):
        windows = [
            seen(store, from_stamp=start + 5 * step, until_stamp=start + 5 * step + 4, **options) for step in range(3)
        ]
        assert [[each[0] for each in window] for window in windows] == [list("123"), list("456"), list("789")]
        assert store.count(from_stamp=start + 5, until_stamp=start + 5, **options) == 3
        assert seen(store, from_stamp=start + 999, **options) == []
        assert seen(store, until_stamp=start - 1, **options) == []
    assert len(seen(store, from_stamp=0, until_seq=4)) == 4
    assert store.earliest_stamp() == start


def test_changes_are_the_log_and_with_a_set_the_last_as_seen_there(store, put):
    put(1, "first", "cat:1:101")
    put(1, "second", "cat:1:101")
    put(2, "first", "cat:1:101")
    put(1, "third", "cat:2:201")

    assert [(each.seq, each.op) for each in store.changes(0)] == [
        (1, "create"), (2, "update"), (3, "create"), (4, "update"),
    ]  # fmt: skip
    assert [each.seq for each in store.changes(1, 2)] == [2, 3]
    assert [each.seq for each in store.changes(0, ops=["create"])] == [1, 3]
    assert [each.seq for each in store.changes(0, kinds=["thing"])] == [1, 2, 3, 4]
    assert store.changes(0, kinds=["other"]) == store.changes(4) == store.changes(0, set_="cat:9") == []
    assert [(each.seq, each.left) for each in store.changes(0, set_="cat:1")] == [(3, False), (4, True)]


def test_a_snapshot_does_not_see_what_comes_after_it(store, put):
    put(1)
    with store.read() as reader:
        put(2)
        assert (reader.last_seq(), len(reader.listing().entries), reader.count()) == (1, 1, 1)

    assert (store.last_seq(), len(store.listing().entries)) == (2, 2)


def test_low_water_is_never_above_a_stamp_to_come_even_if_the_clock_goes_back(store, clock, put):
    put(1)
    clock.now += 1000
    with store.read(current=True) as reader:
        promised = reader.low_water()
    clock.now -= 5000
    later = put(2)

    assert promised == int(clock.now) + 5000
    assert later.stamp >= promised


def test_low_water_does_not_wait_for_a_writer(store, clock, put, draft):
    put(1)
    before = store.low_water()
    clock.now += 1000
    with store.write(actor="ann") as writer:
        writer.put(draft(2))
        with store.read(current=True) as reader:
            assert reader.low_water() == before


def test_hashes_are_what_a_partner_can_compare(store, put):
    put(2, "first", "cat:1:101")
    put(1, "first", "cat:2:201")
    put(3, "first", "cat:1:101")
    with store.write(actor="ann") as writer:
        writer.withdraw("T-0003")

    entries = {entry.identifier: entry.public_hash for entry in store.listing().entries if entry.live}
    assert list(store.hashes()) == sorted(entries.items())
    assert [identifier for identifier, _ in store.hashes(set_="cat:1")] == ["T-0002"]
    assert list(store.hashes(kind="other")) == []
    assert entries["T-0002"] == hashlib.sha256(store.public("T-0002")).hexdigest()


def test_a_new_epoch_jumps_and_stamps_everything_anew_tombstones_too(store, clock, put):
    put(1, "first", "cat:1:101")
    put(2, "first", "cat:1:101")
    put(2, "second", "cat:2:201")
    put(3, "first", "cat:1:101")
    with store.write(actor="ann") as writer:
        writer.withdraw("T-0003")
    clock.now += 50

    with store.write(actor="ann") as writer:
        assert writer.new_epoch() == 2
    while store.jobs():
        with store.write(actor="ann") as writer:
            writer.advance_job(store.jobs()[0].id, limit=2)

    page = store.listing()
    assert page.epoch == 2
    assert [(entry.identifier[-1], entry.live) for entry in page.entries] == [("1", True), ("2", True), ("3", False)]
    assert {entry.stamp for entry in page.entries} == {int(clock.now)}
    assert page.entries[0].seq > 1_000_000
    assert seen(store, set_="cat:1", from_stamp=int(clock.now)) == [
        ("1", True, int(clock.now)), ("2", False, int(clock.now)), ("3", False, int(clock.now)),
    ]  # fmt: skip
    assert [each.op for each in store.changes(1_000_000)] == ["refresh", "refresh", "withdraw"]


@pytest.mark.parametrize("options", [{}, {"set_": "cat:1"}, {"kind": "thing"}])
def test_a_page_is_found_by_an_index_and_not_sorted(sqlite_url, options, draft):
    from catalog_service.store.log import _Bounds
    from catalog_service.store.selects import entry_statement

    with open_store(sqlite_url) as store:
        with store.write(actor="ann") as writer:
            for number in range(1, 40):
                writer.put(draft(number))
                writer.publish(f"T-{number:04d}", ["cat:1:101"])
        bounds = _Bounds(options.get("kind", ""), options.get("set_", ""), 5, None, None, None)
        with store._database.reading() as connection:
            statement = bounds.apply(connection, entry_statement(set_=options.get("set_", ""), with_bytes=True))
            sql = statement.order_by(bounds.seq).limit(10).compile(connection, compile_kwargs={"literal_binds": True})
            plan = [row[3] for row in connection.execute(sa.text(f"EXPLAIN QUERY PLAN {sql}"))]

    assert not [step for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN")], plan
