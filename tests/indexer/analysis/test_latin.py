from __future__ import annotations

import pytest

from indexer.analysis.latin import LATIN, MAX_TOKEN, stem


@pytest.mark.parametrize(
    ("one", "many"),
    [("service", "services"), ("study", "studies"), ("box", "boxes"), ("patent", "patents"), ("process", "processes")],
)
def test_one_and_many_have_the_same_stem(one: str, many: str) -> None:
    assert stem(one) == stem(many)


@pytest.mark.parametrize("word", ["5g", "gps", "iso", "bus", "analysis", "class", "été"])
def test_what_is_no_plural_stays(word: str) -> None:
    assert stem(word) == word


def test_a_stem_is_never_too_long() -> None:
    assert len(stem("x" * 500)) == MAX_TOKEN


def test_latin_runs_end_where_chinese_begins() -> None:
    assert LATIN.findall("pct国际 5g基站") == ["pct", "5g"]
