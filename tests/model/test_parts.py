from __future__ import annotations

from catalog_service.model.parts import HEADING, complete

COMMON = """\
@prefix stsh: <https://w3id.org/stsp/shapes#> .
@prefix x: <urn:x> .

stsh:a a x:Shape ;
  x:uses stsh:b .

stsh:b a x:Shape .

stsh:c a x:Shape .
"""
OWN = """\
@prefix stsh: <https://w3id.org/stsp/shapes#> .

stsh:kind stsh:has stsh:a .
"""


def test_parts_named_directly_and_by_parts_are_added() -> None:
    whole = complete(OWN, COMMON)

    assert HEADING in whole
    assert "stsh:a a x:Shape" in whole
    assert "stsh:b a x:Shape" in whole
    assert "stsh:c" not in whole
    assert "@prefix x: <urn:x> ." in whole


def test_completing_twice_changes_nothing() -> None:
    whole = complete(OWN, COMMON)

    assert complete(whole, COMMON) == whole


def test_a_part_of_the_same_name_in_the_kind_s_own_file_is_kept() -> None:
    own = OWN + "\nstsh:a a stsh:other .\n"

    assert complete(own, COMMON) == own


def test_parts_that_are_named_no_more_go_away() -> None:
    whole = complete(OWN, COMMON)

    assert "stsh:b" not in complete(whole.replace("stsh:has stsh:a", "stsh:has 1"), COMMON)
