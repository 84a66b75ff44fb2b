from __future__ import annotations

import pytest

from catalog_service.errors import Conflict
from catalog_service.store import open_store


def test_secrets_are_made_once_and_outlive_the_process(url):
    with open_store(url) as store:
        first = store.secret("page-key"), store.secret("session"), store.secret("later")

    with open_store(url) as second:
        assert (second.secret("page-key"), second.secret("session"), second.secret("later")) == first
    assert {len(secret) for secret in first} == {32}
    assert len(set(first)) == 3


def test_the_base_of_iris_is_frozen(store):
    assert store.iri_base() is None
    with store.write(actor="ann") as writer:
        writer.freeze_iri_base("https://kebao.example")
        writer.freeze_iri_base("https://kebao.example")
    with pytest.raises(Conflict), store.write(actor="ann") as writer:
        writer.freeze_iri_base("https://other.example")

    assert store.iri_base() == "https://kebao.example"


def test_a_note_is_replaced(store):
    with store.write(actor="ann") as writer:
        writer.set_meta("sample", "loaded")
        writer.set_meta("sample", "removed")

    assert store.meta("sample") == "removed"
    assert store.meta("nothing") is None


def test_an_empty_store_knows_when_it_was_made(store, clock):
    assert store.earliest_stamp() == store.low_water() == int(clock.now)
    assert (store.last_seq(), store.epoch(), store.sets(), store.count()) == (0, 1, [], 0)
    assert store.listing().entries == ()
