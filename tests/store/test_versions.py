from __future__ import annotations

import hashlib

import pytest

from catalog_service.errors import Conflict
from catalog_service.store import NewVersion


def test_new_content_is_a_new_version_and_the_same_again_is_nothing(store, draft):
    with store.write(actor="ann") as writer:
        created = writer.put(draft(1))
    with store.write(actor="ann") as writer:
        changed = writer.put(draft(1, "second"))
    with store.write(actor="bob") as writer:
        again = writer.put(draft(1, "second"))

    assert [each.status for each in (created, changed, again)] == ["created", "changed", "unchanged"]
    assert [info.number for info in store.versions("T-0001")] == [1, 2]
    assert store.get("T-0001").working_version == 2
    assert store.version("T-0001", 1).canonical == draft(1).canonical
    assert store.last_seq() == 0


def test_unchanged_content_touches_no_row(store, clock, draft):
    with store.write(actor="ann") as writer:
        writer.put(draft(1))
        writer.publish("T-0001", ["cat:1:101"])
    before = store.get("T-0001"), store.low_water(), store.last_seq(), store.versions("T-0001")
    clock.now += 100

    with store.write(actor="ann", batch=None) as writer:
        writer.put(draft(1))
        entry = writer.publish("T-0001", ["cat:1:101"])

    assert entry is None
    assert (store.get("T-0001"), store.low_water(), store.last_seq(), store.versions("T-0001")) == before


def test_hashes_are_of_the_content_and_the_public_form(store):
    private, public = b"<a> <b> <c> .\n<a> <p> <q> .\n", b"<a> <b> <c> .\n"

    with store.write(actor="ann") as writer:
        writer.put(NewVersion("T-0001", "a", "thing", private, public=public))
        writer.publish("T-0001")

    version = store.version("T-0001", 1)
    assert version.info.private_hash == hashlib.sha256(private).hexdigest()
    assert version.info.public_hash == hashlib.sha256(public).hexdigest()
    assert (version.canonical, version.public) == (private, public)
    assert store.public("T-0001") == public


def test_many_go_in_beside_one_that_clashes(store, draft):
    with store.write(actor="ann") as writer:
        writer.put(draft(1))
        taken = NewVersion("T-0009", draft(1).iri, "thing", b"x")
        other_iri = NewVersion("T-0001", "https://elsewhere.example/1", "thing", b"x")
        outcomes = writer.put_many([taken, draft(2), other_iri, draft(2, "changed")])

    assert [each.status for each in outcomes] == ["conflict", "created", "conflict", "changed"]
    assert outcomes[0].other == "T-0001"
    assert store.get("T-0009") is None
    assert store.get("T-0002").working_version == 2


def test_a_single_clash_is_an_error_and_leaves_nothing(store, draft):
    def clash():
        with store.write(actor="ann") as writer:
            writer.put(draft(2))
            writer.put(NewVersion("T-0009", draft(2).iri, "thing", b"x"))

    with pytest.raises(Conflict):
        clash()
    assert store.get("T-0002") is None


def test_records_are_found_by_keys_of_their_newest_version(store, draft):
    with store.write(actor="ann") as writer:
        writer.put(draft(1, keys=(("uscc", "91450"), ("name", "甲"), ("name", "甲"))))
        writer.put(draft(2, keys=(("name", "甲"),)))
        writer.put(draft(3, keys=(("name", "乙"),)))
    with store.write(actor="ann") as writer:
        writer.put(draft(1, "renamed", keys=(("name", "丙"),)))

    found = store.by_keys("name", ["甲", "乙", "丙", "丁"])

    assert {name: [row.identifier for row in rows] for name, rows in found.items()} == {
        "甲": ["T-0002"], "乙": ["T-0003"], "丙": ["T-0001"],
    }  # fmt: skip
    assert store.by_keys("uscc", ["91450"]) == {}
    assert store.by_keys("name", ["甲"], kinds=["other"]) == {}


def test_records_are_found_by_iri_and_in_numbers(store, draft):
    with store.write(actor="ann") as writer:
        writer.put_many([draft(number) for number in range(1, 1203)])

    assert store.by_iri(draft(7).iri).identifier == "T-0007"
    assert store.by_iri("https://nowhere.example/") is None
    assert len(store.many(f"T-{number:04d}" for number in range(3000))) == 1202
    assert store.get("T-9999") is None
    assert store.working("T-9999") is None
    assert store.version("T-0001", 2) is None


def test_listing_records_goes_by_identifier_and_filters(store, draft):
    with store.write(actor="ann") as writer:
        batch = writer.open_batch("one")
        writer.put_many([draft(number, keys=(("provider", f"p{number % 2}"),)) for number in range(1, 6)])
        writer.publish("T-0002")
    with store.write(actor="ann") as writer:
        writer.put(draft(6))

    def identifiers(**options):
        return [row.identifier[-1] for row in store.listing_records(**options)]

    assert identifiers(limit=3) == ["1", "2", "3"]
    assert identifiers(after="T-0003") == ["4", "5", "6"]
    assert identifiers(state="published") == identifiers(live=True) == ["2"]
    assert identifiers(batch=batch) == ["1", "2", "3", "4", "5"]
    assert identifiers(key=("provider", "p0")) == ["2", "4"]
    assert identifiers(kind="other") == []


def test_minted_identifiers_skip_what_people_chose(store):
    with store.write(actor="ann") as writer:
        writer.put(NewVersion("KB-0000002", "https://kebao.example/2", "thing", b"x"))
        first = writer.mint("KB")
        rest = writer.mint_many("KB", 3)
        other = writer.mint("GX")
    with store.write(actor="ann") as writer:
        later = writer.mint("KB")

    assert first == "KB-0000001"
    assert rest == ["KB-0000003", "KB-0000004", "KB-0000005"]
    assert other == "GX-0000001"
    assert later == "KB-0000006"


def test_a_writer_reads_what_it_wrote(store, draft):
    with store.write(actor="ann") as writer:
        writer.put(draft(1))
        assert writer.get("T-0001").state == "draft"
        writer.publish("T-0001", ["cat:1:101"])
        assert [entry.identifier for entry in writer.listing(set_="cat:1").entries] == ["T-0001"]
        assert store.get("T-0001") is None


def test_many_records_tell_at_once_how_they_stand_and_what_they_hold(store, draft):
    with store.write(actor="a") as writer:
        one, two = draft(1), draft(2)
        writer.put_many([one, two])
        writer.publish("T-0001")

    standings, contents = (
        store.standings([one.iri, two.iri, "urn:none"]),
        store.contents(["T-0001", "T-0002", "T-0003"]),
    )

    assert {iri: (each.identifier, each.live) for iri, each in standings.items()} == {
        one.iri: ("T-0001", True),
        two.iri: ("T-0002", False),
    }
    assert {name: (each.iri, each.canonical) for name, each in contents.items()} == {
        "T-0001": (one.iri, one.canonical),
        "T-0002": (two.iri, two.canonical),
    }


def test_a_record_that_was_asked_for_before_it_was_made_is_found(store, draft):
    with store.write(actor="a") as writer:
        assert writer.rows(["T-0001"]) == {}
        writer.put(draft(1))

        assert writer.rows(["T-0001"])["T-0001"].working_version == 1
        assert writer.get("T-0001").working_version == 1
