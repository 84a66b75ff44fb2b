"""Storing candidates: in how many turns, and what one turn leaves to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.operations import intake
from catalog_service.operations import load as loading
from tests.catalogues import bench_turtle, load_text, make_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path)
    yield made
    made.close()


@pytest.fixture
def transactions(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gather the actor of every writing transaction."""
    whole, written = catalogue.store.write, []

    def noted(*, actor: str, **options: object) -> object:
        written.append(actor)
        return whole(actor=actor, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(catalogue.store, "write", noted)
    return written


def test_a_chunk_is_one_transaction_where_storing_is_quick(
    catalogue: Catalogue, transactions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "TURN", 3600.0)
    monkeypatch.setattr(loading, "CHUNK", 10)

    result = load_text(catalogue, bench_turtle(20, agencies=1))

    assert result.counts["published"] == 21
    assert len(transactions) == 1 + 1 + 2 + 1  # the batch, the agency, two chunks, the batch again


def test_a_chunk_is_cut_where_storing_is_slow_and_nothing_is_lost_or_doubled(
    catalogue: Catalogue, transactions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "TURN", 1e-9)
    monkeypatch.setattr(loading, "CHUNK", 10)
    text = bench_turtle(20, agencies=1)

    first = load_text(catalogue, text)
    written = len(transactions)
    again = load_text(catalogue, text)

    assert first.counts | {"created": 21, "published": 21, "waiting": 0} == first.counts
    assert written == 1 + 1 + 20 + 1
    assert again.counts | {"unchanged": 21, "created": 0, "changed": 0} == again.counts
    assert catalogue.store.last_seq() == 21
