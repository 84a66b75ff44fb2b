"""What readers and monitoring are told while the index or the store does not answer."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from catalog_service.errors import EnvironmentProblem, IndexUnavailable, StoreFull
from catalog_service.operations.follow import Index

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from catalog_service.operations.catalogue import Catalogue

INSIDE = "HTTPConnection(host='10.0.0.7', port=9200)"


def fails(error: EnvironmentProblem) -> object:
    def failing(*_: object, **__: object) -> None:
        raise error

    return failing


@pytest.mark.parametrize(
    ("error", "zh", "en"),
    [
        (IndexUnavailable("{reason}", reason=INSIDE), "目前不能搜索", "Searching is not possible"),
        (StoreFull("{reason}", reason=INSIDE), "目前不能存入", "Nothing can be stored"),
        (EnvironmentProblem("{reason}", reason=INSIDE), "目录目前不能应答", "The catalogue cannot answer"),
    ],
)
def test_readers_are_told_nothing_of_the_inside_and_the_log_is(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    error: EnvironmentProblem, zh: str, en: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(Index, "search", fails(error))
    for lang, sentence in (("zh", zh), ("en", en)):
        page = client.get(f"/?q=x&lang={lang}", headers={"Accept": "text/html"})
        data = client.get(f"/api/v1/search?q=x&lang={lang}")

        assert (page.status_code, data.status_code) == (error.status, error.status)
        assert sentence in page.text
        assert sentence in data.get_json()["title"]
        assert data.get_json()["code"] == error.code
        assert "10.0.0.7" not in page.text + data.text
    assert any(INSIDE in each.getMessage() for each in caplog.records if each.levelno == logging.ERROR)


def test_figures_are_given_without_the_index(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "kebao_index_up 1\n" in client.get("/metrics").text

    monkeypatch.setattr(Index, "position", fails(IndexUnavailable("It does not answer.")))
    answer = client.get("/metrics")

    assert answer.status_code == 200
    lines = answer.text.splitlines()
    assert {"kebao_store_up 1", "kebao_index_up 0"} <= set(lines)
    assert any(line.startswith("kebao_log_seq ") for line in lines)
    assert any(line.startswith("kebao_records{") for line in lines)
    assert not any(line.startswith(("kebao_index_lag", "kebao_index_position")) for line in lines)


def test_figures_are_given_without_the_store(
    client: FlaskClient, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(catalogue.store), "last_seq", fails(EnvironmentProblem("It does not answer.")))
    answer = client.get("/metrics")

    assert answer.status_code == 200
    assert {"kebao_store_up 0", "kebao_index_up 1"} <= set(answer.text.splitlines())
    assert "kebao_requests_total" in answer.text
