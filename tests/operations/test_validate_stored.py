"""Checking what is published: against the profile in force, and against one that is to come."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from catalog_service.errors import InputError, UnknownName
from catalog_service.i18n import explain
from catalog_service.operations.validate import as_turtle, check_stored_records, other_profile
from catalog_service.resources import folder
from tests.catalogues import load_products, make_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.registry import Profile


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path_factory.mktemp("stored") / "home")
    load_products(made, 300)
    yield made
    made.close()


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A coming release in which titles must end with one of five digits; the bench's end with their number."""
    place = tmp_path / "release"
    shutil.copytree(folder("shapes"), place / "shapes")
    shutil.copytree(folder("vocab"), place / "vocab")
    path = place / "shapes" / "service-product.ttl"
    text = path.read_text(encoding="utf-8")
    start = text.index("sh:path dct:title ;")
    path.write_text(
        text[:start] + text[start:].replace("sh:path dct:title ;", "sh:path dct:title ; sh:pattern '[0-4]$' ;", 1)
    )
    return place


def test_what_is_published_passes_the_profile_it_was_published_by(catalogue: Catalogue) -> None:
    counts: dict[str, int] = {}

    def progress(stage: str, count: int) -> None:
        counts[stage] = counts.get(stage, 0) + count

    checked = check_stored_records(catalogue, progress=progress)

    assert (checked.records, checked.conforms, checked.failing, checked.failing_before) == (303, True, 0, 0)
    assert counts == {"checked": 303, "refused": 0}


def test_a_coming_release_lists_what_it_would_newly_refuse(catalogue: Catalogue, release: Path) -> None:
    checked = check_stored_records(catalogue, profile=other_profile(release))

    assert not checked.conforms
    assert (checked.failing, checked.failing_before) == (150, 0)
    assert len({finding.record for finding in checked.findings}) == 150
    assert {finding.constraint.rpartition("#")[2] for finding in checked.findings} == {"PatternConstraintComponent"}
    assert all(finding.message["zh"] != finding.message["en"] for finding in checked.findings)
    assert checked.by_record()[0].title
    assert as_turtle(checked).count("sh:resultSeverity") >= 150


def test_a_folder_of_shapes_alone_is_a_profile_too(catalogue: Catalogue, release: Path) -> None:
    assert check_stored_records(catalogue, profile=other_profile(release / "shapes")).failing == 150


def test_what_fails_today_already_is_not_new(catalogue: Catalogue, release: Path) -> None:
    """Records that were stored under laxer shapes: here, by asking for those of a stricter profile as in force."""
    strict = make_catalogue(catalogue.home)
    strict.profile = other_profile(release)

    checked = check_stored_records(strict, profile=other_profile(release))

    assert (checked.failing, checked.failing_before, checked.conforms) == (0, 150, True)
    assert check_stored_records(strict).failing == 150
    strict.close()


def test_a_kind_that_is_given_up_is_told(catalogue: Catalogue, release: Path) -> None:
    manifest = release / "shapes" / "manifest.ttl"
    lines = [line for line in manifest.read_text(encoding="utf-8").split("\n") if "service-agency" not in line]
    manifest.write_text("\n".join(lines), encoding="utf-8")

    checked = check_stored_records(catalogue, profile=other_profile(release))

    assert [each.code for each in checked.findings].count("no-kind") == 3


def test_one_kind_can_be_asked_for(catalogue: Catalogue) -> None:
    assert check_stored_records(catalogue, kind="service-agency").records == 3
    with pytest.raises(UnknownName):
        check_stored_records(catalogue, kind="service-agencies")


def changed(release: Path, addition: str) -> Profile:
    """Return a coming release with a statement about the shape of agencies."""
    path = release / "shapes" / "service-agency.ttl"
    text = path.read_text("utf-8")
    at = text.index("stsh:service-agency a sh:NodeShape")
    path.write_text(f"{text[:at]}{addition}\n{text[at:]}", encoding="utf-8")
    return other_profile(release)


@pytest.mark.parametrize(
    ("addition", "reason"),
    [
        ("stsh:service-agency sh:node stsh:service-agency .", "recursive shapes"),
        ("stsh:service-agency sh:property [ sh:path ( foaf:name ) ; sh:minCount 1 ] .", "fewer than two members"),
        ('stsh:service-agency sh:property [ sh:path foaf:name ; sh:pattern "(a|b{0,900}){0,900}" ] .', "2000 states"),
    ],
    ids=["cyclic", "malformed path", "regex bomb"],
)
def test_shapes_that_cannot_be_compiled_are_told(
    catalogue: Catalogue, release: Path, addition: str, reason: str
) -> None:
    with pytest.raises(InputError) as caught:
        check_stored_records(catalogue, profile=changed(release, addition))

    assert reason in explain(caught.value, "zh")[0]


def test_an_unknown_term_of_a_coming_release_is_a_warning(catalogue: Catalogue, release: Path) -> None:
    profile = changed(release, "stsh:service-agency sh:property [ sh:path foaf:name ; sh:minCuont 1 ] .")

    first = check_stored_records(catalogue, kind="service-agency", profile=profile).findings[0]

    assert (first.code, first.severity) == ("shapes", "warning")
    assert "minCuont" in first.message["en"]


NAMELESS = """
stsh:service-agency sh:sparql [ sh:message "{$this} has no name"@en , "{$this} 没有名称"@zh ;
  sh:select "SELECT $this WHERE { $this a ?any . FILTER NOT EXISTS { $this <https://e.example/name> ?name } }" ] .
"""


def test_a_shape_that_pyshacl_runs_is_named_and_speaks_both_languages(catalogue: Catalogue, release: Path) -> None:
    checked = check_stored_records(catalogue, kind="service-agency", profile=changed(release, NAMELESS))

    first, *errors = checked.findings
    assert (first.code, first.severity) == ("shapes", "warning")
    assert "service-agency is run by pySHACL" in first.message["en"]
    assert checked.failing == 3
    assert {each.suggestion["zh"][-5:] for each in errors} == {" 没有名称"}


def test_a_query_that_cannot_be_run_is_told(catalogue: Catalogue, release: Path) -> None:
    profile = changed(release, 'stsh:service-agency sh:sparql [ sh:select "SELECT $this WHERE {" ] .')

    with pytest.raises(InputError, match="cannot be used"):
        check_stored_records(catalogue, kind="service-agency", profile=profile)
