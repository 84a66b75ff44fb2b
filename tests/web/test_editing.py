"""Editing over HTTP: what was read can be sent back, and nothing goes past `If-Match`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import open_small
from tests.web.sending import product, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from catalog_service.operations.catalogue import Catalogue


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """A catalogue of their own: other tests count what is in the shared one."""
    catalogue = open_small(tmp_path_factory.mktemp("editing"))
    yield catalogue
    catalogue.close()


def test_a_withdrawal_by_transition_needs_the_tag_too(client: FlaskClient, key: dict[str, str]) -> None:
    saved = send(client, product("撤回试验"), key)
    path, asked = f"/api/v1/records/{saved.get_json()['id']}/transitions", {"to": "withdrawn", "reason": "停办"}

    without = client.post(path, json=asked, headers=key)
    late = client.post(path, json=asked, headers=key | {"If-Match": '"7.0-json"'})
    right = client.post(path, json=asked, headers=key | {"If-Match": saved.headers["ETag"]})

    assert (without.status_code, late.status_code, right.status_code) == (428, 412, 200)


def test_every_step_keeps_to_the_tag_that_is_sent(client: FlaskClient, key: dict[str, str]) -> None:
    path = f"/api/v1/records/{send(client, product('步骤试验'), key).get_json()['id']}/transitions"

    answers = [
        client.post(path, json={"to": to}, headers=key | {"If-Match": tag})
        for to in ("submitted", "draft", "published", "suspended")
        for tag in ('"2.0-json"', 'W/"1.0-json"', '"1.0-json"')
    ]

    assert [each.status_code for each in answers] == [412, 412, 200] * 4


def test_what_others_depend_on_is_withdrawn_with_them_when_that_is_asked(
    client: FlaskClient, key: dict[str, str]
) -> None:
    dependent = send(client, product("依赖试验", provider=["KB-0000001"]), key, "&publish=true").get_json()["id"]
    path, headers = "/api/v1/records/KB-0000001?reason=停办&lang=en", key | {"If-Match": "*"}

    refused = client.delete(path, headers=headers)
    gone = client.delete(f"{path}&cascade=true", headers=headers)

    assert refused.status_code == 409
    assert "?cascade=true" in refused.get_json()["detail"]
    assert "--cascade" not in refused.text
    assert gone.status_code == 200
    assert client.get(f"/api/v1/records/{dependent}").status_code == 410


@pytest.mark.parametrize("character", ["\ud800", "\x00", "\ufffe"])
def test_a_reason_that_cannot_be_shown_is_refused(client: FlaskClient, key: dict[str, str], character: str) -> None:
    path = "/api/v1/records/KB-0000013"

    moved = client.post(f"{path}/transitions", json={"to": "suspended", "reason": f"停{character}"}, headers=key)
    gone = client.delete(path, query_string={"reason": "停\x01"}, headers=key | {"If-Match": "*"})

    assert (moved.status_code, gone.status_code) == (400, 400)
    assert f"U+{ord(character):04X}" in moved.get_json()["title"]
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("body", [[1, 2], [1, 1], [1, "no record"]])
def test_several_records_at_once_are_refused_before_any_is_stored(
    client: FlaskClient, key: dict[str, str], catalogue: Catalogue, body: list[Any]
) -> None:
    before = catalogue.store.listing_records(limit=1000), catalogue.store.batches(1), catalogue.store.last_seq()
    records = [product(f"一批第 {each} 条") if isinstance(each, int) else each for each in body]

    answer = send(client, records, key, "&publish=true")

    assert answer.status_code in {400, 422}
    after = catalogue.store.listing_records(limit=1000), catalogue.store.batches(1), catalogue.store.last_seq()
    assert after == before


@pytest.mark.parametrize("named", [True, False])
def test_two_records_in_place_of_one_are_refused(
    client: FlaskClient, key: dict[str, str], catalogue: Catalogue, named: bool
) -> None:
    identifier = send(client, product(f"一变二 {named}"), key).get_json()["id"]
    turtle = "".join(
        f"<https://kebao.example/x/{each}> a <https://w3id.org/stsp/ns#ServiceProduct> ;"
        f' <http://purl.org/dc/terms/title> "一变二 {each}"@zh .\n'
        for each in ("a", "b")
    )
    two = [product("一"), product("二")]
    sent = {"json": two} if named else {"data": turtle.encode(), "content_type": "text/turtle"}

    answer = client.put(f"/api/v1/records/{identifier}", headers=key | {"If-Match": "*"}, **sent)

    assert answer.status_code == 400
    row = catalogue.store.get(identifier)
    assert row is not None
    assert row.working_version == 1


def test_a_new_record_that_is_there_with_other_content_is_not_overwritten(
    client: FlaskClient, key: dict[str, str], catalogue: Catalogue
) -> None:
    first = product("覆盖试验")
    identifier = send(client, first, key, "&publish=true").get_json()["id"]
    before = catalogue.store.get(identifier)

    same = send(client, first, key, "&publish=true")
    named = send(client, product("另一内容", identifier=identifier), key, "&publish=true")
    matched = send(client, first | {"process": {"zh": "另一流程，三步完成。"}}, key, "&publish=true")

    assert (same.status_code, same.get_json()["status"]) == (200, "unchanged")
    for answer in (named, matched):
        assert (answer.status_code, answer.get_json()["code"]) == (409, "exists-already")
        assert f"/api/v1/records/{identifier}" in answer.get_json()["detail"]
    assert catalogue.store.get(identifier) == before


def test_a_batch_still_brings_records_up_to_date(client: FlaskClient, key: dict[str, str]) -> None:
    identifier = send(client, product("批量更新试验"), key).get_json()["id"]
    line = json.dumps(product("批量更新试验二", identifier=identifier))
    headers = key | {"Content-Type": "application/jsonl"}

    answer = client.post("/api/v1/records?kind=service-product", data=line, headers=headers)

    assert json.loads(answer.text)["status"] == "changed"


def test_a_record_stays_of_its_kind(client: FlaskClient, key: dict[str, str]) -> None:
    identifier = send(client, product("类型试验"), key).get_json()["id"]
    agency = {"kind": "service-agency", "name": {"zh": "类型试验机构"}}
    headers = key | {"If-Match": "*"}

    put = client.put(f"/api/v1/records/{identifier}?lang=en", json=agency, headers=headers)

    assert put.status_code == 409
    assert put.get_json()["title"] == f"Record {identifier} is of another kind, which cannot change."

    post = send(client, product("类型试验二", identifier="KB-0000002"), key, "&lang=en")

    assert post.status_code == 422
    assert [each["message"] for each in post.get_json()["findings"] if each["code"] == "identity-conflict"] == [
        "KB-0000002 is of another kind, which cannot change."
    ]
