"""Spans as keywords: two have one in common exactly if they overlap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from catalog_service.model.amounts import ANY, HIGHEST, blocks, keywords_of, overlapping

amounts = st.one_of(st.integers(0, 12), st.integers(95, 1_105), st.integers(0, HIGHEST), st.just(HIGHEST))
spans = st.tuples(amounts, amounts).map(sorted).map(lambda ends: (ends[0], ends[1]))


@given(st.lists(spans, min_size=1, max_size=4), spans)
def test_keywords_are_shared_exactly_by_spans_that_overlap(some: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    low, high = asked

    shared = set(keywords_of(some)) & set(overlapping(low, high))

    assert bool(shared) == any(first <= high and low <= last for first, last in some)


@given(spans)
def test_blocks_stand_one_behind_another_and_fill_the_span(span: tuple[int, int]) -> None:
    at = span[0]
    for block in blocks(*span):
        assert int(block.ljust(11, "0")) == at
        at = int(block.ljust(11, "9")) + 1

    assert at == span[1] + 1


def test_a_document_has_few_keywords_and_one_that_tells_it_has_some() -> None:
    assert len(keywords_of([(0, 0)])) == 12
    assert len(keywords_of([(100_000, 500_000)])) == 17
    assert len(overlapping(100_000, 500_000)) == 16
    assert len(keywords_of((n * 1_987_654_321, (n + 1) * 1_987_654_321 - 2) for n in range(50))) < 7_000
    assert ANY in keywords_of([(5, 7)])
    assert ANY not in overlapping(0, HIGHEST)


def test_amounts_beyond_the_ends_count_as_these() -> None:
    assert keywords_of([(-5, 10**30)]) == keywords_of([(0, HIGHEST)])
    assert keywords_of([(10**30, 10**30)]) == keywords_of([(HIGHEST, HIGHEST)])
