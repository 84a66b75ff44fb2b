"""The protocols behind the web application: transport, statuses and headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.outlets import OUTLETS

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda each: each.name)
def test_every_outlet_answers_at_its_start(client: FlaskClient, outlet) -> None:  # type: ignore[no-untyped-def]
    answered = client.get(outlet.start)

    assert answered.status_code == 200
    assert "Accept-Encoding" in answered.headers["Vary"]
    assert "Set-Cookie" not in answered.headers


@pytest.mark.parametrize("query", ["", "verb=none", "verb=GetRecord&identifier=x&metadataPrefix=sts"])
def test_errors_of_the_protocol_have_status_200(client: FlaskClient, query: str) -> None:
    answered = client.get(f"/oai?{query}")

    assert answered.status_code == 200
    assert answered.content_type == "text/xml; charset=utf-8"
    assert "<error code=" in answered.text


def test_a_form_is_a_query(client: FlaskClient) -> None:
    asked, posted = client.get("/oai?verb=ListSets"), client.post("/oai", data={"verb": "ListSets"})

    assert posted.text.partition("</responseDate>")[2] == asked.text.partition("</responseDate>")[2]


def test_a_forged_page_key_is_gone(client: FlaskClient) -> None:
    answered = client.get("/catalog?after=forged", headers={"Accept": "application/problem+json, text/turtle"})

    assert answered.status_code == 410
    assert answered.get_json(force=True)["status"] == 410


@pytest.mark.parametrize("ending", ["", ".ttl", ".rdf", ".jsonld", ".nt"])
@pytest.mark.parametrize(("query", "status"), [("after=x", 410), ("modified_since=junk", 400), ("deleted=1", 400)])
def test_what_the_catalogue_cannot_be_asked_is_told_to_programs(
    client: FlaskClient, ending: str, query: str, status: int
) -> None:
    answered = client.get(f"/catalog{ending}?{query}", headers={"Accept": "*/*", "Accept-Language": "en"})

    assert (answered.status_code, answered.content_type) == (status, "application/problem+json")
    if status == 410:
        assert answered.get_json()["detail"] == "Begin with the first page."


def test_a_form_that_is_not_offered_is_not_acceptable(client: FlaskClient) -> None:
    answered = client.get("/catalog", headers={"Accept": "image/png"})

    assert answered.status_code == 406
    assert "text/turtle" in answered.text


def test_only_what_an_outlet_takes_is_taken(client: FlaskClient) -> None:
    assert client.post("/catalog").status_code == 405
    assert client.put("/oai").status_code == 405
