from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from catalog_service.namespaces import DC, term
from catalog_service.writers.oai_dc import metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.writers.base import Outgoing, Surroundings

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def said(outgoing: Outgoing, around: Surroundings) -> list[tuple[str, str | None, str | None]]:
    """Return element, language and text of everything a record says."""
    return [
        (str(each.tag).removeprefix(f"{{{DC}}}"), each.get(LANG), each.text)
        for each in etree.fromstring(metadata(outgoing, around))
    ]


def test_the_page_comes_first_among_identifiers(make: Callable[..., Outgoing], around: Surroundings) -> None:
    identifiers = [text for name, _, text in said(make(), around) if name == "identifier"]

    assert identifiers == [
        "http://c.example/WR-0000001",
        "https://bench.example/id/service-product/WR-0000001",
        "WR-0000001",
    ]


def test_the_type_is_what_the_alignment_says(published: tuple[Outgoing, ...], around: Surroundings) -> None:
    types = {(each.kind.name, text) for each in published for name, _, text in said(each, around) if name == "type"}

    assert types == {("service-product", "Service"), ("service-agency", "Organization")}


def test_codes_are_written_by_their_labels(make: Callable[..., Outgoing], around: Surroundings) -> None:
    subjects = {(lang, text) for name, lang, text in said(make(), around) if name == "subject"}

    concept = around.vocabularies["service-category"].concepts["0504"]
    assert subjects == set(concept.labels.items())


def test_other_records_are_written_by_name(make: Callable[..., Outgoing], around: Surroundings) -> None:
    known, unknown = (f"<https://bench.example/id/service-agency/BA-000000{n}>" for n in (1, 2))

    creators = [
        (lang, text)
        for name, lang, text in said(make((term("schema:provider"), known), (term("schema:provider"), unknown)), around)
        if name == "creator"
    ]

    assert creators == [("zh", "南宁检测院"), ("en", "Nanning Testing"), (None, unknown[1:-1])]


def test_characters_that_xml_forbids_are_left_out(make: Callable[..., Outgoing], around: Surroundings) -> None:
    outgoing = make((term("dct:title"), '"a\\u0001\\u001F<b>&\\uFFFE"@zh'))

    assert ("title", "zh", "a<b>&") in said(outgoing, around)
