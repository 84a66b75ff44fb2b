"""OAI-PMH against the protocol's own schemas, and with a client that others use."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from catalog_service.operations.paging import seal, unseal
from catalog_service.operations.publish import withdraw
from catalog_service.outlets.base import Request
from catalog_service.outlets.oaipmh import answer, verbs
from catalog_service.store import open_store
from catalog_service.writers.sts_xml import about_schema
from catalog_service.writers.sts_xml import schema as sts_schema
from tests.catalogues import bench_turtle, load_products, load_text, make_catalogue
from tests.operations.stories import agency, load_json, product

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.operations.catalogue import Catalogue

CONFORMANCE = Path(os.environ.get("KEBAO_CONFORMANCE", Path(__file__).parents[2].parent / "shared" / "conformance"))
OAI = "{http://www.openarchives.org/OAI/2.0/}"
PRODUCTS = 230


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path_factory.mktemp("oai"))
    load_products(made, PRODUCTS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def xml_schema(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    folder = CONFORMANCE / "oai-pmh"
    if not folder.is_dir():
        pytest.skip("the conformance schemas are not beside the project")
    place = tmp_path_factory.mktemp("xsd")
    own = sts_schema(catalogue.profile.kinds).decode()
    (place / "sts.xsd").write_text(own.replace("http://www.w3.org/2001/xml.xsd", (folder / "xml.xsd").as_uri()))
    (place / "about.xsd").write_bytes(about_schema())
    driver = (folder / "driver.xsd").read_text(encoding="utf-8")
    driver = re.sub(
        r'schemaLocation="([^"]+)"', lambda match: f'schemaLocation="{(folder / match[1]).as_uri()}"', driver
    )
    imports = (
        f'<import namespace="https://w3id.org/stsp/xml/1.0" schemaLocation="{(place / "sts.xsd").as_uri()}"/>'
        f'<import namespace="https://w3id.org/stsp/oai/1.0" schemaLocation="{(place / "about.xsd").as_uri()}"/>'
    )
    (place / "driver.xsd").write_text(driver.replace("</schema>", imports + "</schema>"))
    return etree.XMLSchema(etree.parse(str(place / "driver.xsd")))


def ask(catalogue: Catalogue, *pairs: tuple[str, str], **arguments: str) -> etree._Element:
    named = tuple((name.rstrip("_"), value) for name, value in arguments.items())
    return etree.fromstring(answer(catalogue, Request(arguments=(*pairs, *named))).body)


def codes(answered: etree._Element) -> set[str]:
    return {str(error.get("code")) for error in answered.iter(f"{OAI}error")}


def identifiers(answered: etree._Element) -> list[str]:
    return [str(each.text) for each in answered.iter(f"{OAI}identifier")]


def token(answered: etree._Element) -> str | None:
    found = answered.find(f".//{OAI}resumptionToken")
    return None if found is None else (found.text or "")


VALID = [
    {"verb": "Identify"},
    {"verb": "ListMetadataFormats"},
    {"verb": "ListMetadataFormats", "identifier": "oai:kebao.example:BP-0000001"},
    {"verb": "ListSets"},
    {"verb": "GetRecord", "identifier": "oai:kebao.example:BP-0000001", "metadataPrefix": "oai_dc"},
    {"verb": "GetRecord", "identifier": "oai:kebao.example:BA-0000001", "metadataPrefix": "sts"},
    {"verb": "ListRecords", "metadataPrefix": "oai_dc"},
    {"verb": "ListRecords", "metadataPrefix": "sts"},
    {"verb": "ListIdentifiers", "metadataPrefix": "sts", "set": "kind:service-agency"},
    {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "from": "2020-01-01", "until": "2099-01-01"},
]


@pytest.mark.parametrize("arguments", VALID, ids=lambda each: " ".join(each.values()))
def test_every_answer_is_valid(catalogue: Catalogue, xml_schema: etree.XMLSchema, arguments: dict[str, str]) -> None:
    answered = ask(catalogue, *arguments.items())

    xml_schema.assertValid(answered)
    assert codes(answered) == set()


WRONG = [
    ((), {"badVerb"}),
    ((("verb", "listRecords"),), {"badVerb"}),
    ((("verb", "Identify"), ("verb", "Identify")), {"badVerb"}),
    ((("verb", "Identify"), ("set", "x")), {"badArgument"}),
    ((("verb", "ListRecords"),), {"badArgument"}),
    ((("verb", "ListRecords"), ("metadataPrefix", "")), {"badArgument"}),
    ((("verb", "ListRecords"), ("metadataprefix", "oai_dc")), {"badArgument"}),
    ((("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("metadataPrefix", "oai_dc")), {"badArgument"}),
    ((("verb", "ListRecords"), ("metadataPrefix", "marc")), {"cannotDisseminateFormat"}),
    ((("verb", "ListRecords"), ("metadataPrefix", "oai dc")), {"badArgument"}),
    ((("verb", "GetRecord"), ("identifier", "%zz"), ("metadataPrefix", "sts")), {"badArgument"}),
    ((("verb", "GetRecord"), ("identifier", "oai:kebao.example:a#b#c"), ("metadataPrefix", "sts")), {"badArgument"}),
    ((("verb", "GetRecord"), ("identifier", "oai:kebao.example:NONE"), ("metadataPrefix", "sts")), {"idDoesNotExist"}),
    ((("verb", "GetRecord"), ("identifier", "\"<&'"), ("metadataPrefix", "sts")), {"idDoesNotExist"}),
    ((("verb", "GetRecord"), ("identifier", "a\x00b"), ("metadataPrefix", "sts")), {"badArgument"}),
    ((("verb", "ListMetadataFormats"), ("identifier", "nothing")), {"idDoesNotExist"}),
    ((("verb", "ListRecords"), ("resumptionToken", "junk")), {"badResumptionToken"}),
    ((("verb", "ListRecords"), ("resumptionToken", "junk"), ("set", "kind:x")), {"badArgument"}),
    ((("verb", "ListIdentifiers"), ("metadataPrefix", "oai_dc"), ("set", "cat:99")), {"noRecordsMatch"}),
    ((("verb", "ListIdentifiers"), ("metadataPrefix", "oai_dc"), ("set", "a b")), {"badArgument"}),
    ((("verb", "ListIdentifiers"), ("metadataPrefix", "oai_dc"), ("from", "2099-01-01")), {"noRecordsMatch"}),
    ((("verb", "ListIdentifiers"), ("metadataPrefix", "oai_dc"), ("until", "2001-01-01")), {"noRecordsMatch"}),
    (
        (("verb", "ListIdentifiers"), ("metadataPrefix", "oai_dc"), ("from", "2025-01-01"), ("until", "2024-01-01")),
        {"badArgument"},
    ),
    (
        (
            ("verb", "ListIdentifiers"),
            ("metadataPrefix", "oai_dc"),
            ("from", "2024-01-01"),
            ("until", "2025-01-01T00:00:00Z"),
        ),
        {"badArgument"},
    ),
    *(
        ((("verb", "ListIdentifiers"), ("metadataPrefix", "oai_dc"), ("from", junk)), {"badArgument"})
        for junk in (
            "junk",
            "2024",
            "2024-02-30",
            "2024-01-01T00:00:00+08:00",
            "2024-01-01T00:00:00.5Z",
            "2024-01-01T00:00Z",
        )
    ),
]


@pytest.mark.parametrize(("pairs", "expected"), WRONG)
def test_errors_have_their_code_and_are_valid(
    catalogue: Catalogue, xml_schema: etree.XMLSchema, pairs: tuple[tuple[str, str], ...], expected: set[str]
) -> None:
    answered = ask(catalogue, *pairs)

    xml_schema.assertValid(answered)
    assert codes(answered) == expected


def walk(catalogue: Catalogue, **arguments: str) -> list[etree._Element]:
    pages = [ask(catalogue, **arguments)]
    while following := token(pages[-1]):
        pages.append(ask(catalogue, verb=arguments["verb"], resumptionToken=following))
    return pages


def test_a_walk_gives_every_record_once_and_ends_with_an_empty_token(
    catalogue: Catalogue, xml_schema: etree.XMLSchema
) -> None:
    pages = walk(catalogue, verb="ListRecords", metadataPrefix="sts")

    found = [identifier for page in pages for identifier in identifiers(page)]
    assert len(found) == len(set(found)) == PRODUCTS + 3
    assert token(pages[-1]) == ""
    assert [page.find(f".//{OAI}resumptionToken").get("cursor") for page in pages] == ["0", "100", "200"]
    for page in pages:
        xml_schema.assertValid(page)


def test_the_same_token_gives_the_same_page_again(catalogue: Catalogue) -> None:
    first = ask(catalogue, verb="ListIdentifiers", metadataPrefix="oai_dc")

    pages = [ask(catalogue, verb="ListIdentifiers", resumptionToken=str(token(first))) for _ in range(2)]

    assert identifiers(pages[0]) == identifiers(pages[1])


def test_a_token_is_of_its_own_list_only(catalogue: Catalogue) -> None:
    first = ask(catalogue, verb="ListIdentifiers", metadataPrefix="oai_dc")

    assert codes(ask(catalogue, verb="ListRecords", resumptionToken=str(token(first)))) == {"badResumptionToken"}


def test_list_identifiers_has_the_headers_of_list_records(catalogue: Catalogue) -> None:
    headers = [
        [
            etree.tostring(header)
            for page in walk(catalogue, verb=verb, metadataPrefix="oai_dc")
            for header in page.iter(f"{OAI}header")
        ]
        for verb in ("ListIdentifiers", "ListRecords")
    ]

    assert headers[0] == headers[1]


def test_a_set_holds_its_descendants(catalogue: Catalogue) -> None:
    specs = {str(each.text) for each in ask(catalogue, verb="ListSets").iter(f"{OAI}setSpec")}
    leaves = sorted(spec for spec in specs if re.fullmatch(r"cat:05:\d{4}", spec))

    whole = walk(catalogue, verb="ListIdentifiers", metadataPrefix="oai_dc", set="cat:05")
    parts = [walk(catalogue, verb="ListIdentifiers", metadataPrefix="oai_dc", set=leaf) for leaf in leaves]

    found = {identifier for page in whole for identifier in identifiers(page)}
    below = {identifier for pages in parts for page in pages for identifier in identifiers(page)}
    assert below
    assert below <= found


def test_a_withdrawn_record_is_a_deleted_header_for_ever(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path)
    load_products(catalogue, 5)
    withdraw(catalogue, "BP-0000002", "given up", actor="test")

    record = ask(catalogue, verb="GetRecord", identifier="oai:kebao.example:BP-0000002", metadataPrefix="oai_dc")
    listed = ask(catalogue, verb="ListIdentifiers", metadataPrefix="oai_dc")

    assert [each.get("status") for each in record.iter(f"{OAI}header")] == ["deleted"]
    assert record.find(f".//{OAI}metadata") is None
    assert sum(each.get("status") == "deleted" for each in listed.iter(f"{OAI}header")) == 1
    assert len(identifiers(listed)) == 8
    catalogue.close()


def test_bounds_are_inclusive_and_a_day_is_whole(catalogue: Catalogue) -> None:
    stamps = sorted(
        str(each.text) for page in walk(catalogue, verb="ListIdentifiers", metadataPrefix="oai_dc")
        for each in page.iter(f"{OAI}datestamp")
    )  # fmt: skip
    day = {"from": stamps[0][:10], "until": stamps[-1][:10]}
    second = {"from": stamps[0], "until": stamps[-1]}

    for bounds in (day, second):
        pages = walk(catalogue, verb="ListIdentifiers", metadataPrefix="oai_dc", **bounds)
        assert sum(len(identifiers(page)) for page in pages) == PRODUCTS + 3


def test_adjacent_windows_make_the_whole(tmp_path: Path) -> None:
    now = [1_700_000_000.0]
    catalogue = make_catalogue(tmp_path)
    catalogue.store = open_store(catalogue.settings.store_url, clock=lambda: now[0])
    for products in (2, 4, 6):
        load_products(catalogue, products)
        now[0] += 3600
    seconds = (("2020-01-01T00:00:00Z", "2023-11-14T22:13:20Z"), ("2023-11-14T22:13:21Z", "2023-11-14T23:13:20Z"),
               ("2023-11-14T23:13:21Z", "2099-01-01T00:00:00Z"))  # fmt: skip

    parts = [
        identifiers(ask(catalogue, verb="ListIdentifiers", metadataPrefix="sts", from_=low, until=high))
        for low, high in seconds
    ]

    whole = identifiers(ask(catalogue, verb="ListIdentifiers", metadataPrefix="sts"))
    assert [len(part) for part in parts] == [5, 2, 2]
    assert [identifier for part in parts for identifier in part] == whole
    catalogue.close()


def test_more_sets_than_a_page_holds_come_in_pages(tmp_path: Path, xml_schema: etree.XMLSchema) -> None:
    catalogue = make_catalogue(tmp_path)
    load_products(catalogue, 1000, agencies=120)

    pages = walk(catalogue, verb="ListSets")

    specs = [str(each.text) for page in pages for each in page.iter(f"{OAI}setSpec")]
    assert len(pages) > 1
    assert len(specs) == len(set(specs))
    assert sorted(specs) == [each.name for each in catalogue.store.sets()]
    assert token(pages[-1]) == ""
    for page in pages:
        xml_schema.assertValid(page)
        assert all(each.text for each in page.iter(f"{OAI}setName"))
    titles = {str(each.text) for page in pages for each in page.iter("{http://purl.org/dc/elements/1.1/}title")}
    assert {"知识产权服务", "Service products"} <= titles
    catalogue.close()


def test_a_set_that_comes_between_two_pages_is_at_their_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "PAGE", 3)
    catalogue = make_catalogue(tmp_path)
    load_json(catalogue, agency(1), product(1))
    first = ask(catalogue, verb="ListSets")
    before = {each.name for each in catalogue.store.sets()}

    load_json(catalogue, agency(2), product(2, provider=[agency(2)["name"]["zh"]], category=["0405"]))
    pages = [first, *walk(catalogue, verb="ListSets", resumptionToken=str(token(first)))]

    specs = [str(each.text) for page in pages for each in page.iter(f"{OAI}setSpec")]
    assert {each.name for each in catalogue.store.sets()} > before
    assert sorted(specs) == [each.name for each in catalogue.store.sets()]
    catalogue.close()


def test_tokens_that_count_sets_are_refused_and_those_of_lists_go_on(catalogue: Catalogue) -> None:
    first = ask(catalogue, verb="ListIdentifiers", metadataPrefix="oai_dc")
    payload = unseal(catalogue.secret("page-key"), str(token(first)))
    old = [1, *payload[1:10]]
    of_sets = [1, payload[1], "ListSets", "", "", None, None, 0, 1, 12]

    lists, sets = (
        ask(catalogue, verb=each[2], resumptionToken=seal(catalogue.secret("page-key"), each))
        for each in (old, of_sets)
    )

    assert identifiers(lists) == identifiers(ask(catalogue, verb="ListIdentifiers", resumptionToken=str(token(first))))
    assert codes(sets) == {"badResumptionToken"}


@pytest.mark.parametrize("set_", ["", "kind:service-product"])
@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_a_list_whose_rest_leaves_its_range_ends_with_a_record(
    tmp_path: Path, xml_schema: etree.XMLSchema, monkeypatch: pytest.MonkeyPatch, verb: str, set_: str
) -> None:
    monkeypatch.setattr(verbs, "PAGE", 4)
    now = [1_700_000_000.0]
    catalogue = make_catalogue(tmp_path)
    catalogue.store = open_store(catalogue.settings.store_url, clock=lambda: now[0])
    load_products(catalogue, 6)
    narrowed = {"set": set_} if set_ else {}
    first = ask(catalogue, verb=verb, metadataPrefix="oai_dc", until="2023-11-14", **narrowed)
    given = identifiers(first)

    now[0] += 86_400
    load_text(catalogue, bench_turtle(6).replace('"Service ', '"Service, changed, '))
    for row in catalogue.store.listing().entries:
        if row.kind == "service-product" and row.identifier >= "BP-0000004":
            withdraw(catalogue, row.identifier, "given up", actor="test")
    last = ask(catalogue, verb=verb, resumptionToken=str(token(first)))
    again = ask(catalogue, verb=verb, resumptionToken=str(token(first)))
    later = walk(catalogue, verb=verb, metadataPrefix="oai_dc", from_="2023-11-15", **narrowed)

    xml_schema.assertValid(last)
    (spare,) = identifiers(last)
    assert (spare in given, token(last), identifiers(again)) == (False, "", [spare])
    headers = {str(each[0].text): etree.tostring(each) for page in later for each in page.iter(f"{OAI}header")}
    assert headers[spare] == etree.tostring(next(last.iter(f"{OAI}header")))
    listed = {each.identifier for each in catalogue.store.listing(set_=set_).entries}
    assert {each.rpartition(":")[2] for each in (*given, *headers)} == listed
    catalogue.close()


def test_who_leaves_a_set_is_deleted_there_and_lives_elsewhere(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path)
    text = bench_turtle(1)
    load_text(catalogue, text)
    (before,) = re.findall(r"service-category/(\d{4})> ; dcat:keyword", text)
    after = "0504" if before != "0504" else "0305"
    load_text(
        catalogue,
        text.replace(f"service-category/{before}> ; dcat:keyword", f"service-category/{after}> ; dcat:keyword"),
    )

    def status(**arguments: str) -> list[str | None]:
        answered = ask(catalogue, metadataPrefix="oai_dc", **arguments)
        wanted = "oai:kebao.example:BP-0000000"
        return [h.get("status") for h in answered.iter(f"{OAI}header") if h.findtext(f"{OAI}identifier") == wanted]

    assert status(verb="ListRecords", set=f"cat:{before[:2]}:{before}") == ["deleted"]
    assert status(verb="ListRecords", set=f"cat:{after[:2]}:{after}") == [None]
    assert status(verb="ListRecords") == [None]
    assert status(verb="GetRecord", identifier="oai:kebao.example:BP-0000000") == [None]
    catalogue.close()


@pytest.mark.parametrize("prefix", ["oai_dc", "sts"])
def test_a_new_name_of_a_provider_is_in_every_list_from_then_on(tmp_path: Path, prefix: str) -> None:
    catalogue = make_catalogue(tmp_path)
    load_json(catalogue, agency(1), product(1))
    walk(catalogue, verb="ListRecords", metadataPrefix=prefix)
    before = catalogue.store.last_seq()

    load_json(catalogue, agency(1, name={"zh": "湘江知识产权（测试）"}))

    (page,) = walk(catalogue, verb="ListRecords", metadataPrefix=prefix)
    (named,) = [each for each in page.iter(f"{OAI}record") if "TEST-0001" in str(each.findtext(f".//{OAI}identifier"))]
    assert "湘江知识产权（测试）" in "".join(str(text) for text in named.itertext())
    assert "漓江" not in "".join(str(text) for text in named.itertext())
    assert [each.op for each in catalogue.store.changes(before) if each.identifier == "TEST-0001"] == ["refresh"]
    catalogue.close()


def test_tampered_tokens_are_refused_and_say_nothing(catalogue: Catalogue) -> None:
    good = str(token(ask(catalogue, verb="ListIdentifiers", metadataPrefix="oai_dc")))

    for bad in (good[:-1], good + "A", good[::-1], "\u0000", "%00", "'; DROP TABLE", "é" * 50, "A" * 5000):
        answered = ask(catalogue, verb="ListIdentifiers", resumptionToken=bad)
        assert codes(answered) == {"badResumptionToken"}


def test_tokens_of_an_old_epoch_are_refused_with_advice(catalogue: Catalogue) -> None:
    first = str(token(ask(catalogue, verb="ListRecords", metadataPrefix="sts")))
    payload = unseal(catalogue.secret("page-key"), first)
    payload[1] += 1

    old = ask(catalogue, verb="ListRecords", resumptionToken=seal(catalogue.secret("page-key"), payload))

    assert codes(old) == {"badResumptionToken"}
    assert "in full" in str(old.findtext(f"{OAI}error"))


def test_a_list_that_fills_its_pages_has_no_empty_one(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path)
    load_products(catalogue, 197)

    pages = walk(catalogue, verb="ListIdentifiers", metadataPrefix="sts")

    assert [len(identifiers(page)) for page in pages] == [100, 100]
    catalogue.close()


def test_a_list_of_one_page_has_no_token(catalogue: Catalogue) -> None:
    listed = ask(catalogue, verb="ListIdentifiers", metadataPrefix="sts", set="kind:service-agency")

    assert token(listed) is None


def test_the_request_is_repeated_in_the_answer_unless_it_was_bad(catalogue: Catalogue) -> None:
    good = ask(catalogue, verb="GetRecord", metadataPrefix="sts", identifier="\"<&'").find(f"{OAI}request")
    bad = ask(catalogue, verb="ListRecords", metadataPrefix="sts", nonsense="1").find(f"{OAI}request")

    assert good is not None
    assert bad is not None
    assert dict(good.attrib) == {"verb": "GetRecord", "metadataPrefix": "sts", "identifier": "\"<&'"}
    assert (dict(bad.attrib), bad.text) == ({}, "http://catalogue.example/oai")


def test_identify_says_what_it_promises(catalogue: Catalogue) -> None:
    found = ask(catalogue, verb="Identify")

    stamps = [str(each.text) for page in walk(catalogue, verb="ListIdentifiers", metadataPrefix="oai_dc")
              for each in page.iter(f"{OAI}datestamp")]  # fmt: skip
    assert str(found.findtext(f".//{OAI}earliestDatestamp")) <= min(stamps)
    assert found.findtext(f".//{OAI}granularity") == "YYYY-MM-DDThh:mm:ssZ"
    assert [each.text for each in found.iter(f"{OAI}compression")] == ["gzip"]
    described = {etree.QName(each[0]).localname for each in found.iter(f"{OAI}description")}
    assert described == {"oai-identifier", "rightsManifest", "catalogue"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(found.findtext(f"{OAI}responseDate")))


def test_a_record_carries_its_version_and_hash(catalogue: Catalogue) -> None:
    answered = ask(catalogue, verb="GetRecord", identifier="oai:kebao.example:BP-0000001", metadataPrefix="oai_dc")

    (said,) = answered.iter("{https://w3id.org/stsp/oai/1.0}version")
    entry = catalogue.store.published(["BP-0000001"])["BP-0000001"]
    assert (said.get("number"), said.get("hash")) == (str(entry.version), entry.public_hash)
