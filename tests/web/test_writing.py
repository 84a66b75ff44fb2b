"""Writing over HTTP: who may, what is refused, and that nothing is written twice or over a newer version."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.operations.stories import agency
from tests.web.conftest import open_small
from tests.web.sending import product, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from catalog_service.operations.catalogue import Catalogue


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """A catalogue of their own: other tests count what is in the shared one."""
    catalogue = open_small(tmp_path_factory.mktemp("writing"))
    yield catalogue
    catalogue.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/records"),
        ("PUT", "/api/v1/records/KB-0000011"),
        ("DELETE", "/api/v1/records/KB-0000011"),
        ("POST", "/api/v1/records/KB-0000011/transitions"),
    ],
)
@pytest.mark.parametrize("header", [None, "Bearer kb_nonsense", "Basic dXNlcjp4"])
def test_nothing_is_writable_without_a_token(client: FlaskClient, method: str, path: str, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}

    answer = client.open(path, method=method, json=product(), headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.content_type == "application/problem+json"


def test_a_record_goes_in_is_found_at_once_and_is_read_back(
    client: FlaskClient, key: dict[str, str], catalogue: Catalogue
) -> None:
    answer = send(client, product("石墨烯导热膜检测"), key, "&publish=true")
    assert answer.status_code == 201, answer.text
    saved = answer.get_json()
    catalogue.index.bring_to(saved["seq"])

    found = client.get(f"/api/v1/search?q=石墨烯导热膜&min_seq={saved['seq']}").get_json()

    assert [hit["id"] for hit in found["hits"]] == [saved["id"]]
    assert answer.headers["Location"] == f"https://catalogue.example/api/v1/records/{saved['id']}"
    assert client.get(f"/api/v1/records/{saved['id']}").get_json()["title"]["zh"] == "石墨烯导热膜检测"


def test_a_refused_record_says_which_field_and_what_to_write(client: FlaskClient, key: dict[str, str]) -> None:
    answer = send(client, product(category=["没有这个类别"], title={}), key)

    assert answer.status_code == 422
    document = answer.get_json()
    assert document["findings"]
    for finding in document["findings"]:
        assert {"path", "field", "label", "message", "value", "severity", "constraint", "suggestion"} <= set(finding)
    assert any(finding["path"].startswith("category") for finding in document["findings"])


def test_the_same_key_has_one_effect_and_one_answer(
    client: FlaskClient, key: dict[str, str], catalogue: Catalogue
) -> None:
    headers = key | {"Idempotency-Key": "order-66"}
    first = send(client, product("键值试验"), headers)
    before = catalogue.store.get(first.get_json()["id"])

    again = send(client, product("键值试验"), headers)
    other = send(client, product("另一条"), headers)

    assert (again.status_code, again.get_json()) == (first.status_code, first.get_json())
    assert catalogue.store.get(first.get_json()["id"]) == before
    assert other.status_code == 409


def test_a_change_needs_the_tag_of_the_newest_version(client: FlaskClient, key: dict[str, str]) -> None:
    saved = send(client, product("版本试验"), key)
    path, tag = f"/api/v1/records/{saved.get_json()['id']}", saved.headers["ETag"]

    without = client.put(path, json=product("版本试验二"), headers=key)
    first = client.put(path, json=product("版本试验二"), headers=key | {"If-Match": tag})
    late = client.put(path, json=product("版本试验三"), headers=key | {"If-Match": tag})

    assert (without.status_code, first.status_code, late.status_code) == (428, 200, 412)
    assert first.get_json()["version"] == 2


def test_the_same_content_again_changes_nothing(client: FlaskClient, key: dict[str, str]) -> None:
    saved = send(client, product("原样试验"), key)
    path = f"/api/v1/records/{saved.get_json()['id']}"

    again = client.put(path, json=product("原样试验"), headers=key | {"If-Match": "*"})

    assert (again.get_json()["status"], again.get_json()["version"]) == ("unchanged", 1)


def test_a_draft_is_seen_with_a_token_only(client: FlaskClient, key: dict[str, str]) -> None:
    identifier = send(client, product("草稿试验"), key).get_json()["id"]

    assert client.get(f"/api/v1/records/{identifier}").status_code == 404
    assert client.get(f"/records/{identifier}").status_code == 404
    assert client.get(f"/api/v1/records/{identifier}", headers=key).get_json()["title"]["zh"] == "草稿试验"


def test_a_batch_sent_again_with_its_key_has_no_second_effect(client: FlaskClient, key: dict[str, str]) -> None:
    line = json.dumps(product("批量一次") | {"identifier": "KB-BATCH-1"}) + "\n"
    headers = key | {"Idempotency-Key": "batch-1", "Content-Type": "application/jsonl"}
    first = client.post("/api/v1/records?kind=service-product", data=line, headers=headers)
    path, late = "/api/v1/records/KB-BATCH-1", product("同事改过")
    changed = client.put(path, json=late, headers=key | {"If-Match": "*"})

    again = client.post("/api/v1/records?kind=service-product", data=line, headers=headers)
    other = client.post("/api/v1/records?kind=service-product", data=line + "\n", headers=headers)

    assert (first.status_code, changed.status_code) == (200, 200)
    assert again.data == first.data
    assert other.status_code == 409
    assert client.put(path, json=late, headers=key | {"If-Match": "*"}).get_json()["status"] == "unchanged"


def test_a_record_is_published_suspended_and_withdrawn(client: FlaskClient, key: dict[str, str]) -> None:
    identifier = send(client, product("一生试验"), key).get_json()["id"]
    path = f"/api/v1/records/{identifier}"

    def move(to: str, reason: str = "") -> TestResponse:
        return client.post(f"{path}/transitions", json={"to": to, "reason": reason}, headers=key)

    assert move("published").get_json()["state"] == "published"
    assert client.get(path).status_code == 200
    assert move("suspended", "整改").status_code == 200
    assert client.get(path).status_code == 410
    assert move("published").status_code == 200
    assert client.delete(path, headers=key | {"If-Match": "*"}).status_code == 400
    gone = client.delete(f"{path}?reason=停办", headers=key | {"If-Match": "*"})
    assert gone.get_json()["state"] == "withdrawn"
    assert client.get(path).status_code == 410
    assert move("nowhere").status_code in {400, 409}


def test_a_batch_is_answered_line_by_line(client: FlaskClient, key: dict[str, str]) -> None:
    good, bad = product("批量试验一"), product("批量试验二", category=["没有"])
    body = "\n".join([json.dumps(good), "{broken", json.dumps(bad), json.dumps(product("批量试验三"))])

    answer = client.post(
        "/api/v1/records?kind=service-product", data=body, content_type="application/jsonl", headers=key
    )

    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.status_code == 200
    assert sorted(line["status"] for line in lines) == ["created", "created", "refused", "refused"]
    assert all(line["findings"] for line in lines if line["status"] == "refused")


def test_validation_stores_nothing_and_tells_the_place(client: FlaskClient, catalogue: Catalogue) -> None:
    before = catalogue.store.last_seq()

    answer = client.post("/api/v1/validate?kind=service-product", json=product("只检查", category=["没有"]))

    assert answer.status_code == 200
    report = answer.get_json()
    assert (report["conforms"], report["records"]) == (False, 1)
    assert report["errors"] >= 1
    assert catalogue.store.last_seq() == before


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"", "application/json"),
        (b"   ", "application/json"),
        (b"{", "application/json"),
        (b"[" * 10_000 + b"]" * 10_000, "application/json"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "application/json"),
        (b'{"title": {"zh": "\\ud800"}}', "application/json"),
        (b'{"title": {"zh": "\\u0000x"}}', "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b"null", "application/json"),
        (b"42", "application/json"),
        (b"PK\x03\x04broken", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"@prefix : <http://x/> .\n:a :b ", "text/turtle"),
        (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
            "application/rdf+xml",
        ),
        (b'{"@context": "http://evil.example/context.jsonld", "@id": "urn:x"}', "application/ld+json"),
        ("标题\n".encode("gb18030"), "text/csv"),
        (b"\x1f\x8b\x08broken", "application/octet-stream"),
    ],
)
def test_whatever_is_sent_is_answered_below_500(
    client: FlaskClient, key: dict[str, str], body: bytes, media: str
) -> None:
    for path in ("/api/v1/validate?kind=service-product", "/api/v1/records?kind=service-product"):
        answer = client.post(path, data=body, content_type=media, headers=key)
        assert answer.status_code < 500, (path, answer.text[:300])
        assert b"root:" not in answer.data


def test_a_record_over_the_limit_is_refused(client: FlaskClient, key: dict[str, str]) -> None:
    answer = client.put(
        "/api/v1/records/KB-0000011",
        data=b"x" * 1_000_001,
        content_type="application/json",
        headers=key | {"If-Match": "*"},
    )

    assert answer.status_code == 413


def _follow(client: FlaskClient, advice: str, key: dict[str, str]) -> str:
    """Do what stands at the end of an advice and return the state the record has then."""
    said = re.search(r"(POST) (/\S+) (\{.*\})$", advice)
    assert said, advice
    answer = client.open(said[2], method=said[1], data=said[3], headers=key)
    return str(answer.get_json().get("state", answer.text))


@pytest.mark.parametrize("state", ["suspended", "withdrawn"])
def test_who_saves_what_was_taken_from_the_public_is_told_how_a_program_publishes(
    client: FlaskClient, key: dict[str, str], state: str
) -> None:
    made = send(client, product(f"检测{state}", summary="一"), key, "&publish=true").get_json()
    address = f"/api/v1/records/{made['id']}"
    client.post(f"{address}/transitions", json={"to": state, "reason": "x"}, headers=key | {"If-Match": "*"})

    body = json.dumps(product(f"检测{state}", summary="二") | {"identifier": made["id"]}, ensure_ascii=False)
    query = "?publish=true&kind=service-product"
    alone = client.put(f"{address}{query}&lang=en", data=body, headers=key | {"If-Match": "*"}).get_json()
    lines = client.post(
        f"/api/v1/records{query}&lang=zh", data=body, headers=key | {"Content-Type": "application/x-ndjson"}
    )

    advices = [
        next(each["suggestion"] for each in answer["findings"] if each["code"] == "held-back")
        for answer in (alone, json.loads(lines.text))
    ]
    assert advices[0].startswith("If it is to come back: POST ")
    assert advices[1].startswith("如要恢复，请用：POST ")
    assert [_follow(client, each, key) for each in advices] == ["published"] * 2


def test_who_waits_for_another_record_is_told_how_a_program_publishes(client: FlaskClient, key: dict[str, str]) -> None:
    target = client.post("/api/v1/records?kind=service-agency", json=agency(7), headers=key).get_json()["id"]
    record = {lang: product(f"等待{lang}", provider=[target]) for lang in ("en", "zh")}

    saved = [send(client, each, key, f"&publish=true&lang={lang}").get_json() for lang, each in record.items()]
    client.post(f"/api/v1/records/{target}/transitions", json={"to": "published"}, headers=key)

    advices = [
        next(each["suggestion"] for each in answer["findings"] if each["code"] == "target-not-published")
        for answer in saved
    ]
    assert advices[0].startswith("Publish that record; then this one: POST ")
    assert advices[1].startswith("请先发布那条记录，再发布这一条：POST ")
    assert [_follow(client, each, key) for each in advices] == ["published"] * 2
