"""The index equals the store after any history, but for what it does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog_service.indexing import DocumentMaker
from catalog_service.operations.publish import change_state, publish, withdraw
from catalog_service.operations.reindex import compare, rebuild, status
from tests.operations.following.telling import CLEAN, ask, catch_up
from tests.operations.stories import agency, contents, load_json, made_anew, product

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from catalog_service.model.record import Record
    from catalog_service.operations.catalogue import Catalogue


def test_the_index_equals_the_store_after_every_step_of_a_history(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(1), agency(2), *(product(n) for n in range(1, 6)))
    load_json(catalogue, product(6), publishing=False)
    own = agency(1)["uscc"]

    def renamed() -> None:
        load_json(catalogue, agency(1, region="450200", name={"zh": "湘江知识产权（测试）"}))

    def restored() -> None:
        change_state(catalogue, "TEST-0003", "published", "", actor="t")

    steps: list[Callable[[], object]] = [
        lambda: load_json(catalogue, product(1, title={"zh": "商标检索"}), product(2, category=["0301"])),
        lambda: withdraw(catalogue, "TEST-0002", "given up", actor="t"),
        lambda: change_state(catalogue, "TEST-0003", "suspended", "a pause", actor="t"),
        renamed,
        restored,
        lambda: publish(catalogue, ["TEST-0006"], actor="t"),
        lambda: publish(catalogue, ["TEST-0002"], actor="t"),
        lambda: load_json(catalogue, product(4, provider=[agency(2)["uscc"]])),
        lambda: change_state(catalogue, own, "suspended", "a pause", actor="t"),
        lambda: publish(catalogue, [own], actor="t"),
        lambda: withdraw(catalogue, own, "closed", actor="t", cascade=True),
    ]
    for step in steps:
        step()
        catch_up(catalogue)
        assert contents(catalogue.index.engine) == made_anew(catalogue)
        assert compare(catalogue) == CLEAN
        assert status(catalogue)["lag"] == 0


def test_a_new_name_and_place_of_a_provider_reach_its_products(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(1), product(1), product(2))
    own = agency(1)["uscc"]
    before = {hit.id: hit for hit in ask(catalogue, "漓江").hits}

    load_json(catalogue, agency(1, region="450200", name={"zh": "湘江知识产权（测试）"}))

    assert len(before) == 2
    assert ask(catalogue, "漓江").total == 0
    page = ask(catalogue, "湘江", providerRegion="450200")
    assert {hit.id for hit in page.hits} == set(before)
    assert page.hits[0].linked["provider"] == [(own, "湘江知识产权（测试）")]
    assert ask(catalogue, providerRegion="450300").total == 0


def test_a_suspended_provider_is_not_shown_and_comes_back(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(1), product(1))
    own = agency(1)["uscc"]

    change_state(catalogue, own, "suspended", "a pause", actor="t")
    catch_up(catalogue)
    assert ask(catalogue, provider=own).total == 0

    change_state(catalogue, own, "published", "", actor="t")
    catch_up(catalogue)
    assert ask(catalogue, provider=own).total == 1


def test_a_refresh_does_not_make_a_record_new(catalogue: Catalogue) -> None:
    moment = [1_800_000_000]
    catalogue.store.close()
    from catalog_service.store import open_store

    catalogue.__dict__["store"] = open_store(catalogue.settings.store_url, clock=lambda: moment[0])
    for number in (1, 2):
        moment[0] += 100
        load_json(catalogue, agency(number), product(number, provider=[agency(number)["uscc"]]))
    assert [hit.id for hit in ask(catalogue).hits] == ["TEST-0002", "TEST-0001"]

    moment[0] += 100
    load_json(catalogue, agency(1, name={"zh": "湘江知识产权（测试）"}))

    assert [hit.id for hit in ask(catalogue).hits] == ["TEST-0002", "TEST-0001"]


# what the index does not take


def test_a_record_of_which_no_document_can_be_made_holds_nobody_up(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = DocumentMaker.document

    def spoiled(self: DocumentMaker, record: Record, source: Any) -> Any:
        if source.identifier == "TEST-0002":
            raise ValueError("no number")
        return whole(self, record, source)

    with monkeypatch.context() as patch:
        patch.setattr(DocumentMaker, "document", spoiled)
        load_json(catalogue, agency(1), *(product(n) for n in range(1, 4)))

        assert ask(catalogue).total == 2
        assert status(catalogue)["refused"] == {"TEST-0002": "ValueError: no number"}
        assert compare(catalogue)["missing"] == ["TEST-0002"]

    rebuild(catalogue)
    assert status(catalogue)["refused"] == {}
    assert compare(catalogue) == CLEAN
