from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.errors import Conflict, RecordRefused, VersionConflict
from catalog_service.operations.load import Source
from catalog_service.operations.records import create, remove, save
from tests.catalogues import load_products, make_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path)
    load_products(made, 2)
    yield made
    made.close()


def product(**changes: Any) -> Source:
    record = {
        "kind": "service-product",
        "title": {"zh": "激光熔覆修复试验", "en": "Laser cladding repair trial"},
        "description": "对磨损的轧辊和轴类零件做激光熔覆修复试验，给出工艺参数和试样检测报告。",
        "process": "提交图纸、确认方案、试验、交付报告。",
        "category": ["0101"],
        "provider": ["BA-0000001"],
        "offer": [{"pricingMode": "fixed", "price": 2800}],
    } | changes
    return Source("body.json", io.BytesIO(json.dumps(record).encode()))


def test_a_new_record_gets_an_identifier_and_is_published(catalogue: Catalogue) -> None:
    saved = create(catalogue, product(), actor="somebody", publishing=True)

    assert (saved.created, saved.published, saved.version) == (True, True, 1)
    assert saved.identifier.startswith("KB-")
    assert catalogue.store.last_seq() == saved.seq


def test_the_same_key_gives_the_same_answer_and_one_record(catalogue: Catalogue) -> None:
    first = create(catalogue, product(), actor="somebody", key="k1", publishing=True)
    before = catalogue.store.last_seq()

    again = create(catalogue, product(), actor="somebody", key="k1", publishing=True)

    assert (again.identifier, again.version, again.status) == (first.identifier, first.version, first.status)
    assert catalogue.store.last_seq() == before
    with pytest.raises(Conflict):
        create(catalogue, product(title="别的服务"), actor="somebody", key="k1", publishing=True)


def test_a_refused_record_says_what_to_write(catalogue: Catalogue) -> None:
    with pytest.raises(RecordRefused) as caught:
        create(
            catalogue, product(offer=[{"pricingMode": "range", "minPrice": 2800, "maxPrice": 280}]), actor="somebody"
        )

    assert any(finding.severity == "error" for finding in caught.value.findings)
    assert catalogue.store.count(live=True) == 5


def test_a_save_over_a_newer_version_is_refused(catalogue: Catalogue) -> None:
    made = create(catalogue, product(), actor="somebody")
    changed = save(catalogue, made.identifier, product(abstract="一句话"), 1, actor="somebody")

    with pytest.raises(VersionConflict):
        save(catalogue, made.identifier, product(abstract="另一句话"), 1, actor="another")

    assert (changed.version, changed.identifier) == (2, made.identifier)


def test_the_same_content_again_is_no_new_version(catalogue: Catalogue) -> None:
    made = create(catalogue, product(), actor="somebody")

    again = save(catalogue, made.identifier, product(), 1, actor="somebody")

    assert (again.status, again.version) == ("unchanged", 1)


def test_removing_needs_the_newest_version_and_leaves_a_tombstone(catalogue: Catalogue) -> None:
    made = create(catalogue, product(), actor="somebody", publishing=True)
    with pytest.raises(VersionConflict):
        remove(catalogue, made.identifier, 7, "given up", actor="somebody")

    seq = remove(catalogue, made.identifier, 1, "given up", actor="somebody")

    row = catalogue.store.get(made.identifier)
    assert row is not None
    assert (row.state, row.live, row.seq) == ("withdrawn", False, seq)


def test_a_saved_record_is_a_batch_of_its_own_that_is_closed_with_it(catalogue: Catalogue) -> None:
    saved = create(catalogue, product(), actor="somebody", publishing=True)

    (batch,) = catalogue.store.batches(1)
    assert batch.closed is not None
    assert (batch.actor, batch.counts["created"], batch.counts["published"]) == ("somebody", 1, 1)
    assert [each.identifier for each in catalogue.store.batch_items(batch.id)] == [saved.identifier]


def test_a_refused_record_leaves_no_batch(catalogue: Catalogue) -> None:
    before = catalogue.store.batches(1)

    with pytest.raises(RecordRefused):
        create(catalogue, product(offer=[]), actor="somebody", publishing=True)

    assert catalogue.store.batches(1) == before
