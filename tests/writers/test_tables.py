from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from catalog_service.errors import InputError
from catalog_service.namespaces import term
from catalog_service.operations.export import export
from catalog_service.readers import open_records
from catalog_service.registry import profile
from catalog_service.writers import writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.writers.base import Outgoing, Surroundings

FORMULAS = ("=1+1", "+8613800138000", "-5", "@SUM(A1)", "＝HYPERLINK(1)")


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_becomes_a_formula(text: str, make: Callable[..., Outgoing], around: Surroundings) -> None:
    outgoing = make((term("dct:title"), f'"{text}"@zh'))

    row = table(b"".join(writer("csv").write([outgoing], around)))[0]

    assert row["title@zh"] == "'" + text


@pytest.mark.parametrize("text", [*FORMULAS, "'=2", "'s-Hertogenbosch"])
def test_a_guarded_text_is_read_as_it_was(text: str, make: Callable[..., Outgoing], around: Surroundings) -> None:
    data = b"".join(writer("csv").write([make((term("dct:title"), f'"{text}"@zh'))], around))

    read = list(open_records(io.BytesIO(data), name="a.csv", limits={}, kinds=profile().kinds))

    assert [value.value for record in read for name, value in record.values if name == "title"] == [text]  # type: ignore[union-attr]


def test_codes_stand_with_their_labels(make: Callable[..., Outgoing], around: Surroundings) -> None:
    row = table(b"".join(writer("csv").write([make()], around)))[0]

    assert row["category"].startswith("0504 ")


def test_a_table_holds_one_kind(samples: Catalogue) -> None:
    with pytest.raises(InputError, match="service-product, service-agency"):
        export(samples, "csv")


def test_no_records_are_an_empty_table(around: Surroundings) -> None:
    assert b"".join(writer("csv").write([], around)) == b"\xef\xbb\xbf"
