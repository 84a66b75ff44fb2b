"""Withdrawing: its conditions are decided where nobody can come in between, in either store."""

from __future__ import annotations

import contextlib
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.errors import Conflict, InputError, VersionConflict
from catalog_service.operations.load import Source
from catalog_service.operations.publish import change_state, publish, withdraw
from catalog_service.operations.records import create, remove, save
from tests.catalogues import load_products, make_catalogue
from tests.postgresql_server import postgresql_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.store import Writer

__all__ = ["postgresql_server"]


@pytest.fixture(params=["sqlite", "postgresql"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    store = {}
    if request.param == "postgresql":
        store["store__url"] = request.getfixturevalue("postgresql_server").empty()
    made = make_catalogue(tmp_path, **store)
    load_products(made, 2)
    yield made
    made.close()


def _product(**changes: Any) -> Source:
    record = {
        "kind": "service-product",
        "title": {"zh": "激光熔覆修复试验"},
        "description": "对磨损的轧辊和轴类零件做激光熔覆修复试验，给出工艺参数和试样检测报告。",
        "process": "提交图纸、确认方案、试验、交付报告。",
        "category": ["0101"],
        "provider": ["BA-0000002"],
        "offer": [{"pricingMode": "fixed", "price": 2800}],
    } | changes
    return Source("body.json", io.BytesIO(json.dumps(record).encode()))


@pytest.fixture
def before_writing(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Return a function that has something done by somebody else just before the next transaction begins."""
    write = catalogue.store.write

    def arrange(other: Callable[[], object]) -> None:
        @contextlib.contextmanager
        def late(**options: Any) -> Iterator[Writer]:
            monkeypatch.setattr(catalogue.store, "write", write)
            other()
            held: AbstractContextManager[Writer] = write(**options)
            with held as writer:
                yield writer

        monkeypatch.setattr(catalogue.store, "write", late)

    return arrange


def test_a_version_its_remover_never_saw_is_not_withdrawn(
    catalogue: Catalogue, before_writing: Callable[[Callable[[], object]], None]
) -> None:
    made = create(catalogue, _product(), actor="a", publishing=True)
    changed = _product(process="提交图纸、试验、交付报告。")
    before_writing(lambda: save(catalogue, made.identifier, changed, 1, actor="b", publishing=True))

    with pytest.raises(VersionConflict):
        remove(catalogue, made.identifier, 1, "given up", actor="a")

    row = catalogue.store.get(made.identifier)
    assert row is not None
    assert (row.live, row.published_version) == (True, 2)


@pytest.mark.parametrize("to", ["published", "suspended", "submitted", "withdrawn"])
def test_no_step_is_made_of_a_version_somebody_else_saved(
    catalogue: Catalogue, before_writing: Callable[[Callable[[], object]], None], to: str
) -> None:
    made = create(catalogue, _product(), actor="a", publishing=to == "suspended")
    changed = _product(process="提交图纸、试验、交付报告。")
    before_writing(lambda: save(catalogue, made.identifier, changed, 1, actor="b"))

    with pytest.raises(VersionConflict):
        change_state(catalogue, made.identifier, to, "a pause", actor="a", version=1)

    row = catalogue.store.get(made.identifier)
    assert row is not None
    assert (row.state, row.working_version) == ("draft", 2)


def test_a_provider_stays_when_a_product_of_it_is_published_meanwhile(
    catalogue: Catalogue, before_writing: Callable[[Callable[[], object]], None]
) -> None:
    before_writing(lambda: create(catalogue, _product(), actor="b", publishing=True))

    with pytest.raises(Conflict, match="depend"):
        withdraw(catalogue, "BA-0000002", "closed", actor="a")

    row = catalogue.store.get("BA-0000002")
    assert row is not None
    assert row.live


def test_a_product_waits_when_its_provider_is_withdrawn_meanwhile(
    catalogue: Catalogue, before_writing: Callable[[Callable[[], object]], None]
) -> None:
    made = create(catalogue, _product(), actor="b")
    before_writing(lambda: withdraw(catalogue, "BA-0000002", "closed", actor="a"))

    done = publish(catalogue, [made.identifier], actor="b")

    assert (done[made.identifier].published, done[made.identifier].waiting) == (False, True)


def test_what_is_published_is_what_was_checked(
    catalogue: Catalogue, before_writing: Callable[[Callable[[], object]], None]
) -> None:
    made = create(catalogue, _product(), actor="a")
    elsewhere = _product(provider=["BA-0000001"])
    before_writing(lambda: save(catalogue, made.identifier, elsewhere, 1, actor="b"))

    done = publish(catalogue, [made.identifier], actor="a")

    row = catalogue.store.get(made.identifier)
    assert row is not None
    assert (done[made.identifier].published, row.published_version) == (True, 2)
    assert "org:BA-0000001" in row.sets


@pytest.mark.parametrize("character", ["\ud800", "\x00", "\x01", "\ufffe"])
@pytest.mark.parametrize("to", ["withdrawn", "suspended", "published"])
def test_a_reason_holds_no_character_that_no_text_may_hold(catalogue: Catalogue, to: str, character: str) -> None:
    with pytest.raises(InputError, match=f"U\\+{ord(character):04X}"):
        change_state(catalogue, "BP-0000000", to, f"no{character}longer", actor="a")

    row = catalogue.store.get("BP-0000000")
    assert row is not None
    assert row.state == "published"
