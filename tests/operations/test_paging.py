from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from catalog_service.operations.paging import seal, unseal


@given(st.text(max_size=200))
def test_a_made_up_key_opens_nothing(key: str) -> None:
    assert unseal(b"secret", key) is None


def test_a_changed_key_opens_nothing() -> None:
    key = seal(b"secret", ["relevance", 3])

    assert unseal(b"other", key) is None
    assert all(
        unseal(b"secret", key[:at] + ("A" if key[at] != "A" else "B") + key[at + 1 :]) is None for at in range(len(key))
    )
    assert unseal(b"secret", key) == ["relevance", 3]
