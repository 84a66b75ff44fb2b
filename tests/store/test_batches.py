from __future__ import annotations

import pytest

from catalog_service.errors import Conflict, NotFound
from catalog_service.store import NewVersion


@pytest.fixture
def loaded(store, draft):
    """A store with four records, of which a batch changed, published or made some."""
    with store.write(actor="ann") as writer:
        writer.put_many([draft(number) for number in (1, 2, 3, 4)])
        for number in (1, 2, 4):
            writer.publish(f"T-000{number}", ["cat:1:101"])
        writer.put(draft(4, "draft of four"))
    with store.write(actor="ann") as writer:
        batch = writer.open_batch("prices.xlsx", "spring")
        writer.put_many([draft(1, "changed"), draft(3, "changed"), draft(4, "changed"), draft(5), draft(6)])
        for number in (1, 3, 4, 5):
            writer.publish(f"T-000{number}", ["cat:2:201"])
    with store.write(actor="ann", batch=batch) as writer:
        writer.put(draft(2))
        writer.put(draft(1, "changed twice"))
        writer.close_batch(batch, {"created": 2})
    return store, batch


def test_a_batch_tells_what_it_did(loaded):
    store, batch = loaded

    found = store.batch(batch)
    assert (found.label, found.note, found.actor, dict(found.counts)) == (
        "prices.xlsx",
        "spring",
        "ann",
        {"created": 2},
    )
    assert found.closed is not None
    assert store.batches() == [found]
    items = store.batch_items(batch)
    assert [
        (item.identifier[-1], item.before, item.working_version, item.state_before, item.state) for item in items
    ] == [
        ("1", 1, 3, "published", "draft"),
        ("3", 1, 2, "draft", "published"),
        ("4", 2, 3, "draft", "published"),
        ("5", None, 1, None, "published"),
        ("6", None, 1, None, "draft"),
    ]
    assert store.batch(99) is None


def test_undoing_puts_back_what_was_there_and_deletes_nothing(loaded, draft):
    store, batch = loaded
    before = {number: len(store.versions(f"T-000{number}")) for number in range(1, 7)}
    log_before = store.changes(0)

    undo = store.undo_batch(batch, actor="ann", limit=2)

    rows = store.many(f"T-000{number}" for number in range(1, 7))
    states = {identifier[-1]: (row.state, row.live) for identifier, row in rows.items()}
    assert states == {
        "1": ("published", True), "2": ("published", True), "3": ("draft", False), "4": ("draft", True),
        "5": ("withdrawn", False), "6": ("withdrawn", False),
    }  # fmt: skip
    assert (undo.undone, undo.skipped) == (5, ())
    assert store.public("T-0001") == store.public("T-0001") == draft(1).canonical
    assert store.working("T-0003").canonical == draft(3).canonical
    assert store.public("T-0004") == draft(4).canonical
    assert store.working("T-0004").canonical == draft(4, "draft of four").canonical
    assert rows["T-0001"].sets == rows["T-0004"].sets == ("cat:1:101",)
    assert all(len(store.versions(f"T-000{number}")) >= before[number] for number in range(1, 7))
    assert store.changes(0)[: len(log_before)] == log_before
    assert sorted((e.identifier[-1], e.op) for e in store.changes(log_before[-1].seq)) == [
        ("1", "update"), ("3", "withdraw"), ("4", "update"), ("5", "withdraw"),
    ]  # fmt: skip
    assert store.batch(batch).undone_by == undo.batch
    assert store.batch(undo.batch).undoes == batch
    assert list(store.by_keys("name", ["changed twice"])) == []


def test_what_was_changed_after_the_batch_stays(loaded, draft):
    store, batch = loaded
    with store.write(actor="bob") as writer:
        writer.put(draft(3, "by hand"))

    undo = store.undo_batch(batch, actor="ann")

    assert undo.skipped == ("T-0003",)
    assert store.working("T-0003").canonical == draft(3, "by hand").canonical


def test_an_undo_is_a_batch_and_can_be_undone_but_not_repeated(loaded, draft):
    store, batch = loaded
    undo = store.undo_batch(batch, actor="ann")
    with pytest.raises(Conflict):
        store.undo_batch(batch, actor="ann")

    store.undo_batch(undo.batch, actor="ann")

    assert store.public("T-0005") == draft(5).canonical
    assert store.working("T-0001").canonical == draft(1, "changed twice").canonical


def test_an_undo_cut_short_goes_on_where_it_was(loaded):
    store, batch = loaded
    with store.write(actor="ann") as writer:
        undoing = writer._begin_undo(batch)
    with store.write(actor="ann", batch=undoing) as writer:
        assert writer._undo_some(batch, 2) == 2

    undo = store.undo_batch(batch, actor="ann")

    assert (undo.batch, undo.undone, undo.skipped) == (undoing, 3, ())


def test_a_suspended_record_is_suspended_again(store, draft):
    with store.write(actor="ann") as writer:
        writer.put(draft(1))
        writer.publish("T-0001", ["cat:1:101"])
        writer.suspend("T-0001")
    with store.write(actor="ann") as writer:
        batch = writer.open_batch("b")
        writer.put(draft(1, "second"))
        writer.publish("T-0001", ["cat:2:201"])
    store.undo_batch(batch, actor="ann")
    row = store.get("T-0001")
    with store.write(actor="ann") as writer:
        writer.restore("T-0001")

    assert (row.state, row.live) == ("suspended", False)
    assert store.public("T-0001") == draft(1).canonical
    assert store.get("T-0001").sets == ("cat:1:101",)


def test_a_private_change_is_undone_without_an_entry(store):
    with store.write(actor="ann") as writer:
        writer.put(NewVersion("T-1", "a", "thing", b"private 1", public=b"public"))
        writer.publish("T-1")
    with store.write(actor="ann") as writer:
        batch = writer.open_batch("b")
        writer.put(NewVersion("T-1", "a", "thing", b"private 2", public=b"public"))
        writer.publish("T-1")

    store.undo_batch(batch, actor="ann")

    assert store.working("T-1").canonical == b"private 1"
    assert (store.get("T-1").published_version, store.last_seq()) == (3, 1)


def test_undoing_what_is_not_there_is_not_found(store):
    with pytest.raises(NotFound):
        store.undo_batch(7, actor="ann")
