"""Addresses: what every reader of RDF takes is taken, the rest is told at its cell with what to write."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_service.model.raw import RawRecord, RawValue
from catalog_service.model.report import Place
from catalog_service.normalise.addresses import good_address
from tests.normalise.records import normaliser
from tests.normalise.test_values import field, read

AGENCY = "service-agency"


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("https://x.example/?q=50%折扣", "%"),
        ("https://x.example/100%", "%"),
        ("https://x.example/a%2", "%"),
        ("www.example.org/100%", "%"),
        ("https://x.example:abc/", ":abc"),
        ("https://[::1", "["),
        ("https://x.example/a#b#c", "#"),
        ("https://x.example/a[1]", "["),
        ("https://x.example/{a}", "{"),
    ],
)
def test_an_address_that_rdf_cannot_hold_is_told_with_what_is_wrong_in_it(written: str, part: str) -> None:
    (finding,) = read("landingPage", written).findings

    assert (finding.code, finding.place.column) == ("bad-iri", "C")
    assert f"“{part}”" in finding.message["en"]
    assert "%25" in finding.suggestion["zh"]


def test_an_e_mail_address_with_a_stray_percent_sign_is_told() -> None:
    assert [each.code for each in read("contact.email", "50%@x.example").findings] == ["bad-iri"]


@pytest.mark.parametrize(
    "written",
    ["https://x.example/服务?q=a&b=%E4%B8#x", "https://x.example:8080", "https://[::1]:80/a", "http://u@x.example/"],
)
def test_good_addresses_are_taken_as_they_are(written: str) -> None:
    assert read("landingPage", written).terms == (f"<{written}>",)


def test_the_scheme_may_be_in_capitals() -> None:
    assert read("landingPage", "HTTPS://X.example/A").terms == ("<https://X.example/A>",)
    assert read("im", "QQ：12345", kind=AGENCY).terms == ("<qq:12345>",)
    assert read("im", "Weixin:ab", kind=AGENCY).terms == ("<weixin:ab>",)


@pytest.mark.parametrize("written", ["ftp://x.example/a", "file:///etc/passwd", "javascript:alert(1)", "微信 abc"])
def test_an_account_with_another_scheme_is_told_with_the_example_of_its_field(written: str) -> None:
    (finding,) = read("im", written, kind=AGENCY).findings

    assert finding.code == "bad-iri"
    assert "weixin:kebao-sample" in finding.suggestion["zh"]


def test_what_to_write_is_the_example_of_the_field() -> None:
    assert "creativecommons.org" in read("license", "CC BY 4.0").findings[0].suggestion["en"]
    assert field("license").examples[0] in read("license", "CC BY 4.0").findings[0].suggestion["zh"]


def test_an_address_of_a_record_that_rdf_cannot_hold_is_told() -> None:
    raw = RawRecord(Place("t.json"), "service-product", (("title", RawValue("a")),), iri="https://x.example/100%")

    found = normaliser().normalise(raw)

    assert [each.code for each in found.findings] == ["bad-iri"]
    assert found.record.iri.startswith("urn:x-kebao:new:")


def test_a_telephone_number_that_is_none_is_quoted_as_written() -> None:
    (finding,) = read("contact.telephone", "0771 - 0100103 转 8001").findings

    assert finding.value == "0771 - 0100103 转 8001"
    assert read("contact.telephone", "0771 - 0100103").terms == ("<tel:0771-0100103>",)


@pytest.mark.parametrize("unseen", "\u200b\u200c\u200d\u2060\ufeff")
def test_characters_without_width_are_no_part_of_identifiers_and_codes(unseen: str) -> None:
    assert read("identifier", f"{unseen}GX-00{unseen}01{unseen}").terms == ('"GX-0001"',)
    assert read("category", f"0504{unseen}").terms == read("category", "0504").terms
    assert read("uscc", f"{unseen}91450100MA5KXXXX1A", kind=AGENCY).terms == ('"91450100MA5KXXXX1A"',)
    assert read("contact.telephone", f"{unseen}0771-1234567").terms == ("<tel:0771-1234567>",)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:/?#[]@%25.专\u00a0\ue000-'", max_size=16), st.sampled_from(["https://", "tel:", "qq:", ""]))
def test_what_passes_every_parser_takes(rest: str, scheme: str) -> None:
    found = good_address(scheme + rest)

    if found is not None:
        ox.NamedNode(found)
