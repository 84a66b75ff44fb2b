"""Requests with the same key, one after another or at the same moment: one effect, and the first answer for all."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.operations.intake import Intake
from catalog_service.operations.load import Source
from catalog_service.operations.records import Saved, answered_once, create, save_batch
from tests.catalogues import load_products, make_catalogue
from tests.operations.stories import agency, product
from tests.postgresql_server import Server, postgresql_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue

__all__ = ["postgresql_server"]

AT_ONCE = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    server: Server | None = request.getfixturevalue("postgresql_server") if request.param == "postgresql" else None
    made = make_catalogue(tmp_path, **{"store__url": server.empty()} if server else {})
    load_products(made, 1)
    yield made
    made.close()


def _source(*records: dict[str, Any]) -> Source:
    return Source("request.jsonl", io.BytesIO("\n".join(map(json.dumps, records)).encode() + b"\n"))


def _nameless(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "identifier"}


def _create(catalogue: Catalogue, record: dict[str, Any], *, publishing: bool = False) -> Saved:
    return create(catalogue, _source(record), actor="somebody", key="once", publishing=publishing)


def _at_once(ask: Callable[[], Any]) -> list[Any]:
    barrier = Barrier(AT_ONCE)

    def wait_and_ask() -> Any:
        barrier.wait()
        return ask()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [each.result() for each in [pool.submit(wait_and_ask) for _ in range(AT_ONCE)]]


@pytest.mark.parametrize("publishing", [False, True])
def test_a_save_sent_again_gets_the_first_answer_to_the_letter(catalogue: Catalogue, *, publishing: bool) -> None:
    record = _nameless(agency(7))

    first = _create(catalogue, record, publishing=publishing)
    load_products(catalogue, 2)
    again = _create(catalogue, record, publishing=publishing)

    assert first.findings
    assert first.seq > 0
    assert again == first


def test_equal_saves_at_the_same_moment_are_one(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    take, barrier = Intake.take, Barrier(AT_ONCE)

    def take_together(self: Intake, candidates: Any) -> Any:
        barrier.wait(60)
        return take(self, candidates)

    monkeypatch.setattr(Intake, "take", take_together)
    before = catalogue.store.count()

    answers = _at_once(lambda: _create(catalogue, _nameless(agency(7)), publishing=True))

    assert answers == AT_ONCE * answers[:1]
    assert answers[0].status == "created"
    assert catalogue.store.count() == before + 1


def test_what_the_first_one_stored_does_not_refuse_the_second(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, record, firsts = Intake.take, _nameless(agency(7)), []

    def overtaken(self: Intake, candidates: Any) -> Any:
        monkeypatch.setattr(Intake, "take", take)
        firsts.append(_create(catalogue, record))
        return take(self, candidates)

    monkeypatch.setattr(Intake, "take", overtaken)

    answer = _create(catalogue, record)

    assert [answer] == firsts


def test_equal_batches_at_the_same_moment_are_one(catalogue: Catalogue) -> None:
    records = [agency(), *(product(number) for number in range(20))]

    def ask() -> bytes:
        source = _source(*records)

        def make() -> bytes:
            taken = save_batch(catalogue, source, actor="somebody")
            return " ".join(getattr(each, "status", "refused") for each in taken).encode()

        return answered_once(catalogue, source, actor="somebody", asked=("batch",), key="all", make=make)

    answers = _at_once(ask)

    assert set(answers) == {b" ".join([b"created"] * len(records))}
