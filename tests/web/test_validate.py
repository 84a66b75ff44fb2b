"""The report of a check in the format that is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

JSON, TURTLE = "application/json", "text/turtle"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        (f"{JSON}, {TURTLE};q=0", JSON),
        (f"{JSON};q=0.5, {TURTLE};q=0.9", TURTLE),
        (f"{JSON};q=0.9, {TURTLE};q=0.5", JSON),
        ("TEXT/TURTLE", TURTLE),
        (TURTLE, TURTLE),
    ],
)
def test_the_report_comes_in_the_format_that_suits_best(client: FlaskClient, accept: str, expected: str) -> None:
    answer = client.post("/api/v1/validate?kind=service-product", json={}, headers={"Accept": accept})

    assert (answer.status_code, answer.mimetype) == (200, expected)


def test_a_format_that_is_not_offered_is_refused_with_those_that_are(client: FlaskClient) -> None:
    answer = client.post("/api/v1/validate?kind=service-product", json={}, headers={"Accept": "image/png"})

    assert answer.status_code == 406
    assert TURTLE in answer.get_json()["detail"]
