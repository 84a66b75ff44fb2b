"""Finding concepts by what people write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.model.vocabulary import Vocabularies, load_vocabularies
from catalog_service.namespaces import CODE_LISTS, TYPE, term

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def lists() -> Vocabularies:
    return load_vocabularies()


def found(lists: Vocabularies, text: str, *slugs: str) -> list[str]:
    return [concept.notation for concept in lists.find(text, slugs)]


@pytest.mark.parametrize(
    "text",
    [
        "450200", "４５０２００", f"{CODE_LISTS}region/450200", f"<{CODE_LISTS}region/450200>", "柳州市", "柳州",
        " 柳州 市 ", "Liuzhou", "liuzhou city", "广西柳州", "广西壮族自治区柳州市", "广西/柳州", "广西 ＞ 柳州市",
    ],
)  # fmt: skip
def test_a_city_is_found_by_code_iri_name_short_name_and_path(lists, text):
    assert found(lists, text, "region") == ["450200"]


def test_a_place_is_found_below_the_places_named_before_it(lists):
    assert found(lists, "柳州市城中区", "region") == ["450202"]
    assert found(lists, "广西壮族自治区柳州市城中区", "region") == ["450202"]


def test_districts_of_one_name_are_all_candidates(lists):
    assert found(lists, "城中区", "region") == ["450202", "630103"]


def test_a_wider_place_wins_over_a_narrower_one_of_the_same_short_name(lists):
    assert found(lists, "吉林", "region") == ["220000"]
    assert found(lists, "海南", "region") == ["460000"]
    assert found(lists, "桂林", "region") == ["450300"]


def test_a_place_is_found_by_its_earlier_name(lists):
    assert found(lists, "横县", "region") == ["450181"]


def test_a_label_counts_before_another_name(lists):
    assert found(lists, "科技贷款", "service-category") == ["0701"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("专利查询", "0504"), ("专利信息检索", "0504"), ("高企认定", "0605"), ("patent search", "0504"),
        ("查新", "0208"), ("质量检测", "03"), ("知识产权/专利检索", "0504"),
    ],
)  # fmt: skip
def test_a_class_is_found_by_what_people_call_it(lists, text, code):
    assert found(lists, text, "service-category") == [code]


def test_where_section_and_division_share_a_name_the_section_is_meant(lists):
    assert found(lists, "教育", "industry") == ["P"]


def test_one_code_in_two_lists_gives_both_candidates(lists):
    concepts = lists.find("01", ("service-category", "industry"))

    assert [(c.scheme, c.notation) for c in concepts] == [("service-category", "01"), ("industry", "01")]


def test_a_list_named_before_the_code_tells_which_is_meant(lists):
    assert [c.scheme for c in lists.find("industry/01", ("service-category", "industry"))] == ["industry"]
    assert lists.find("subject/110", ("industry",)) == ()


def test_a_division_is_found_with_the_letter_of_its_section(lists):
    assert found(lists, "C27", "industry") == ["27"]
    assert found(lists, "industry/c36", "industry", "service-category") == ["36"]


def test_codes_are_found_whatever_their_case(lists):
    assert found(lists, "cny", "currency") == ["CNY"]
    assert found(lists, "cnas", "qualification") == ["CNAS"]


@pytest.mark.parametrize("text", ["", "  ", "不存在的地方", "x" * 100_000, "柳州" * 50_000, "/", "柳州/", "<>"])
def test_what_is_no_name_finds_nothing(lists, text):
    assert lists.find(text, ("region",)) == ()


def test_a_concept_of_another_list_is_not_found_by_its_iri(lists):
    assert lists.find(f"{CODE_LISTS}region/450200", ("zone",)) == ()


def test_concepts_are_got_by_iri_or_term(lists):
    concept = lists.concept(f"<{CODE_LISTS}pricing-mode/fixed>")

    assert concept is not None
    assert (concept.label("zh"), concept.label("en"), concept.label("fr")) == ("固定价", "Fixed price", "固定价")
    assert concept is lists.concept(concept.iri)
    assert lists.concept(f"{CODE_LISTS}pricing-mode/none") is None
    assert lists.concept("http://example.org/x") is None


def test_a_misspelt_name_is_answered_with_the_nearest(lists):
    assert lists.nearest("柳洲市", ("region",))[0].notation == "450200"
    assert lists.nearest("专利检锁", ("service-category",))[0].notation == "0504"
    assert lists.nearest("fixd", ("pricing-mode",))[0].notation == "fixed"
    assert lists.nearest("", ("region",)) == ()
    assert len(lists.nearest("检测", ("service-category",), limit=2)) == 2


def test_ancestors_are_nearest_first_and_descendants_follow_their_parents(lists):
    region = lists["region"]

    assert region.ancestors("450202") == ("450200", "450000", "000000")
    assert region.descendants("450200")[:2] == ("450202", "450203")
    below = region.descendants("450000")
    assert len(below) == 125
    assert below.index("450200") < below.index("450202") < below.index("450300")


def test_validation_is_told_type_list_code_labels_and_wider_concept(lists):
    concept = lists.concept(f"{CODE_LISTS}service-category/0504")
    assert concept is not None

    triples = lists.triples(concept)

    node = f"<{CODE_LISTS}service-category/0504>"
    assert (node, TYPE, term("skos:Concept")) in triples
    assert (node, term("skos:inScheme"), f"<{CODE_LISTS}service-category>") in triples
    assert (node, term("skos:notation"), '"0504"') in triples
    assert (node, term("skos:prefLabel"), '"专利检索与信息分析"@zh') in triples
    assert (node, term("skos:broader"), f"<{CODE_LISTS}service-category/05>") in triples


def test_a_platforms_own_list_is_one_more_file_and_maps_to_ours(tmp_path: Path):
    (tmp_path / "schemes").mkdir()
    (tmp_path / "schemes" / "liuzhou-classes.ttl").write_text(
        """
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        @prefix dct: <http://purl.org/dc/terms/> .
        <https://liuzhou.example/cl/classes> a skos:ConceptScheme ; skos:prefLabel "柳州分类"@zh .
        <https://liuzhou.example/cl/classes/P> a skos:Concept ; skos:notation "P" ; skos:prefLabel "专利"@zh ;
            skos:narrower <https://liuzhou.example/cl/classes/P1> .
        <https://liuzhou.example/cl/classes/P1> a skos:Concept ; skos:notation "P1" ; skos:prefLabel "查专利"@zh ;
            skos:broader <https://liuzhou.example/cl/classes/P> ;
            dct:isReplacedBy <https://liuzhou.example/cl/classes/P> ;
            skos:exactMatch <https://w3id.org/stsp/cl/service-category/0504> .
        """,
        encoding="utf-8",
    )
    lists = load_vocabularies(tmp_path)

    concept = lists.concept("https://liuzhou.example/cl/classes/P1")

    assert concept is not None
    assert concept.scheme == "liuzhou-classes"
    assert concept.matches == (("exactMatch", f"{CODE_LISTS}service-category/0504"),)
    assert concept.replaced_by == "https://liuzhou.example/cl/classes/P"
    assert lists.find("专利／查专利", ("liuzhou-classes",)) == (concept,)
    assert lists["liuzhou-classes"].top == ("P",)
