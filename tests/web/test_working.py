"""What a program with a key reads: the newest version with all it holds, so that sending it back loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.store import NewVersion
from catalog_service.web.negotiation import RECORD_FORMATS
from tests.web.conftest import open_small, product, to_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from catalog_service.operations.catalogue import Catalogue

PRIVATE = "张三丰"
FORMATS = [each for each in RECORD_FORMATS if each.ending != "html"]
AGENCY = {
    "name": {"zh": "私有字段试验机构"},
    "uscc": "91450103MA5N0000X8",
    "description": {"zh": "用于试验的机构，提供检测服务，成立多年，覆盖广西主要产业和区域。"},
    "agencyClass": ["03"],
    "serviceField": ["service-category/0303"],
    "legalRepresentative": PRIVATE,
    "address": [{"region": "450103", "street": {"zh": "某路1号"}}],
    "telephone": ["0771-0100999"],
    "spatial": "450103",
}


@pytest.fixture
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    catalogue = open_small(tmp_path_factory.mktemp("working"))
    yield catalogue
    catalogue.close()


@pytest.fixture
def path(client: FlaskClient, key: dict[str, str]) -> str:
    """The address of a published agency with a private field."""
    answer = client.post("/api/v1/records?kind=service-agency&publish=true", json=AGENCY, headers=key)
    assert answer.status_code == 201, answer.text
    return f"/api/v1/records/{answer.get_json()['id']}"


def _held(catalogue: Catalogue, path: str) -> tuple[int, str]:
    version = catalogue.store.working(path.rpartition("/")[2])
    assert version is not None
    return version.info.number, version.canonical.decode()


@pytest.mark.parametrize("form", FORMATS, ids=lambda each: each.ending)
def test_what_was_read_with_a_key_and_is_sent_back_changes_nothing(
    client: FlaskClient, key: dict[str, str], catalogue: Catalogue, path: str, form: Any
) -> None:
    before = _held(catalogue, path)
    read = client.get(path, headers=key | {"Accept": form.media_type})
    headers = key | {"If-Match": read.headers["ETag"], "Content-Type": form.media_type}

    answer = client.put(path, data=read.data, headers=headers)

    assert (answer.status_code, answer.get_json()["status"]) == (200, "unchanged")
    assert _held(catalogue, path) == before


def test_a_change_to_what_was_read_keeps_the_private_field(
    client: FlaskClient, key: dict[str, str], catalogue: Catalogue, path: str
) -> None:
    read = client.get(path, headers=key)
    changed = read.get_json() | {"telephone": ["0771-0100998"]}

    answer = client.put(f"{path}?publish=true", json=changed, headers=key | {"If-Match": read.headers["ETag"]})

    assert (answer.status_code, answer.get_json()["version"]) == (200, 2)
    assert PRIVATE in _held(catalogue, path)[1]
    assert PRIVATE not in client.get(path).text


def test_the_public_form_cannot_take_the_place_of_more(
    client: FlaskClient, key: dict[str, str], catalogue: Catalogue, path: str
) -> None:
    public = client.get(path)

    answer = client.put(path, json=public.get_json(), headers=key | {"If-Match": public.headers["ETag"]})

    assert answer.status_code == 412
    assert PRIVATE in _held(catalogue, path)[1]


def test_a_record_under_revision_is_read_and_changed_on(client: FlaskClient, key: dict[str, str], path: str) -> None:
    first = client.get(path, headers=key)
    revised = first.get_json() | {"telephone": ["0771-0100998"]}
    saved = client.put(path, json=revised, headers=key | {"If-Match": first.headers["ETag"]})

    read, public = client.get(path, headers=key), client.get(path)
    again = client.put(
        path, json=revised | {"telephone": ["0771-0100997"]}, headers=key | {"If-Match": read.headers["ETag"]}
    )

    assert (read.get_json()["telephone"], read.get_json()["status"]) == (["0771-0100998"], "draft")
    assert read.headers["ETag"] == saved.headers["ETag"]
    assert public.get_json()["telephone"] == ["0771-0100999"]
    assert (again.status_code, again.get_json()["version"]) == (200, 3)


def test_no_cache_gives_one_what_another_may_read(client: FlaskClient, key: dict[str, str], path: str) -> None:
    own, public = client.get(path, headers=key), client.get(path)
    mixed = client.get(path, headers=key | {"If-None-Match": public.headers["ETag"]})
    known = client.get(path, headers=key | {"If-None-Match": own.headers["ETag"]})

    assert PRIVATE in own.text
    assert PRIVATE not in public.text
    assert own.headers["ETag"] != public.headers["ETag"]
    assert "private" in own.headers["Cache-Control"]
    for answer in (own, public, known):
        assert "Authorization" in answer.headers["Vary"]
    assert (mixed.status_code, known.status_code) == (200, 304)


def test_who_comes_with_a_key_that_is_not_known_is_told(client: FlaskClient, path: str) -> None:
    unknown = client.get(path, headers={"Authorization": "Bearer kb_nonsense"})
    proxied = client.get(path, headers={"Authorization": "Basic dXNlcjp4"})

    assert unknown.status_code == 401
    assert (proxied.status_code, PRIVATE in proxied.text) == (200, False)


def test_a_record_out_of_the_public_is_read_with_a_key(client: FlaskClient, key: dict[str, str], path: str) -> None:
    client.delete(f"{path}?reason=停办", headers=key | {"If-Match": "*"})

    read = client.get(path, headers=key)

    assert (read.status_code, read.get_json()["status"]) == (200, "withdrawn")
    assert client.get(path).status_code == 410


def test_what_was_erased_for_good_is_gone_for_all(
    client: FlaskClient, key: dict[str, str], catalogue: Catalogue, path: str
) -> None:
    with catalogue.store.write(actor="test") as writer:
        writer.erase(path.rpartition("/")[2], "asked for")

    assert client.get(path, headers=key).status_code == 410


def test_the_documentation_says_that_a_key_shows_more_and_what_a_change_needs(client: FlaskClient) -> None:
    paths = client.get("/openapi.json?lang=en").get_json()["paths"]
    read, move = paths["/api/v1/records/{identifier}"]["get"], paths["/api/v1/records/{identifier}/transitions"]["post"]

    assert read["security"] == [{}, {"token": []}]
    assert "with a key" in read["summary"]
    assert ("If-Match", False) in [(each["name"], each["required"]) for each in move["parameters"]]
    assert {"409", "428"} <= set(move["responses"])
    assert "409" in paths["/api/v1/records"]["post"]["responses"]


def test_a_draft_over_a_published_record_does_not_give_its_title_to_the_list(
    client: FlaskClient, catalogue: Catalogue
) -> None:
    iri, kind, turtle = product("KB-0000012", '"还没有公开的名称"@zh', "KB-0000001")
    with catalogue.store.write(actor="test") as writer:
        form = to_record(iri, kind, turtle).canonical()
        writer.put(NewVersion("KB-0000012", iri, kind, form, title="还没有公开的名称"))

    listed = client.get("/api/v1/records").get_json()["records"]

    assert {each["id"]: each["title"] for each in listed}["KB-0000012"] == "专利侵权风险预警"
