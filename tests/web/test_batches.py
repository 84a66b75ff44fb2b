"""A batch over HTTP: every line has its answer, in the order of the lines, whatever stands in the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.catalogues import make_catalogue
from tests.operations.stories import agency, product

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from catalog_service.operations.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path)
    yield made
    made.close()


def _sent(client: FlaskClient, key: dict[str, str], *lines: Any, media: str = "application/jsonl") -> list[Any]:
    """Send lines, those that are not texts as JSON, and return the answers."""
    body = "\n".join(each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in lines)
    answer = client.post("/api/v1/records?publish=true", data=body.encode(), headers=key, content_type=media)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def _nameless(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "identifier"}


def test_every_line_is_answered_in_its_order_and_by_its_number(client: FlaskClient, key: dict[str, str]) -> None:
    lines = [
        product(1), "{bad", product(3), product(1), "", _nameless(product(6, category=["没有"])), _nameless(product(7)),
        agency(), "null",
    ]  # fmt: skip

    answers = _sent(client, key, *lines)

    assert [(each["line"], each["status"]) for each in answers] == [
        (1, "created"), (2, "refused"), (3, "created"), (4, "refused"), (6, "refused"), (7, "created"), (8, "created"),
        (9, "refused"),
    ]  # fmt: skip
    assert [each["published"] for each in answers if each["status"] == "created"] == [True] * 4
    assert all(each["findings"] for each in answers if each["status"] == "refused")


def test_records_whose_names_are_the_same_are_told_apart(client: FlaskClient, key: dict[str, str]) -> None:
    answers = _sent(client, key, agency(), _nameless(product(1)), _nameless(product(1)))

    assert [(each["line"], each["status"]) for each in answers] == [(1, "created"), (2, "created"), (3, "refused")]


@pytest.mark.parametrize("broken", ["{bad", "null", '"x"', "[1]"])
@pytest.mark.parametrize("media", ["application/jsonl", "application/x-ndjson; charset=utf-8"])
@pytest.mark.parametrize("number", [1, 150])
def test_a_broken_first_line_is_told_and_the_others_go_in(
    client: FlaskClient, key: dict[str, str], broken: str, media: str, number: int
) -> None:
    products = [product(each) for each in range(number)]

    answers = _sent(client, key, broken, agency(), *products, media=media)

    assert [each["line"] for each in answers] == list(range(1, number + 3))
    assert [each["status"] for each in answers] == ["refused", *["created"] * (number + 1)]


def test_a_json_document_sent_as_lines_is_taken_whole(client: FlaskClient, key: dict[str, str]) -> None:
    document = json.dumps([agency(), product(1)], indent=2, ensure_ascii=False)

    answers = _sent(client, key, document)

    assert [each["status"] for each in answers] == ["created", "created"]
    assert answers[0]["line"] < answers[1]["line"]
