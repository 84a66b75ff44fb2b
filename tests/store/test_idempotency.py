from __future__ import annotations

import pytest

from catalog_service.errors import Conflict


def test_the_first_answer_is_given_again(store):
    with store.write(actor="ann") as writer:
        assert writer.replay("key", "digest") is None
        writer.remember("key", "digest", b"201 T-0001")
    with store.write(actor="ann") as writer:
        assert writer.replay("key", "digest") == b"201 T-0001"


def test_a_key_belongs_to_its_actor_and_its_request(store):
    with store.write(actor="ann") as writer:
        writer.remember("key", "digest", b"answer")
    with store.write(actor="bob") as writer:
        assert writer.replay("key", "other") is None
    with pytest.raises(Conflict), store.write(actor="ann") as writer:
        writer.replay("key", "other")


def test_an_answer_goes_with_the_change_it_speaks_of(store, draft):
    def cut_short():
        with store.write(actor="ann") as writer:
            writer.put(draft(1))
            writer.remember("key", "digest", b"answer")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cut_short()

    with store.write(actor="ann") as writer:
        assert writer.replay("key", "digest") is None
    assert store.get("T-0001") is None


def test_old_answers_can_be_dropped(store, clock):
    with store.write(actor="ann") as writer:
        writer.remember("old", "digest", b"answer")
    clock.now += 100
    with store.write(actor="ann") as writer:
        writer.remember("new", "digest", b"answer")
        assert writer.forget_answers(int(clock.now)) == 1
        assert writer.replay("new", "digest") == b"answer"
