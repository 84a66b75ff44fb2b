"""``/api/v1/changes`` narrowed by sets: what has left is told, and what is no set is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.store import NewVersion
from catalog_service.web.app import create_app
from tests.web.conftest import agency, open_small, to_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from catalog_service.operations.catalogue import Catalogue


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Catalogue]:
    """A small catalogue of its own, which a test may change."""
    catalogue = open_small(tmp_path)
    yield catalogue
    catalogue.close()


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


@pytest.mark.parametrize("path", ["/api/v1/changes", "/api/v1/records"])
@pytest.mark.parametrize(
    ("set_", "advice"),
    [
        ("nonsense", "kind:service-product, cat:01, org:KB-0000001, region:110000"),
        ("/", "/oai?verb=ListSets"),
        ("org:\x00", "/oai?verb=ListSets"),
        ("cat", "“cat:0"),
        ("region:000000", "“region:"),
        ("cat:0504", "“cat:05:0504”"),
        ("cat:04:0504", "“cat:05:0504”"),
        ("kind:service-produkt", "“kind:service-product”"),
        ("org:KB-0000999", "org:KB-0000001"),
        ("org:KB-0000011", "org:KB-0000001"),
    ],
)
def test_what_is_no_set_is_refused_with_what_would_be(client: FlaskClient, path: str, set_: str, advice: str) -> None:
    english, chinese = (client.get(path, query_string={"set": set_, "lang": lang}) for lang in ("en", "zh"))

    assert (english.status_code, english.get_json()["code"]) == (400, "unknown-name")
    assert english.get_json()["title"] == f"There is no set “{set_}”."
    assert advice in english.get_json()["detail"]
    assert chinese.get_json()["title"] == f"没有名为“{set_}”的集合。"
    assert advice in chinese.get_json()["detail"]


@pytest.mark.parametrize("path", ["/api/v1/changes", "/api/v1/records"])
@pytest.mark.parametrize(
    ("set_", "there"),
    [("org:KB-0000001", 2), ("kind:service-agency", 2), ("cat:01", 0), ("region:110000:110101", 0)],
)
def test_a_set_that_may_be_used_one_day_is_empty(client: FlaskClient, path: str, set_: str, there: int) -> None:
    answer = client.get(path, query_string={"set": set_})

    assert answer.status_code == 200
    assert len(answer.get_json()[path.rpartition("/")[2]]) == there


def test_an_agency_without_services_has_an_empty_set_as_long_as_it_was_ever_public(small: Catalogue) -> None:
    iri, kind, turtle = agency("KB-0000003", "新机构（样例）", "450305")
    with small.store.write(actor="test") as writer:
        writer.put(NewVersion("KB-0000003", iri, kind, to_record(iri, kind, turtle).canonical(), title="新机构"))
    client = create_app(small).test_client()

    before = client.get("/api/v1/records?set=org:KB-0000003").status_code
    with small.store.write(actor="test") as writer:
        writer.publish("KB-0000003", ())

    assert (before, client.get("/api/v1/records?set=org:KB-0000003").status_code) == (400, 200)


def test_no_protocol_has_a_set_of_the_whole_country(client: FlaskClient) -> None:
    listed = client.get("/oai?verb=ListSets").text

    assert "<setSpec>region:450000</setSpec>" in listed
    assert "<setSpec>region</setSpec>" not in listed
