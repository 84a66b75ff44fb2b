"""Large bodies are read by a confined process; whatever becomes of it, the answer is about what was sent."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from catalog_service.operations.catalogue import Catalogue

LINES = "".join(
    json.dumps({"kind": "service-product", "title": {"zh": f"材料检测第 {n} 项"}, "provider": ["KB-0000002"]}) + "\n"
    for n in range(900)
)


def test_a_small_body_is_read_here_and_a_large_one_apart(client: FlaskClient, catalogue: Catalogue) -> None:
    vars(catalogue).pop("sandbox", None)
    small = client.post("/api/v1/validate", data=LINES[:20_000].rpartition("\n")[0], content_type="application/jsonl")
    assert "sandbox" not in vars(catalogue)

    large = client.post("/api/v1/validate", data=LINES, content_type="application/jsonl")

    assert "sandbox" in vars(catalogue)
    assert (small.status_code, large.status_code) == (200, 200)
    assert large.json is not None
    assert small.json is not None
    assert large.json["records"] == 900
    assert large.json["errors"] / 900 == small.json["errors"] / small.json["records"]
    catalogue.sandbox.close()


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (gzip.compress(b"<urn:x:a> <urn:x:b> <urn:x:c> .\n" * 4_000_000), {413, 422}),
        (b"[" * 100_000, {400}),
        (b"\x1f\x8b" + b"x" * 100_000, {400}),
    ],
)
def test_a_bomb_is_refused_and_the_service_goes_on(client: FlaskClient, body: bytes, statuses: set[int]) -> None:
    answer = client.post("/api/v1/validate", data=body, content_type="application/octet-stream")

    assert answer.status_code in statuses
    assert answer.content_type == "application/problem+json"
    assert client.get("/api/v1/kinds").status_code == 200
