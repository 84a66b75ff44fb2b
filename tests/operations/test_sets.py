"""The sets a record is in: the most specific ones, of its own concepts and of those of its provider."""

from __future__ import annotations

from catalog_service.model.record import Record
from catalog_service.namespaces import term
from catalog_service.operations.sets import SetNames, sets_of
from catalog_service.registry import profile

LISTS = "https://w3id.org/stsp/cl/"
PRODUCT, AGENCY = "https://e.example/p", "https://e.example/a"


def concept(code: str) -> str:
    return f"<{LISTS}{code}>"


def test_a_record_is_in_the_sets_of_its_concepts_and_of_its_provider() -> None:
    known = profile()
    agency = Record(AGENCY, "service-agency", {f"<{AGENCY}>": {term("dct:spatial"): [concept("region/450300")]}})
    own = {
        term("dcat:theme"): [concept("service-category/04"), concept("service-category/0405")],
        term("schema:provider"): [f"<{AGENCY}>", "<https://e.example/unknown>"],
    }
    record = Record(PRODUCT, "service-product", {f"<{PRODUCT}>": own})
    linked = {AGENCY: ("KB-0000001", agency)}

    sets = sets_of(record, known.kinds["service-product"], SetNames(known.vocabularies), linked.get)

    assert sets == ("cat:04:0405", "kind:service-product", "org:KB-0000001", "region:450000:450300")


def test_a_concept_of_no_list_makes_no_set() -> None:
    names = SetNames(profile().vocabularies)

    assert names.name("cat", "service-category", concept("service-category/9999")) == ""
    assert names.name("cat", "service-category", concept("region/450300")) == ""


def test_the_whole_country_makes_no_set_as_all_regions_would_be_in_it() -> None:
    names = SetNames(profile().vocabularies)

    assert names.name("region", "region", concept("region/000000")) == ""
