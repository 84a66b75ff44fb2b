from __future__ import annotations

AGENCY = "https://kebao.example/id/agency/A-1"


def fill(store, draft, count=5):
    with store.write(actor="ann") as writer:
        edges = ((AGENCY, "provider"), (AGENCY, "provider/spatial"), ("https://kebao.example/other", "provider"))
        writer.put_many([draft(number, edges=edges) for number in range(1, count + 1)])
        for number in range(1, count + 1):
            writer.publish(f"T-{number:04d}", ["region:450000:450200"])


def test_dependants_are_the_live_records_with_an_edge(store, draft):
    fill(store, draft)
    with store.write(actor="ann") as writer:
        writer.withdraw("T-0002")
        writer.put(draft(3, "draft without provider"))
        writer.put(draft(4, "published without provider"))
        writer.publish("T-0004")

    assert [row.identifier for row in store.dependants(AGENCY)] == ["T-0001", "T-0003", "T-0005"]
    assert [row.identifier for row in store.dependants(AGENCY, after="T-0001", limit=1)] == ["T-0003"]
    assert store.dependants("https://kebao.example/nobody") == []


def test_a_job_refreshes_who_depends_in_chunks_and_is_gone_when_done(store, draft, clock):
    fill(store, draft)
    last = store.last_seq()
    with store.write(actor="ann") as writer:
        job = writer.add_refresh_job(AGENCY, "renamed")
    clock.now += 10

    done = []
    while store.jobs():
        with store.write(actor="follower") as writer:
            left = writer.advance_job(
                job, limit=2, sets_of=lambda rows: {row.identifier: ["cat:1:101"] for row in rows}
            )
            done.append(left.done if left else None)

    assert done == [2, 4, None]
    entries = store.changes(last)
    assert [(entry.identifier[-1], entry.op, entry.note) for entry in entries] == [
        (str(number), "refresh", "renamed") for number in range(1, 6)
    ]
    assert entries[0].sets == ("cat:1:101",)
    assert store.count(set_="region:450000", live=True) == 0


def test_a_job_and_its_reason_commit_together(store, draft):
    fill(store, draft, 1)
    try:
        with store.write(actor="ann") as writer:
            writer.put(draft(2))
            writer.add_refresh_job(AGENCY)
            raise RuntimeError
    except RuntimeError:
        pass

    assert store.jobs() == []


def test_advancing_a_finished_job_is_nothing(store):
    with store.write(actor="ann") as writer:
        assert writer.advance_job(7) is None
