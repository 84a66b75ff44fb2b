"""A body that comes in chunks, its length untold, meets the same limit as another, and nothing is cut off it."""

from __future__ import annotations

import http.client
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.serving import serving
from catalog_service.operations import tokens
from tests.catalogues import load_products, make_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from catalog_service.operations.catalogue import Catalogue

MOST = 20_000
"""Bytes of an upload here."""


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path, limits__upload_bytes=MOST, limits__record_bytes=MOST)
    load_products(made, 1, agencies=1)
    yield made
    made.close()


def _in_chunks(client: FlaskClient, method: str, path: str, body: bytes, headers: dict[str, str]) -> TestResponse:
    """Send a body as a server hands on one that came in chunks."""
    environ: Any = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    return client.open(path, method=method, input_stream=io.BytesIO(body), headers=headers, environ_overrides=environ)


def _lines(size: int) -> bytes:
    """Return JSON Lines of so many bytes."""
    line = json.dumps({"kind": "service-product", "title": "检测"}).encode() + b"\n"
    return (line * (size // len(line) + 1))[: size - 1] + b"\n"


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [
        ("POST", "/api/v1/records", MOST),
        ("POST", "/api/v1/validate", MOST),
        ("PUT", "/api/v1/records/BA-0000000", MOST),
        ("POST", "/api/v1/records/BA-0000000/transitions", 10_000),
        ("POST", "/preferences", 10_000),
    ],
)
def test_a_body_in_chunks_is_refused_at_the_first_byte_too_many(
    client: FlaskClient, key: dict[str, str], method: str, path: str, most: int
) -> None:
    form = "application/x-www-form-urlencoded" if path == "/preferences" else "application/jsonl"
    headers = key | {"If-Match": "*", "Content-Type": form}

    over = _in_chunks(client, method, path, _lines(most + 1), headers)
    full = _in_chunks(client, method, path, _lines(most), headers)

    assert over.status_code == 413
    assert full.status_code != 413


def test_a_batch_in_chunks_is_read_to_its_end(client: FlaskClient, key: dict[str, str]) -> None:
    body = _lines(MOST)

    answer = _in_chunks(client, "POST", "/api/v1/records", body, key | {"Content-Type": "application/jsonl"})

    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == len(body.splitlines())


def test_a_served_process_refuses_a_batch_in_chunks_that_is_too_large(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = make_catalogue(home)
    token = tokens.create(made, "a program")
    made.close()
    (home / "kebao.toml").write_text(f"[limits]\nupload_bytes = {MOST}\n", encoding="utf-8")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/jsonl"}
    answers = {}

    with serving(home) as port:
        for size in (MOST, MOST + 1):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            pieces = iter([_lines(size)[at : at + 1000] for at in range(0, size, 1000)])
            connection.request("POST", "/api/v1/records", pieces, headers, encode_chunked=True)
            answer = connection.getresponse()
            answers[size] = (answer.status, answer.read())
            connection.close()

    assert answers[MOST][0] == 200
    assert len(answers[MOST][1].splitlines()) == len(_lines(MOST).splitlines())
    assert answers[MOST + 1][0] == 413
    assert json.loads(answers[MOST + 1][1])["code"] == "too-large"
