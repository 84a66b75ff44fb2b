from __future__ import annotations

import pytest

from catalog_service.errors import Conflict, NotFound
from catalog_service.store import NewVersion


@pytest.fixture
def published(store, draft):
    with store.write(actor="ann") as writer:
        writer.put(draft(1, edges=(("https://kebao.example/agency", "provider"),)))
        writer.publish("T-0001", ["cat:1:101", "region:450000:450200"])
    return store


def ops(store, identifier="T-0001"):
    return [entry.op for entry in store.history(identifier).entries]


def test_first_publication_is_a_create_and_the_next_an_update(published, draft):
    with published.write(actor="bob", note="revised") as writer:
        writer.put(draft(1, "second"))
        under_revision = writer.get("T-0001")
        entry = writer.publish("T-0001", ["cat:1:101", "region:450000:450200"])

    assert (under_revision.state, under_revision.live, under_revision.published_version) == ("draft", True, 1)
    assert (entry.op, entry.version, entry.actor, entry.note) == ("update", 2, "bob", "revised")
    assert ops(published) == ["create", "update"]
    assert published.get("T-0001").state == "published"


def test_a_private_change_moves_the_version_without_an_entry(store):
    with store.write(actor="ann") as writer:
        writer.put(NewVersion("T-1", "a", "thing", b"private 1", public=b"public"))
        writer.publish("T-1")
        writer.put(NewVersion("T-1", "a", "thing", b"private 2", public=b"public"))
        assert writer.publish("T-1") is None

    assert store.get("T-1").published_version == 2
    assert store.last_seq() == 1


def test_the_same_form_in_other_sets_is_a_refresh(published):
    with published.write(actor="ann") as writer:
        entry = writer.publish("T-0001", ["cat:1:102"])

    assert (entry.op, entry.version, entry.sets) == ("refresh", 1, ("cat:1:102",))
    assert entry.left_sets == ("cat:1:101", "region:450000", "region:450000:450200")
    assert published.get("T-0001").refresh_seq == entry.seq


def test_suspending_leaves_the_public_and_restoring_returns(published, draft):
    with published.write(actor="ann") as writer:
        writer.suspend("T-0001", "being checked")
    suspended = published.get("T-0001")
    gone = (
        published.public("T-0001"),
        published.published(["T-0001"]),
        published.dependants("https://kebao.example/agency"),
    )
    with published.write(actor="ann") as writer:
        writer.restore("T-0001")

    assert (suspended.state, suspended.live, suspended.reason) == ("suspended", False, "being checked")
    assert gone == (None, {}, [])
    assert ops(published) == ["create", "withdraw", "restore"]
    row = published.get("T-0001")
    assert (row.state, row.live, row.sets) == ("published", True, ("cat:1:101", "region:450000:450200"))
    assert row.refresh_seq == row.seq
    assert [each.identifier for each in published.dependants("https://kebao.example/agency")] == ["T-0001"]


def test_withdrawing_leaves_a_tombstone_that_can_be_undone(published):
    with published.write(actor="ann") as writer:
        entry = writer.withdraw("T-0001", "merged", "https://kebao.example/2")
    row = published.get("T-0001")
    page = published.listing()
    with published.write(actor="ann") as writer:
        again = writer.restore("T-0001", sets=["cat:1:101"])

    assert (entry.op, entry.sets, entry.note) == ("withdraw", (), "merged")
    assert (row.state, row.reason, row.replaced_by) == ("withdrawn", "merged", "https://kebao.example/2")
    assert [(each.live, each.form, each.sets) for each in page.entries] == [
        (False, None, ("cat:1:101", "region:450000:450200"))
    ]
    assert (again.op, again.sets, again.left_sets) == ("restore", ("cat:1:101",), ())
    assert published.get("T-0001").reason == ""


def test_what_the_public_never_saw_goes_and_returns_without_entries(store, draft):
    with store.write(actor="ann") as writer:
        writer.put(draft(1))
        assert writer.withdraw("T-0001") is None
        assert writer.restore("T-0001") is None

    assert store.get("T-0001").state == "draft"
    assert store.last_seq() == 0


def test_an_old_version_comes_back_as_a_new_one(published, draft):
    with published.write(actor="ann") as writer:
        writer.put(draft(1, "second"))
        writer.publish("T-0001", ["cat:1:101"])
        entry = writer.restore("T-0001", version=1)

    assert (entry.op, entry.version) == ("update", 3)
    assert published.public("T-0001") == draft(1).canonical
    assert published.get("T-0001").title == "first"
    assert list(published.by_keys("name", ["first", "second"])) == ["first"]


def test_a_list_calls_a_record_what_its_published_version_does_while_a_draft_waits(published, draft):
    with published.write(actor="ann") as writer:
        writer.put(draft(1, "second"))

    assert published.get("T-0001").title == "second"
    assert published.published_titles(["T-0001", "T-9999"]) == {"T-0001": "first"}


def test_what_is_not_public_has_no_published_title(published):
    with published.write(actor="ann") as writer:
        writer.suspend("T-0001")

    assert published.published_titles(["T-0001"]) == {}


def test_an_older_version_can_be_published_while_a_draft_waits(published, draft):
    with published.write(actor="ann") as writer:
        writer.suspend("T-0001")
        writer.put(draft(1, "second"))
        waiting = writer.get("T-0001").state
        entry = writer.publish("T-0001", ["cat:1:101"], version=1)

    assert waiting == "suspended"
    assert (entry.op, entry.version) == ("restore", 1)
    assert (published.get("T-0001").state, published.public("T-0001")) == ("draft", draft(1).canonical)


def test_submitting_and_giving_back(store, draft):
    with store.write(actor="ann") as writer:
        writer.put(draft(1))
        writer.submit("T-0001")
        writer.revise("T-0001")
        writer.submit("T-0001")
        writer.put(draft(1, "changed while submitted"))

    assert store.get("T-0001").state == "draft"


@pytest.mark.parametrize(
    ("before", "step"),
    [
        (["withdraw"], "withdraw"), ([], "restore"), ([], "submit"), ([], "revise"), (["suspend"], "suspend"),
        (["withdraw"], "suspend"), (["suspend"], "submit"),
    ],
)  # fmt: skip
def test_a_step_that_the_state_does_not_allow_is_a_conflict(published, before, step):
    def walk():
        with published.write(actor="ann") as writer:
            for each in [*before, step]:
                getattr(writer, each)("T-0001")

    with pytest.raises(Conflict, match="T-0001"):
        walk()
    assert published.get("T-0001").state == "published"


def test_unknown_records_and_versions_are_not_found(published):
    for step in (lambda writer: writer.publish("T-0404"), lambda writer: writer.publish("T-0001", version=7)):
        with pytest.raises(NotFound), published.write(actor="ann") as writer:
            step(writer)


def test_refresh_stamps_live_records_and_moves_them_between_sets(published, clock, draft):
    with published.write(actor="ann") as writer:
        writer.put(draft(2))
    clock.now += 60

    with published.write(actor="ann") as writer:
        entries = writer.refresh(["T-0001", "T-0002"], sets={"T-0001": ["cat:1:101", "region:450000:450300"]})

    assert [(each.identifier, each.op, each.version) for each in entries] == [("T-0001", "refresh", 1)]
    assert entries[0].left_sets == ("region:450000:450200",)
    assert entries[0].stamp == int(clock.now)
    assert published.get("T-0001").refresh_seq == entries[0].seq


def test_erasing_leaves_no_content_and_no_names(published, draft):
    with published.write(actor="ann", note="with a name in it") as writer:
        writer.put(draft(1, "second"))
        writer.publish("T-0001", ["cat:1:101"])
        entry = writer.erase("T-0001", "request 7")

    assert entry.op == "erase"
    history = published.history("T-0001")
    assert {(info.actor, info.note, info.title) for info in history.versions} == {("", "", "")}
    assert [each.actor for each in history.entries] == ["", "", "ann"]
    assert [published.version("T-0001", number).canonical for number in (1, 2)] == [b"", b""]
    assert published.by_keys("name", ["first", "second"]) == {}
    for step in (lambda writer: writer.restore("T-0001"), lambda writer: writer.restore("T-0001", version=1)):
        with pytest.raises(Conflict), published.write(actor="ann") as writer:
            step(writer)
    with published.write(actor="ann") as writer:
        assert writer.put(draft(1, "second")).status == "changed"
