from __future__ import annotations

import pytest

from catalog_service.model.identifiers import clean_identifier, is_identifier, minted, own_identifier, record_iri

BASE = "https://catalogue.example"


@pytest.mark.parametrize("text", ["GX-0000001", "91110000600037341L", "A123", "0123", "A._-B" + "0" * 59])
def test_identifiers_have_4_to_64_capitals_digits_and_marks(text: str) -> None:
    assert is_identifier(text)


@pytest.mark.parametrize(
    "text", ["", "GX1", "gx-0000001", "-GX1", "GX 0001", "专利专利", "G" * 65, "GX-0001\n", "GX/0001"]
)
def test_other_texts_are_no_identifiers(text: str) -> None:
    assert not is_identifier(text)


def test_small_and_full_width_letters_are_made_capitals() -> None:
    assert clean_identifier(" ｇｘ－0000001\u3000") == "GX-0000001"


def test_minted_identifiers_have_seven_digits() -> None:
    assert minted("GX", 1) == "GX-0000001"
    assert is_identifier(minted("KB", 12_345_678))


def test_a_record_iri_tells_kind_and_identifier() -> None:
    iri = record_iri(BASE, "service-product", "GX-0000001")

    assert iri == "https://catalogue.example/id/service-product/GX-0000001"
    assert own_identifier(BASE, iri) == ("service-product", "GX-0000001")
    assert own_identifier(f"{BASE}/", iri) == ("service-product", "GX-0000001")


@pytest.mark.parametrize(
    "iri",
    [
        "https://other.example/id/service-product/GX-0000001",
        "https://catalogue.example/id/service-product",
        "https://catalogue.example/id/service-product/gx-1",
        "https://catalogue.example.evil/id/service-product/GX-0000001",
        "https://catalogue.example/id/service-product/GX-0000001#offer",
    ],
)
def test_other_iris_are_nobody_s_identifier(iri: str) -> None:
    assert own_identifier(BASE, iri) is None
