"""Whatever is put in, the answer is a sentence with a status below 500, at the right place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_service.errors import CatalogError

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

BAD = [
    ("/api/v1/search?categroy=05", 400, "category"),
    ("/api/v1/search?kind=service-produkt", 400, "service-product"),
    ("/api/v1/search?category=9999", 400, "9999"),
    ("/api/v1/search?sort=best", 400, "best"),
    ("/api/v1/search?size=abc", 400, "abc"),
    ("/api/v1/search?size=1000", 400, "1000"),
    ("/api/v1/search?size=-1", 400, "-1"),
    ("/api/v1/search?after=forged", 400, ""),
    ("/api/v1/search?q=x&price=9-1", 400, ""),
    ("/api/v1/search?price=cheap", 400, "cheap"),
    ("/api/v1/search?period=5", 400, ""),
    ("/api/v1/records?after=AAAA", 400, ""),
    ("/api/v1/records?limit=0", 400, ""),
    ("/api/v1/records?nonsense=1", 400, "nonsense"),
    ("/api/v1/records/KB-9999999", 404, "KB-9999999"),
    ("/api/v1/records/KB-0000124", 410, "KB-0000124"),
    ("/api/v1/changes?since=x", 400, "x"),
    ("/api/v1/changes?since=-1", 400, ""),
    ("/api/v1/changes?limit=100000", 400, "1000"),
    ("/api/v1/changes?wait=3600", 400, "30"),
    ("/api/v1/changes?region=nowhere", 400, "nowhere"),
    ("/api/v1/changes?include=all", 400, "record"),
    ("/api/v1/kinds/none/schema", 404, "none"),
    ("/api/v1/nothing", 404, ""),
    ("/id/none/KB-0000011", 404, ""),
]


@pytest.mark.parametrize(("path", "status", "named"), BAD)
def test_what_cannot_be_asked_is_a_problem_document(client: FlaskClient, path: str, status: int, named: str) -> None:
    answer = client.get(path, headers={"Accept": "application/json"})

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    document = answer.get_json()
    assert document["status"] == status
    assert named in document["title"] + document.get("detail", "")
    assert document["title"]


def test_an_unknown_facet_is_answered_with_the_nearest_name(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?categroy=05").get_json()

    assert "category" in answer["detail"]


def test_a_range_upside_down_is_said_at_its_field_and_the_rows_stay(client: FlaskClient) -> None:
    answer = client.get("/?q=材料检测&price=9-1", headers={"Accept": "text/html"})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'value="9" maxlength="9" aria-invalid="true"' in answer.text
    assert answer.text.count('class="hit"') == 20


@pytest.mark.parametrize("length", [513, 100_000])
def test_a_query_too_long_is_a_page_that_keeps_the_box(client: FlaskClient, length: int) -> None:
    answer = client.get("/", query_string={"q": "检" * length}, headers={"Accept": "text/html"})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'name="q"' in answer.text


@pytest.mark.parametrize(
    "q",
    ['"', '"专利', "((", "a AND", "-", "*", "\\", "专利 -", "\x00\x01", "\ud800", "%ff", "🂡", "\u202eabc", "＂专利＂"],
)
def test_odd_queries_are_answered(client: FlaskClient, q: str) -> None:
    for path in ("/", "/api/v1/search"):
        raw = q.encode("utf-8", "surrogatepass")
        from urllib.parse import quote

        assert client.get(f"{path}?q={quote(raw)}").status_code < 500


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "q",
                "kind",
                "sort",
                "size",
                "after",
                "category",
                "areaServed",
                "price",
                "period",
                "lang",
                "x",
                "remove",
                "price.min",
            ]
        ),
        st.text(max_size=30),
        max_size=5,
    )
)
def test_no_parameters_make_a_server_error(app: Flask, parameters: dict[str, str]) -> None:
    client = app.test_client()
    cleaned = {name: value.encode("utf-8", "replace").decode() for name, value in parameters.items()}

    assert client.get("/", query_string=cleaned).status_code < 500
    assert client.get("/api/v1/search", query_string=cleaned).status_code < 500


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_no_identifier_makes_a_server_error(app: Flask, identifier: str) -> None:
    from urllib.parse import quote

    cleaned = quote(identifier.encode("utf-8", "replace"), safe="")
    client = app.test_client()

    for path in (
        f"/records/{cleaned}",
        f"/api/v1/records/{cleaned}",
        f"/vocabularies/{cleaned}",
        f"/profile/{cleaned}",
    ):
        assert client.get(path, headers={"Accept": "text/html"}).status_code < 500


def test_a_format_nobody_has_is_refused_with_the_list(client: FlaskClient) -> None:
    answer = client.get("/records/KB-0000011", headers={"Accept": "image/png"})

    assert answer.status_code == 406
    assert "text/turtle" in answer.text


def test_a_method_that_is_not_there_names_those_that_are(client: FlaskClient) -> None:
    answer = client.delete("/api/v1/search")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("path", "status"), [("/records/KB-9999999.ttl", 404), ("/records/KB-0000124.nt", 410), ("/nothing.jsonld", 404)]
)
def test_addresses_of_data_tell_problems_as_data(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path, headers={"Accept": "*/*"})

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_every_type_of_a_problem_has_its_place_in_the_reference(client: FlaskClient) -> None:
    sent = {client.get("/api/none").get_json()["type"], client.put("/api/v1/search").get_json()["type"]}
    page = client.get("/docs").text

    codes = {each.code for each in _below(CatalogError) if each.__module__.startswith(_SERVED)}
    codes |= {each.rpartition("#")[2] for each in sent}
    assert {"gone", "no-such-address", "method-not-allowed"} < codes
    assert {code for code in codes if page.count(f'id="{code}"') != 1} == set()


_SERVED = ("catalog_service.errors", "catalog_service.web")


def _below(base: type[CatalogError]) -> set[type[CatalogError]]:
    below = set(base.__subclasses__())
    return below.union(*map(_below, below))


def test_a_body_too_large_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post("/preferences", data={"theme": "dark", "next": "/" + "x" * 20_000})

    assert answer.status_code == 413


def test_a_fault_of_ours_gives_an_event_number_and_nothing_of_the_inside(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setitem(app.view_functions, "get /about", broken)
    page = client.get("/about", headers={"Accept": "text/html"})
    data = client.get("/about", headers={"Accept": "application/json"})

    assert (page.status_code, data.status_code) == (500, 500)
    assert "secret" not in page.text + data.text
    assert "事件号" in page.text
    assert data.get_json()["event"]


def test_an_absent_search_engine_is_said_and_not_hidden(
    app: Flask, client: FlaskClient, catalogue: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from catalog_service.errors import IndexUnavailable
    from catalog_service.operations.follow import Index

    def absent(*_: object) -> None:
        raise IndexUnavailable("The search index does not answer: {reason}.", reason="refused")

    monkeypatch.setattr(Index, "search", absent)
    answer = client.get("/api/v1/search?q=x")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert client.get("/api/v1/records").status_code == 200


@pytest.mark.parametrize(
    "path", ["/?category=99", "/?fullyOnline=perhaps", "/?q=" + "检" * 513, "/?kind=nothing", "/?x=1"]
)
def test_what_cannot_be_asked_is_told_in_chinese_alone(client: FlaskClient, path: str) -> None:
    html = client.get(path, headers={"Accept": "text/html", "Accept-Language": "zh"}).text
    heading = re.search(r"<h1[^>]*>.*?</svg>(.*?)</h1>", html, re.DOTALL)

    assert heading
    assert re.search("[\u4e00-\u9fff]", heading[1])
    assert not re.search(r"(?i)there is|characters", heading[1])
