"""What HTTP asks of the addresses that programs read: tags, conditions, headers, other sites (harvest checklist HT)."""

from __future__ import annotations

import datetime as dt
import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from catalog_service.operations.publish import withdraw
from catalog_service.outlets import OUTLETS
from catalog_service.web.app import create_app
from tests.web.conftest import open_small

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from catalog_service.operations.catalogue import Catalogue

OPEN = [
    "/api/v1/search?q=x", "/api/v1/records", "/api/v1/records/KB-0000011", "/api/v1/changes", "/api/v1/kinds",
    "/records/KB-0000011.ttl", "/vocabularies/delivery-mode.ttl", "/profile.ttl", "/profile/service-product.ttl",
    "/id/service-product/KB-0000011", "/openapi.json", *(outlet.start for outlet in OUTLETS),
]  # fmt: skip
TAGGED = [
    "/api/v1/records/KB-0000011", "/records/KB-0000011.ttl", "/records/KB-0000011",
    "/vocabularies/delivery-mode.ttl", "/profile.ttl", "/catalog.ttl", "/catalog.jsonld", "/schemas/sts-1.0.xsd",
    "/api/v1/search?q=检测", "/api/v1/records?include=record", "/api/v1/changes", "/oai?verb=ListSets",
    "/oai?verb=ListRecords&metadataPrefix=oai_dc", "/oai?verb=Identify",
]  # fmt: skip
FOREIGN = {"Origin": "https://other.example"}


@pytest.mark.parametrize("path", OPEN)
def test_scripts_of_other_sites_may_read(client: FlaskClient, path: str) -> None:
    for answer in (client.get(path, headers=FOREIGN), client.head(path, headers=FOREIGN)):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert {"ETag", "Link", "Retry-After"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_scripts_of_other_sites_may_read_what_went_wrong(client: FlaskClient) -> None:
    for path in ("/api/v1/records/KB-9999999", "/api/v1/none", "/catalog?after=x"):
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", OPEN)
def test_a_browser_that_asks_first_may_send_conditions(client: FlaskClient, path: str) -> None:
    asking = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    answer = client.options(path, headers=FOREIGN | asking)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert "Authorization" not in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_scripts_of_other_sites_may_not_write(client: FlaskClient, method: str) -> None:
    asked = client.options("/api/v1/records", headers=FOREIGN | {"Access-Control-Request-Method": method})
    written = client.open("/api/v1/records", method=method, headers=FOREIGN)

    assert "Access-Control-Allow-Origin" not in asked.headers
    assert "Access-Control-Allow-Origin" not in written.headers


def test_nothing_that_a_token_opens_is_for_other_sites(client: FlaskClient) -> None:
    answer = client.get("/api/v1/records/KB-0000011", headers=FOREIGN | {"Authorization": "Bearer x"})

    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/health/live", "/metrics", "/about"])
def test_pages_for_people_and_operators_stay_their_own(client: FlaskClient, path: str) -> None:
    assert "Access-Control-Allow-Origin" not in client.get(path, headers=FOREIGN).headers


@pytest.mark.parametrize("path", TAGGED)
def test_tags_are_the_same_in_every_process(client: FlaskClient, catalogue: Catalogue, path: str) -> None:
    other = create_app(catalogue).test_client()

    assert client.get(path).headers["ETag"] == other.get(path).headers["ETag"]


@pytest.mark.parametrize("path", TAGGED)
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_a_condition_goes_before_a_date_and_304_says_what_200_says(client: FlaskClient, path: str, form: str) -> None:
    first = client.get(path)
    tag = first.headers["ETag"].removeprefix("W/")

    same = client.get(path, headers={"If-None-Match": form.format(tag)})
    changed = client.get(path, headers={"If-None-Match": '"x"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})

    assert (same.status_code, same.data) == (304, b"")
    for name in ("ETag", "Vary", "Cache-Control"):
        assert same.headers.get(name) == first.headers.get(name)
    assert changed.status_code == 200


LISTS = [
    "/api/v1/search?q=", "/api/v1/records", "/api/v1/changes", "/catalog.nt",
    "/oai?verb=ListIdentifiers&metadataPrefix=sts",
]  # fmt: skip


def test_a_list_has_another_tag_when_a_record_changes_and_no_other_when_time_goes_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = open_small(tmp_path)
    client = create_app(catalogue).test_client()
    tags = {path: client.get(path).headers["ETag"] for path in LISTS}

    with monkeypatch.context() as later:
        later.setattr("time.time", lambda now=time.time: now() + 60)
        kept = {path: client.get(path, headers={"If-None-Match": tags[path]}).status_code for path in LISTS}
    withdraw(catalogue, "KB-0000011", "停办", actor="test")
    assert catalogue.index.bring_to(catalogue.store.last_seq())
    changed = {path: client.get(path, headers={"If-None-Match": tags[path]}).status_code for path in LISTS}
    catalogue.close()

    assert kept == dict.fromkeys(LISTS, 304)
    assert changed == dict.fromkeys(LISTS, 200)


@pytest.mark.parametrize("path", ["/catalog.ttl", "/schemas/sts-1.0.xsd"])
def test_a_packed_answer_has_a_tag_of_its_own(client: FlaskClient, path: str) -> None:
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_the_date_of_change_is_not_later_than_now(client: FlaskClient) -> None:
    answer = client.get("/records/KB-0000011.ttl")
    changed = parsedate_to_datetime(answer.headers["Last-Modified"])

    again = client.get("/records/KB-0000011.ttl", headers={"If-Modified-Since": answer.headers["Last-Modified"]})

    assert changed <= dt.datetime.now(dt.UTC)
    assert again.status_code == 304


@pytest.mark.parametrize("path", [path for path in OPEN if not path.startswith("/oai")])
def test_head_has_the_headers_of_get(client: FlaskClient, path: str) -> None:
    asked, head = client.get(path), client.head(path)

    names = ("Content-Type", "ETag", "Vary", "Link", "Cache-Control")
    assert (head.status_code, head.data) == (asked.status_code, b"")
    assert [head.headers.get(name) for name in names] == [asked.headers.get(name) for name in names]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", "/api/v1/search", 405),
        ("GET", "/api/v1/changes?since=x", 400),
        ("GET", "/api/v1/none", 404),
        ("GET", "/api/v1/records/KB-0000124", 410),
        ("GET", "/catalog.ttl?after=x", 410),
    ],
)
def test_problems_repeat_nothing_of_the_headers(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method, headers={"X-Mark": "marked-7F3K", "User-Agent": "marked-7F3K"})

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert "marked-7F3K" not in answer.text + str(answer.headers)
    assert "Allow" in answer.headers or status != 405


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/changes", "/records/KB-0000011.ttl", "/catalog", "/oai"])
def test_no_harvest_address_sets_a_cookie(client: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in client.get(f"{path}?lang=en").headers


def test_links_of_pages_are_absolute(client: FlaskClient) -> None:
    for path in ("/catalog.ttl", "/records/KB-0000011.ttl"):
        found = re.findall("<([^>]*)>", client.get(path).headers["Link"])
        assert found
        assert all(each.startswith("https://catalogue.example/") for each in found)
