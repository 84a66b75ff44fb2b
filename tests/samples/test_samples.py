"""The sample workbooks: enough, varied, consistent, and plainly samples."""

from __future__ import annotations

import itertools
import re
import runpy
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook
from stdnum.cn import uscc

from catalog_service.model.columns import columns
from catalog_service.operations.catalogue import open_catalogue
from catalog_service.operations.load import Source
from catalog_service.operations.validate import check_sources
from catalog_service.registry import profile
from catalog_service.resources import folder

if TYPE_CHECKING:
    from catalog_service.model.vocabulary import Concept

LISTS = profile().vocabularies
KINDS = {"agencies.xlsx": "service-agency", "products.xlsx": "service-product"}
DEMANDS = (
    "融资担保", "质量检测服务", "专利申请策划", "教育培训服务", "科技项目申报指导", "科技专项贷款贴息",
    "高新技术企业培育服务与认定咨询服务", "专利培训服务", "科技成果咨询服务", "知识产权维权",
)  # fmt: skip
"""What the companies of the paper's survey asked for."""

Row = dict[str, Any]


def read(file: str) -> list[Row]:
    """Return the rows of a workbook by column name; cells that are empty are left out."""
    kind = profile().kinds[KINDS[file]]
    book = CalamineWorkbook.from_path(str(folder("samples") / file))
    assert book.sheet_names == [kind.label("zh")]
    headers, *lines = book.get_sheet_by_index(0).to_python()
    names = {each.header["zh"]: each.key for each in columns(kind)}
    keys = [names.get(header, header) for header in headers]
    return [{key: value for key, value in zip(keys, line, strict=True) if value != ""} for line in lines]


@pytest.fixture(scope="module")
def agencies() -> list[Row]:
    return read("agencies.xlsx")


@pytest.fixture(scope="module")
def products() -> list[Row]:
    return read("products.xlsx")


def several(row: Row, name: str) -> list[str]:
    return str(row.get(name, "")).split(";") if row.get(name) else []


def meant(text: str, *slugs: str) -> Concept:
    found = LISTS.find(text, slugs)
    assert len(found) == 1, (text, slugs, found)
    return found[0]


def codes(row: Row, name: str, slug: str) -> set[str]:
    return {meant(each, slug).notation for each in several(row, name)}


def test_there_are_enough_of_both(agencies, products):
    assert len(products) >= 66
    assert len(agencies) >= 24


def test_every_column_is_one_of_the_template_or_a_further_one_of_its_inner_nodes(agencies, products):
    for file, rows in (("agencies.xlsx", agencies), ("products.xlsx", products)):
        known = {each.key for each in columns(profile().kinds[KINDS[file]])}
        used = {re.sub(r"(?<=\.)[0-9]+\.", "", name) for row in rows for name in row}
        assert used <= known


def test_no_record_brings_an_identifier_or_a_date_that_the_catalogue_fills_in(agencies, products):
    assert not any({"identifier", "issued", "modified", "status"} & set(row) for row in (*agencies, *products))


def test_every_code_is_written_as_a_name_that_means_one_concept(agencies, products):
    for file, rows in (("agencies.xlsx", agencies), ("products.xlsx", products)):
        schemes = {each.key: each.field for each in columns(profile().kinds[KINDS[file]]) if each.field.schemes}
        names = {key for row in rows for key in row}
        for row, name in itertools.product(rows, names):
            field = schemes.get(re.sub(r"(?<=\.)[0-9]+\.", "", name))
            for text in several(row, name) if field else ():
                concept = meant(text, *field.schemes)
                assert not field.leaf or LISTS[concept.scheme].is_leaf(concept.notation)
                assert not field.top or concept.broader is None


class TestProducts:
    def test_titles_differ_and_everything_is_in_english_too_at_least_in_short(self, products):
        assert len({row["title@zh"] for row in products}) == len(products)
        assert len({row["title@en"] for row in products}) == len(products)
        assert all(row["abstract@zh"] and row["abstract@en"] for row in products)
        assert 3 * sum("description@en" in row for row in products) >= len(products)

    def test_descriptions_are_of_a_readable_length(self, products):
        lengths = {row["title@zh"]: len(row["description@zh"]) for row in products}

        assert {title: n for title, n in lengths.items() if not 120 <= n <= 300} == {}

    def test_no_two_descriptions_share_half_of_their_bigrams(self, products):
        texts = [row["description@zh"] for row in products]
        bigrams = [{text[n : n + 2] for n in range(len(text) - 1)} for text in texts]

        for one, other in itertools.combinations(bigrams, 2):
            assert 2 * len(one & other) < min(len(one), len(other))

    def test_all_nine_classes_and_all_their_subclasses_are_there(self, products):
        scheme = LISTS["service-category"]
        used = set.union(*(codes(row, "category", "service-category") for row in products))

        assert used == {notation for notation in scheme.concepts if scheme.is_leaf(notation)}

    @pytest.mark.parametrize("demand", DEMANDS)
    def test_what_companies_ask_for_is_offered(self, products, demand):
        named = [row for row in products if demand in (*several(row, "keyword@zh"), *several(row, "altTitle@zh"))]

        assert named

    def test_all_five_price_modes_are_used_with_the_amounts_they_need(self, products):
        needed = {
            "fixed": {"price"}, "from": {"minPrice"}, "range": {"minPrice", "maxPrice"},
            "negotiable": set(), "free": set(),
        }  # fmt: skip
        seen = set()
        for row in products:
            mode = meant(row["offer.pricingMode"], "pricing-mode").notation
            seen.add(mode)
            assert {name for name in ("price", "minPrice", "maxPrice") if f"offer.{name}" in row} == needed[mode]
            assert ("offer.priceCurrency" in row) == bool(needed[mode])
            assert row.get("offer.minPrice", 0) <= row.get("offer.maxPrice", row.get("offer.minPrice", 0))

        assert seen == set(needed)

    def test_every_product_tells_how_long_it_takes(self, products):
        for row in products:
            assert 0 < row["offer.periodMin"] <= row["offer.periodMax"]
        assert len({row["offer.periodUnit"] for row in products}) >= 4

    def test_areas_of_all_levels_are_served_and_every_city_of_guangxi_by_name(self, products):
        region = LISTS["region"]
        areas = set.union(*(codes(row, "areaServed", "region") for row in products))

        assert {len(region.ancestors(area)) for area in areas} == {0, 1, 2, 3}
        assert "450000" in areas
        assert set(region.concepts["450000"].narrower) <= areas

    def test_all_modes_of_delivery_but_other_are_used_and_some_products_are_wholly_online(self, products):
        modes = set.union(*(codes(row, "deliveryMode", "delivery-mode") for row in products))

        assert modes == set(LISTS["delivery-mode"].concepts) - {"other"}
        assert sum(row["fullyOnline"] == "是" for row in products) >= 8
        assert all(
            "online" in codes(row, "deliveryMode", "delivery-mode") for row in products if row["fullyOnline"] == "是"
        )

    def test_steps_deliverables_requirements_and_acceptance_are_told(self, products):
        for row in products:
            assert len(re.findall(r"\d、", row["process@zh"])) >= 5
            assert row["deliverable.title@zh"]
            assert row["requirement@zh"]
            assert row["acceptance@zh"]
            assert row["ipOwnership"]

    def test_tests_are_done_by_certified_laboratories(self, products):
        tested = [
            row for row in products if any(c.startswith("03") for c in codes(row, "category", "service-category"))
        ]

        assert len(tested) >= 8
        assert all("certification.type" in row for row in tested)

    def test_providers_are_agencies_of_the_other_workbook_and_each_offers_something(self, agencies, products):
        names = {row["name@zh"] for row in agencies}
        named = {name for row in products for name in several(row, "provider")}

        assert named == names


class TestAgencies:
    def test_every_name_says_that_it_is_a_sample_in_both_languages(self, agencies):
        assert all(row["name@zh"].endswith("（样例）") and row["name@en"].endswith("(sample)") for row in agencies)
        assert len({row["name@zh"] for row in agencies}) == len(agencies)

    def test_they_sit_in_all_fourteen_cities_of_guangxi(self, agencies):
        region = LISTS["region"]
        places = [meant(row["spatial"], "region").notation for row in agencies]
        above = {each for place in places for each in (place, *region.ancestors(place))}

        assert set(region.concepts["450000"].narrower) <= above

    def test_they_cover_all_nine_classes(self, agencies):
        classes = set.union(*(codes(row, "agencyClass", "service-category") for row in agencies))

        assert classes == set(LISTS["service-category"].top)

    def test_credit_codes_are_valid_differ_fit_the_place_and_have_a_body_of_zeros(self, agencies):
        region = LISTS["region"]
        for row in agencies:
            code = row["uscc"]
            place = meant(row["spatial"], "region").notation
            assert uscc.is_valid(code)
            assert code[8:14] == "000000"
            assert code[2:8] in (place, *region.ancestors(place), *region.descendants(place))
        assert len({row["uscc"] for row in agencies}) == len(agencies)

    def test_nobody_real_can_be_reached(self, agencies, products):
        for row in (*agencies, *products):
            telephone = row.get("telephone") or row["contact.telephone"]
            email = row.get("email") or row["contact.email"]
            assert re.fullmatch(r"0\d{2,3}-0\d{6}|400-010-\d{4}", telephone)
            assert re.fullmatch(r"[a-z]+@[a-z0-9-]+\.example", email)
            assert "homepage" not in row or row["homepage"].endswith(".example")

    def test_each_has_an_address_a_description_and_a_case(self, agencies):
        for row in agencies:
            assert meant(row["address.region"], "region") is meant(row["spatial"], "region")
            assert row["address.street@zh"].startswith("样例")
            assert len(row["description@zh"]) >= 50
            assert row["successCase.title@zh"]


def test_the_workbooks_are_as_their_maker_makes_them(tmp_path, monkeypatch, agencies, products):
    maker = runpy.run_path(str(folder("samples").parent / "tools" / "make_samples.py"))
    monkeypatch.setitem(maker["main"].__globals__, "SAMPLES", tmp_path)
    maker["main"]()

    for file in (*KINDS, *(f"examples/{file}" for file in KINDS)):
        made = CalamineWorkbook.from_path(str(tmp_path / file)).get_sheet_by_index(0).to_python()
        kept = CalamineWorkbook.from_path(str(folder("samples") / file)).get_sheet_by_index(0).to_python()
        assert made == kept


def test_every_sample_is_as_good_as_the_profile_recommends(tmp_path):
    catalogue = open_catalogue(tmp_path, environment={})
    sources = [Source(file, folder("samples") / file) for file in KINDS]

    checked = check_sources(catalogue, sources, level="recommended")

    assert checked.records >= 66 + 24
    advice = [finding for finding in checked.findings if finding.severity != "info"]
    assert [(finding.record, finding.path, finding.message["en"]) for finding in advice] == []
