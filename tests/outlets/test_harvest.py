"""Harvested over HTTP by a client that others use: everything first, then only what changed, deletions included."""

from __future__ import annotations

import gzip
import re
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest
from sickle import Sickle

from benchmarks.serving import serving
from catalog_service.operations.catalogue import open_catalogue
from catalog_service.operations.publish import withdraw
from catalog_service.store import open_store
from tests.catalogues import BASE, bench_turtle, load_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sickle.models import Record

PRODUCTS = 130
AGENCIES = 3


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a catalogue that was filled an hour ago."""
    place = tmp_path_factory.mktemp("served") / "home"
    place.mkdir()
    (place / "kebao.toml").write_text(f'[catalogue]\niri_base = "{BASE}"\n', encoding="utf-8")
    catalogue = open_catalogue(place, environment={})
    catalogue.store = open_store(catalogue.settings.store_url, clock=lambda: time.time() - 3600)
    load_text(catalogue, bench_turtle(PRODUCTS, AGENCIES))
    catalogue.close()
    return place


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with serving(home) as port:
        yield f"http://127.0.0.1:{port}/oai"


def harvest(client: Sickle, **arguments: str) -> dict[str, Record]:
    return {record.header.identifier: record for record in client.ListRecords(metadataPrefix="oai_dc", **arguments)}


def response_date(address: str) -> str:
    with urllib.request.urlopen(f"{address}?verb=Identify") as answered:
        found = re.search(r"<responseDate>(.*?)</responseDate>", answered.read().decode())
    assert found
    return found[1]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everything_comes_by_either_method(address: str, method: str) -> None:
    found = harvest(Sickle(address, http_method=method))

    assert len(found) == PRODUCTS + AGENCIES
    assert all(record.metadata["title"] and record.metadata["type"] for record in found.values())


def test_the_other_verbs_speak_to_the_client(address: str) -> None:
    client = Sickle(address)

    sets = [each.setSpec for each in client.ListSets()]
    part = list(client.ListIdentifiers(metadataPrefix="sts", set="kind:service-agency"))
    formats = {each.metadataPrefix for each in client.ListMetadataFormats()}

    assert client.Identify().deletedRecord == "persistent"
    assert client.Identify().baseURL == address
    assert formats == {"oai_dc", "sts"}
    assert "kind:service-product" in sets
    assert len(part) == AGENCIES
    assert client.GetRecord(identifier=part[0].identifier, metadataPrefix="oai_dc").header.setSpecs


def test_pages_are_packed_for_those_who_take_it(address: str) -> None:
    request = urllib.request.Request(
        f"{address}?verb=ListRecords&metadataPrefix=oai_dc", headers={"Accept-Encoding": "gzip;q=1.0, identity; q=0.5"}
    )
    with urllib.request.urlopen(request) as answered:
        packed = answered.read()

    assert answered.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answered.headers["Vary"]
    assert b"<ListRecords>" in gzip.decompress(packed)


def test_later_only_what_changed_comes_with_its_deletions(address: str, home: Path) -> None:
    client = Sickle(address)
    copy = harvest(client)
    since = response_date(address)

    catalogue = open_catalogue(home, environment={})
    changed = bench_turtle(2, AGENCIES).replace("Service 1", "Service, changed,")
    load_text(catalogue, changed)
    withdraw(catalogue, "BP-0000007", "given up", actor="test")
    catalogue.close()
    news = harvest(client, **{"from": since})

    title = "oai:kebao.example:BP-0000001"
    assert {each for each, record in news.items() if record.deleted} == {"oai:kebao.example:BP-0000007"}
    assert title in news
    assert news[title].metadata["title"] != copy[title].metadata["title"]
    assert len(news) == 2
    copy |= news
    alive = {each for each, record in copy.items() if not record.deleted}
    assert alive == set(harvest(client, ignore_deleted=True))


def test_what_another_process_serves_next_takes_the_tokens_of_the_last(address: str, home: Path) -> None:
    pages = Sickle(address).ListRecords(metadataPrefix="oai_dc")
    token = pages.resumption_token.token

    with serving(home) as port:
        rest = list(Sickle(f"http://127.0.0.1:{port}/oai").ListRecords(resumptionToken=token))

    assert len(rest) == PRODUCTS + AGENCIES - 100
