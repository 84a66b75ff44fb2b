"""The code lists themselves: complete, labelled, linked both ways."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph
import pytest

from catalog_service.model.vocabulary import Vocabularies, load_vocabularies
from catalog_service.namespaces import CODE_LISTS, expand
from catalog_service.resources import folder

if TYPE_CHECKING:
    from pathlib import Path

SLUGS = {
    "service-category", "stat-class-2018", "key-field", "region", "industry", "subject", "legal-form", "pricing-mode",
    "charging-basis", "payment-terms", "delivery-mode", "operation-mode", "order-type", "deliverable-type",
    "ip-ownership", "demand-form", "demand-status", "party-type", "review-aspect", "reviewer-role", "qualification",
    "record-status", "period-unit", "contract-type", "currency", "sharing", "zone",
}  # fmt: skip
SCHEMES = folder("vocab") / "schemes"
MAPPINGS = sorted((folder("vocab") / "mappings").glob("*.ttl"))
SAME_NAME_IN_THE_STANDARD = {("K", "70"), ("P", "83"), ("T", "97")}
"""Sections of GB/T 4754 with a single division of the same name."""


@pytest.fixture(scope="module")
def lists() -> Vocabularies:
    return load_vocabularies()


def triples(path: Path) -> list[tuple[str, str, str]]:
    quads = pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
    return [tuple(str(quad).split(" ", 2)) for quad in quads]  # type: ignore[misc]


def test_every_list_of_the_profile_is_there(lists):
    assert set(lists) == SLUGS


@pytest.mark.parametrize("slug", sorted(SLUGS))
class TestList:
    def test_it_has_our_iri_and_tells_its_name_source_version_and_completeness_in_both_languages(self, lists, slug):
        scheme = lists[slug]

        assert scheme.iri == CODE_LISTS + slug
        for texts in (scheme.labels, scheme.definitions, scheme.completeness):
            assert set(texts) == {"zh", "en"}
        assert scheme.source
        assert scheme.version

    def test_every_concept_has_an_iri_of_its_code_and_labels_in_both_languages(self, lists, slug):
        for notation, concept in lists[slug].concepts.items():
            assert concept.iri == f"{CODE_LISTS}{slug}/{notation}"
            assert set(concept.labels) == {"zh", "en"}
            assert all(label.strip() == label and label for label in concept.labels.values())
            assert set(concept.definitions) in ({"zh", "en"}, set())

    def test_wider_and_narrower_are_stated_both_ways_and_tops_are_tops(self, slug):
        graph = set(triples(SCHEMES / f"{slug}.ttl"))
        scheme = f"<{CODE_LISTS}{slug}>"
        broader = {(s, o) for s, p, o in graph if p == f"<{expand('skos:broader')}>"}
        narrower = {(o, s) for s, p, o in graph if p == f"<{expand('skos:narrower')}>"}
        top_of = {s for s, p, o in graph if p == f"<{expand('skos:topConceptOf')}>" and o == scheme}
        has_top = {o for s, p, o in graph if p == f"<{expand('skos:hasTopConcept')}>" and s == scheme}
        concepts = {s for s, p, o in graph if p == f"<{expand('skos:inScheme')}>" and o == scheme}

        assert broader == narrower
        assert top_of == has_top
        assert concepts == top_of | {s for s, _ in broader}
        assert not top_of & {s for s, _ in broader}

    def test_no_label_stands_twice_without_reason(self, lists, slug):
        scheme = lists[slug]
        for lang in ("zh", "en"):
            named = Counter((concept.broader, concept.label(lang)) for concept in scheme.concepts.values())
            everywhere = Counter(concept.label(lang) for concept in scheme.concepts.values())
            doubled = {label for label, count in everywhere.items() if count > 1}
            pairs = {tuple(n for n, c in scheme.concepts.items() if c.label(lang) == label) for label in doubled}

            if slug == "region":
                assert [key for key, count in named.items() if count > 1] == []
            else:
                assert pairs <= SAME_NAME_IN_THE_STANDARD

    def test_no_other_name_means_two_concepts_except_places(self, lists, slug):
        if slug == "region":
            return
        names: dict[str, set[str]] = {}
        for notation, concept in lists[slug].concepts.items():
            others = (name for each in concept.alt_labels.values() for name in each)
            for name in (*others, *concept.labels.values()):
                names.setdefault(name.casefold(), set()).add(notation)

        assert {tuple(sorted(n, reverse=True)) for n in names.values() if len(n) > 1} <= SAME_NAME_IN_THE_STANDARD


def test_the_products_are_sorted_into_nine_classes_with_fifty_four_subclasses_each_defined_and_with_other_names(lists):
    scheme = lists["service-category"]
    leaves = [notation for notation in scheme.concepts if scheme.is_leaf(notation)]

    assert len(scheme.top) == 9
    assert len(leaves) == 54
    for concept in scheme.concepts.values():
        assert concept.definitions["zh"].endswith("。")
        assert concept.definitions["en"].endswith(".")
        assert concept.alt_labels["zh"]
        assert concept.source


def test_guangxi_has_fourteen_cities_and_a_hundred_and_eleven_counties(lists):
    region = lists["region"]
    cities = region.concepts["450000"].narrower

    assert len(cities) == 14
    assert sum(len(region.concepts[city].narrower) for city in cities) == 111


def test_the_whole_country_is_above_all_provinces(lists):
    region = lists["region"]

    assert region.top == ("000000",)
    assert len(region.concepts["000000"].narrower) == 34
    assert region.ancestors("450102") == ("450100", "450000", "000000")


def test_prefectures_are_three_hundred_and_thirty_three(lists):
    codes = lists["region"].concepts

    assert sum(code.endswith("00") and not code.endswith("0000") for code in codes) == 333


def test_every_region_is_a_location(lists):
    location = expand("dct:Location")

    assert all(location in concept.types for concept in lists["region"].concepts.values())


def test_regions_lie_under_the_region_of_their_codes_beginning(lists):
    region = lists["region"]
    for notation, concept in region.concepts.items():
        if concept.broader not in (None, "000000"):
            assert notation.startswith(concept.broader.rstrip("0").ljust(2, "0"))


def test_places_renamed_or_merged_away_are_not_listed(lists):
    assert not {"110103", "450127", "450122"} & set(lists["region"].concepts)


def test_industry_has_twenty_sections_and_ninety_seven_divisions(lists):
    scheme = lists["industry"]
    divisions = [n for n in scheme.concepts if len(n) == 2]

    assert len(scheme.top) == 20
    assert len(divisions) == 97
    assert {len(scheme.ancestors(n)) for n in divisions} == {1}
    assert scheme.ancestors("7431") == ("743", "74", "M")
    assert scheme.ancestors("7310") == ("73", "M")


def test_the_statistical_classification_has_seven_divisions_and_twenty_four_groups(lists):
    scheme = lists["stat-class-2018"]

    assert (len(scheme.top), len(scheme.concepts) - len(scheme.top)) == (7, 24)


def test_subjects_have_five_categories_and_sixty_two_first_level_subjects(lists):
    scheme = lists["subject"]

    assert (len(scheme.top), len(scheme.concepts) - len(scheme.top)) == (5, 62)


def test_currencies_are_iso_codes_and_begin_with_our_own(lists):
    codes = list(lists["currency"].concepts)

    assert codes[0] == "CNY"
    assert all(len(code) == 3 and code.isupper() for code in codes)
    assert {"USD", "EUR", "VND", "HKD"} <= set(codes)
    assert "DEM" not in codes


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_mappings_speak_of_concepts_that_exist(lists, path):
    for subject, _, target in triples(path):
        assert lists.concept(subject) is not None, subject
        if target.startswith(f"<{CODE_LISTS}"):
            assert lists.concept(target) is not None, target


def test_every_class_of_products_is_mapped_to_the_statistics_and_to_the_key_fields(lists):
    scheme = lists["service-category"]
    for notation in scheme.top:
        targets = [iri for _, iri in scheme.concepts[notation].matches]
        assert any("/stat-class-2018/" in iri for iri in targets)
        assert any("/key-field/" in iri for iri in targets)


def test_every_record_status_is_mapped_to_adms(lists):
    for concept in lists["record-status"].concepts.values():
        assert [iri.rpartition("/")[0] for _, iri in concept.matches] == ["http://purl.org/adms/status"]


def test_generated_lists_are_as_their_generator_makes_them():
    tool = folder("vocab").parent / "tools" / "make_vocab.py"
    done = subprocess.run([sys.executable, str(tool), "--check"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
