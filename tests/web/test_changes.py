"""``/api/v1/changes`` narrowed by sets: what has left is told, and what is no set is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def test_entries_by_which_a_record_left_say_so(client: FlaskClient) -> None:
    *stayed, gone = client.get("/api/v1/changes?limit=1000&category=0301").get_json()["changes"]

    assert (gone["id"], gone["op"], gone["left"]) == ("KB-0000124", "leave", True)
    assert [each["left"] for each in stayed] == [False] * 24


@pytest.mark.parametrize("name", ["region", "providerRegion"])
def test_the_whole_country_is_refused_with_the_codes_that_work(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/api/v1/changes?{name}=000000&lang=en")

    assert answer.status_code == 400
    codes = answer.get_json()["detail"].rpartition(": ")[2].rstrip(".").split(", ")
    assert len(client.get(f"/api/v1/changes?{name}=450000&limit=1000").get_json()["changes"]) == 30
    assert "450000" in codes


def test_no_protocol_has_a_set_of_the_whole_country(client: FlaskClient) -> None:
    listed = client.get("/oai?verb=ListSets").text

    assert "<setSpec>region:450000</setSpec>" in listed
    assert "<setSpec>region</setSpec>" not in listed
