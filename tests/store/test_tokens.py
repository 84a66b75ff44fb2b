from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa

from catalog_service.errors import InputError, NotFound


@pytest.fixture
def token(store):
    with store.write(actor="ann") as writer:
        return writer.create_token("Guangxi University", ["write", "publish"], label="nightly load")


def test_a_token_is_known_by_its_text(store, token):
    found = store.check_token(token)

    assert (found.owner, found.scopes, found.label) == ("Guangxi University", ("write", "publish"), "nightly load")
    assert token.startswith(f"kb_{found.id}_")
    assert [each.id for each in store.tokens()] == [found.id]


def test_only_the_hash_is_stored(store, token):
    secret = token.split("_", 2)[2]

    with store._database.reading() as connection:
        rows = connection.execute(sa.text("SELECT * FROM token")).all()
    assert secret not in str(rows)
    assert hashlib.sha256(secret.encode()).hexdigest() in str(rows)
    assert len(secret) >= 43


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1],
        lambda text: text + "x",
        lambda text: text.upper(),
        lambda text: text.replace("kb_", "xx_", 1),
        lambda text: "kb_" + text.split("_", 2)[1] + "_",
        lambda text: "kb__" + text.split("_", 2)[2],
        lambda text: "",
        lambda text: "kb_\x00_ü",
    ],
)
def test_another_text_is_no_token(store, token, spoil):
    if "\x00" in spoil(token) and not store._database.is_sqlite:
        spoil = lambda _: "kb_ü_ü"  # noqa: E731

    assert store.check_token(spoil(token)) is None


def test_a_revoked_token_ends_at_once(store, token):
    id_ = store.check_token(token).id
    with store.write(actor="ann") as writer:
        writer.revoke_token(id_)

    assert store.check_token(token) is None
    assert store.tokens()[0].revoked is not None
    with pytest.raises(NotFound), store.write(actor="ann") as writer:
        writer.revoke_token(id_)


def test_a_token_expires(store, clock):
    with store.write(actor="ann") as writer:
        token = writer.create_token("ann", ["write"], expires=int(clock.now) + 10)
    assert store.check_token(token)

    clock.now += 10

    assert store.check_token(token) is None


def test_the_last_use_is_noted_now_and_then(store, clock, token):
    store.check_token(token)
    first = store.tokens()[0].last_used
    clock.now += 30
    store.check_token(token)
    soon = store.tokens()[0].last_used
    clock.now += 60
    store.check_token(token)

    assert (soon - first, store.tokens()[0].last_used - first) == (0, 90)


def test_checking_a_token_does_not_wait_for_a_writer(store, clock, token, draft):
    clock.now += 1000
    with store.write(actor="ann") as writer:
        writer.put(draft(1))
        assert store.check_token(token)


def test_a_scope_is_one_word(store):
    with pytest.raises(InputError), store.write(actor="ann") as writer:
        writer.create_token("ann", ["write all"])
