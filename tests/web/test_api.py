"""The HTTP API: search, records, kinds, changes, health and its own description."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.registry import profile
from tests.web.conftest import open_small

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient


def _json(client: FlaskClient, path: str, **headers: str) -> Any:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_search_answers_with_hits_facets_and_a_key(client: FlaskClient) -> None:
    found = _json(client, "/api/v1/search?q=材料检测&size=5")

    assert found["total"] == 25
    assert len(found["hits"]) == 5
    assert {"id", "iri", "identifier", "kind", "title", "score", "highlight"} <= set(found["hits"][0])
    value = found["facets"]["category"][0]
    assert {"value", "label", "count", "selected", "children"} == set(value)
    assert found["seq"] > 0
    assert found["took_ms"] >= 0
    assert found["next_url"].startswith("https://catalogue.example/api/v1/search?")
    assert found["hits"][0]["providerRegion"] == [{"code": "450202", "label": "城中区"}]


def test_only_the_facets_asked_for_are_counted_on_every_page(client: FlaskClient) -> None:
    every = _json(client, "/api/v1/search?q=材料检测&size=5")
    names = sorted(every["facets"])[:2]
    some = _json(client, f"/api/v1/search?q=材料检测&size=5&facets={','.join(names)}")
    none = _json(client, "/api/v1/search?q=材料检测&size=5&facets=none")
    following = _json(client, some["next_url"].removeprefix("https://catalogue.example"))

    assert some["facets"] == {name: every["facets"][name] for name in names}
    assert len(every["facets"]) > len(names)
    assert following["facets"] == some["facets"]
    assert none["facets"] == {}
    for each in (some, none):
        assert (each["total"], each["hits"]) == (every["total"], every["hits"])


def test_a_facet_to_count_that_is_none_is_told_with_the_nearest(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?q=&facets=categori")

    assert answer.status_code == 400
    assert "category" in answer.text


def test_offers_are_told_as_the_profile_calls_them_in_the_asked_language(client: FlaskClient) -> None:
    hits = _json(client, "/api/v1/search?q=&size=100&lang=zh")["hits"]
    offers = [offer for hit in hits for offer in hit.get("offers", [])]

    assert offers
    assert all(offer["pricingMode"] for offer in offers)
    assert all(isinstance(offer.get(name, 0), int | float) for offer in offers for name in ("price", "minPrice"))
    assert not [text for offer in offers for text in offer.values() if "@" in str(text)]


@pytest.mark.parametrize(
    "query", ["q=材料检测", "q=", "q=材料检测&deliveryMode=online&lang=en", "q=zzz&size=0", "q=%ED%A0%80"]
)
def test_search_is_written_as_all_json_here_is(client: FlaskClient, query: str) -> None:
    body = client.get(f"/api/v1/search?{query}").text

    assert body == json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"))


def test_following_the_key_gives_every_hit_once(client: FlaskClient) -> None:
    seen: list[str] = []
    after = ""
    while True:
        found = _json(client, f"/api/v1/search?q=材料检测&size=7&after={after}")
        seen += [hit["id"] for hit in found["hits"]]
        after = found["next"]
        if not after:
            break

    assert len(seen) == len(set(seen)) == 25


def test_texts_come_in_the_asked_language(client: FlaskClient) -> None:
    english = _json(client, "/api/v1/search?q=Patentability&lang=en")["hits"][0]
    chinese = _json(client, "/api/v1/search?q=Patentability&lang=zh")["hits"][0]

    assert english["title"] == "Patentability search and opinion"
    assert chinese["title"] == "发明专利检索与专利性分析"


def test_a_record_can_be_had_in_every_format_by_ending_and_by_accept(client: FlaskClient) -> None:
    import pyoxigraph as ox

    for ending, media, syntax in (
        ("ttl", "text/turtle", ox.RdfFormat.TURTLE),
        ("nt", "application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("rdf", "application/rdf+xml", ox.RdfFormat.RDF_XML),
    ):
        by_ending = client.get(f"/records/KB-0000011.{ending}")
        by_accept = client.get("/records/KB-0000011", headers={"Accept": media})

        assert by_ending.content_type.startswith(media)
        assert by_ending.data == by_accept.data
        assert "Accept" in by_accept.headers["Vary"]
        triples = list(ox.parse(by_ending.data, format=syntax))
        assert any("专利性分析" in str(triple) for triple in triples)


def test_plain_json_and_json_ld_are_json(client: FlaskClient) -> None:
    for ending in ("json", "jsonld"):
        assert json.loads(client.get(f"/records/KB-0000011.{ending}").data)


def test_a_record_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/records/KB-0000011.ttl")

    again = client.get("/records/KB-0000011.ttl", headers={"If-None-Match": first.headers["ETag"]})
    other = client.get("/records/KB-0000011.nt", headers={"If-None-Match": first.headers["ETag"]})

    assert re.fullmatch(r'"1\.\d+-ttl"', first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert other.status_code == 200


def test_the_name_of_a_thing_sends_on_to_what_tells_about_it(client: FlaskClient) -> None:
    page = client.get("/id/service-product/KB-0000011", headers={"Accept": "text/html"})
    data = client.get("/id/service-product/KB-0000011", headers={"Accept": "text/turtle"})

    assert (page.status_code, page.headers["Location"]) == (303, "https://catalogue.example/records/KB-0000011")
    assert data.headers["Location"] == "https://catalogue.example/records/KB-0000011.ttl"
    assert client.get("/id/service-agency/KB-0000011").status_code == 404


def test_the_list_of_records_is_complete_and_leaves_the_withdrawn_out(client: FlaskClient) -> None:
    seen: list[str] = []
    address = "/api/v1/records?limit=10&kind=service-product"
    while address:
        found = _json(client, address)
        seen += [each["id"] for each in found["records"]]
        address = (found["next_url"] or "").removeprefix("https://catalogue.example")

    assert len(seen) == len(set(seen)) == 27 == found["total"]
    assert "KB-0000124" not in seen


@pytest.mark.parametrize("limit", [0, 1001])
def test_how_many_records_may_be_asked_for_is_told(client: FlaskClient, limit: int) -> None:
    answer = client.get(f"/api/v1/records?limit={limit}", headers={"Accept-Language": "en"})

    assert answer.status_code == 400
    assert answer.get_json()["title"] == f"limit: {limit} is not between 1 and 1000."


def test_changes_come_in_order_and_end_with_the_withdrawal(client: FlaskClient) -> None:
    found = _json(client, "/api/v1/changes?since=0&limit=1000")

    numbers = [change["seq"] for change in found["changes"]]
    assert numbers == sorted(numbers)
    assert found["changes"][-1]["op"] == "withdraw"
    assert found["next"] == found["last"] == numbers[-1]
    assert {"seq", "epoch", "id", "iri", "kind", "op", "version", "hash", "stamp", "sets"} <= set(found["changes"][0])
    assert _json(client, f"/api/v1/changes?since={found['next']}")["changes"] == []


def test_changes_never_jump_and_a_number_that_is_not_there_is_told(client: FlaskClient) -> None:
    last = _json(client, "/api/v1/changes")["last"]

    assert _json(client, "/api/v1/changes?since=3&limit=0")["next"] == 3
    assert _json(client, f"/api/v1/changes?since={last}&epoch=1")["changes"] == []
    beyond = client.get(f"/api/v1/changes?since={last + 1}")
    assert (beyond.status_code, beyond.get_json()["code"]) == (410, "position-lost")
    assert client.get("/api/v1/changes?since=0&epoch=9").status_code == 410


def test_changes_can_bring_the_records_and_be_narrowed(client: FlaskClient) -> None:
    found = _json(client, "/api/v1/changes?include=record&kind=service-agency")

    assert [change["kind"] for change in found["changes"]] == ["service-agency"] * 2
    assert all(change["record"]["identifier"] == change["id"] for change in found["changes"])
    by_category = _json(client, "/api/v1/changes?category=0504&limit=1000")["changes"]
    assert {change["id"] for change in by_category} == {"KB-0000011", "KB-0000012"}


def test_a_long_poll_is_woken_by_the_next_change(tmp_path: Path) -> None:
    import threading

    from catalog_service.web.app import create_app

    catalogue = open_small(tmp_path)  # its own, so that others still find the last change of the shared one
    app = create_app(catalogue)
    last = catalogue.store.last_seq()
    answers: list[Any] = []
    waiting = threading.Thread(
        target=lambda: answers.append(app.test_client().get(f"/api/v1/changes?since={last}&wait=20").get_json())
    )
    waiting.start()
    with catalogue.store.write(actor="test") as writer:
        writer.refresh(["KB-0000012"])
    waiting.join(timeout=30)

    assert [change["op"] for change in answers[0]["changes"]] == ["refresh"]
    catalogue.close()


def test_kinds_tell_fields_facets_and_schema(client: FlaskClient) -> None:
    from jsonschema import Draft202012Validator

    kinds = _json(client, "/api/v1/kinds")["kinds"]

    assert [kind["name"] for kind in kinds][:2] == ["service-product", "service-agency"]
    for kind in kinds:
        schema = _json(client, kind["schema"].removeprefix("https://catalogue.example"))
        Draft202012Validator.check_schema(schema)


def test_every_route_of_the_api_is_in_its_description(app: Flask, client: FlaskClient) -> None:
    document = _json(client, "/openapi.json")
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    described = {(path, method) for path, operations in document["paths"].items() for method in operations}

    assert served == described
    assert document["openapi"].startswith("3.1")


def test_the_description_has_every_parameter_of_its_paths_and_resolves_its_references(client: FlaskClient) -> None:
    document = _json(client, "/openapi.json")
    schemas = document["components"]["schemas"]

    for path, operations in document["paths"].items():
        for operation in operations.values():
            named = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path))
    for name in re.findall(r'"\$ref": ?"#/components/schemas/([\w-]+)"', json.dumps(document)):
        assert name in schemas


def test_the_reference_page_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    html = client.get("/docs").text

    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []
    assert "/api/v1/search" in html


def test_health_and_metrics_answer(client: FlaskClient) -> None:
    assert _json(client, "/health/live") == {"status": "alive"}
    ready = _json(client, "/health/ready")
    assert (ready["status"], ready["lag"]) == ("ready", ready["seq"] - ready["index"])
    text = client.get("/metrics").text
    assert 'kebao_records{kind="service-product"} 27' in text
    assert re.search(r'kebao_requests_total\{route="/health/live",status="200"\} \d+', text)
    for line in text.splitlines():
        assert line.startswith("#") or re.fullmatch(r"[a-z_]+(\{[^}]*\})? [0-9.e+-]+", line), line


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/vocabularies/delivery-mode", "text/turtle"),
        ("/vocabularies/delivery-mode/online.nt", "*/*"),
        ("/profile/service-product.ttl", "*/*"),
        ("/profile.nt", "*/*"),
    ],
)
def test_code_lists_and_profile_come_as_rdf(client: FlaskClient, path: str, media: str) -> None:
    answer = client.get(path, headers={"Accept": media})

    assert answer.status_code == 200
    assert "html" not in answer.content_type
    assert len(answer.data) > 100


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_facets_are_described_in_the_asked_language_as_of_the_first_kind(client: FlaskClient, lang: str) -> None:
    document = _json(client, "/openapi.json", **{"Accept-Language": lang})
    described = {each["name"]: each["description"] for each in document["paths"]["/api/v1/search"]["get"]["parameters"]}
    kinds = reversed(profile().kinds.values())

    facets = {facet.name: facet for kind in kinds for facet in kind.facets}

    assert facets
    for name, facet in facets.items():
        assert described[name] == (facet.definitions.get(lang) or facet.labels[lang])
