"""The spool: what is kept of a candidate comes back as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from catalog_service.model.record import Record
from catalog_service.model.report import Finding, Place
from catalog_service.normalise import Reference
from catalog_service.operations.spool import Candidate, Spool, with_iri

if TYPE_CHECKING:
    from pathlib import Path

NODE = "<http://e.example/r>"
LINE = Place("a.ttl", line=7)
CELL = Place("a.xlsx", "页", 3, "AB")
PLAIN = Candidate(
    Record("http://e.example/r", "k", {NODE: {"<p:p>": ['"检索"@zh', '"\\n"']}}), LINE, places={}, number=1
)
SAYING = replace(
    PLAIN,
    place=CELL,
    identifier="X-0001",
    findings=(Finding("c", {"en": "x", "zh": "甲"}, place=CELL),),
    references=(
        Reference("provider", NODE, "<p:q>", '"名"', "名", CELL),
        Reference("provider", NODE, "<p:q>", '"x"', "x", LINE),
    ),
    places={(NODE, "<p:p>"): CELL},
    minted=True,
)


@pytest.mark.parametrize("candidate", [PLAIN, SAYING])
def test_a_candidate_comes_back_as_it_was(tmp_path: Path, candidate: Candidate) -> None:
    with Spool(tmp_path / "s.sqlite", {}) as spool:
        assert spool.add(candidate) is None

        assert list(spool.chunks("k", 10)) == [[candidate]]
        assert spool.add(replace(candidate, identifier="X-0002")) == candidate


def test_a_new_state_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    with Spool(tmp_path / "s.sqlite", {}) as spool:
        spool.add(PLAIN)
        [[kept]] = spool.chunks("k", 10)
        moved = replace(kept, record=Record("http://e.example/2", "k", {}), identifier="X-0003", minted=True)

        assert spool.put_back([moved]) == []
        assert list(spool.chunks("k", 10)) == [[moved]]
        assert spool.find("x-0003") == [("k", "http://e.example/2")]


def test_a_renamed_candidate_keeps_its_name_and_its_places(tmp_path: Path) -> None:
    inner = "<http://e.example/r#offer-1>"
    named = replace(PLAIN, places={(NODE, "<p:p>"): CELL, (inner, "<p:q>"): CELL})
    with Spool(tmp_path / "s.sqlite", {"k": ("<p:p>",)}) as spool:
        spool.add(named)
        assert spool.find_name("检索") == [("k", "http://e.example/r")]
        [[kept]] = spool.chunks("k", 10)

        spool.put_back([with_iri(with_iri(kept, "http://e.example/1"), "http://e.example/2")])

        [[moved]] = spool.chunks("k", 10)
        assert spool.find_name("检索") == [("k", "http://e.example/2")]
        assert moved.places == {
            ("<http://e.example/2>", "<p:p>"): CELL,
            ("<http://e.example/2#offer-1>", "<p:q>"): CELL,
        }
        spool.remove(moved)
        assert spool.find_name("检索") == []
