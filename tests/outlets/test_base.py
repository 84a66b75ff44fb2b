from __future__ import annotations

import gzip

import pytest

from catalog_service.outlets import OUTLETS
from catalog_service.outlets.base import Response, encoded, weights

LONG = Response(b"a" * 5000, "text/xml", headers={"Vary": "Accept"})


@pytest.mark.parametrize("accepted", ["gzip", "GZIP;q=0.1", "br, gzip;q=0.5"])
def test_long_answers_are_packed_for_those_who_accept_it(accepted: str) -> None:
    found = encoded(LONG, accepted)

    assert gzip.decompress(found.body) == LONG.body
    assert found.headers == {"Vary": "Accept, Accept-Encoding", "Content-Encoding": "gzip"}


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "gzip;q=nonsense", "br"])
def test_others_get_them_as_they_are(accepted: str) -> None:
    found = encoded(LONG, accepted)

    assert found.body == LONG.body
    assert found.headers == {"Vary": "Accept, Accept-Encoding"}


def test_short_answers_are_never_packed() -> None:
    assert encoded(Response(b"short", "text/xml"), "gzip").body == b"short"


def test_the_same_answer_is_packed_to_the_same_bytes() -> None:
    assert encoded(LONG, "gzip").body == encoded(LONG, "gzip").body


def test_weights_stay_between_none_and_one() -> None:
    assert weights("a;q=7, b;q=-1, c") == {"a": 1.0, "b": 0.0, "c": 1.0}


def test_every_outlet_begins_at_one_of_its_own_addresses() -> None:
    for outlet in OUTLETS:
        assert outlet.start.partition("?")[0] in outlet.paths
        assert set(outlet.title) == {"zh", "en"}
