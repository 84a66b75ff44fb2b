from __future__ import annotations

import math

import pytest

from indexer.analysis import Analyser
from indexer.engines.memory import MemoryEngine, kept_length
from indexer.query import Phrase, Search, Token
from indexer.result import rounded
from indexer.schema import Document, IndexSchema, TextField

SCHEMA = IndexSchema((TextField("title"),), (), ())


def test_lengths_are_kept_as_lucene_keeps_them() -> None:
    # Values of Lucene's SmallFloat.byte4ToInt around the places where a byte stops being exact.
    table = {
        0: 0,
        23: 23,
        39: 39,
        40: 40,
        41: 40,
        42: 42,
        43: 42,
        55: 54,
        56: 56,
        57: 56,
        59: 56,
        60: 60,
        88: 88,
        95: 88,
    }

    assert {length: kept_length(length) for length in table} == table


def test_kept_lengths_rise_and_never_exceed_the_true_one() -> None:
    kept = [kept_length(length) for length in range(5000)]

    assert kept == sorted(kept)
    assert all(short <= length for length, short in enumerate(kept))


def test_bm25_is_the_formula_with_sentinel_and_watermark_counted() -> None:
    engine = MemoryEngine(SCHEMA, Analyser())
    engine.write([Document("a", "k", 1, {"title": "patent patent"}), Document("b", "k", 2, {"title": "search"})], 2)

    (hit,) = engine.search(Search(Token("title", "words", "patent", 2.0))).hits

    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    norm = 1.2 * (0.25 + 0.75 * 3 / ((3 + 2 + 1) / 3))
    assert hit.score == rounded(2.0 * idf * 2 / (2 + norm))


@pytest.mark.parametrize(("tokens", "found"), [(("专利", "利检"), 1), (("利检", "专利"), 0), (("专利", "检索"), 0)])
def test_a_phrase_is_found_where_its_tokens_follow_one_another(tokens: tuple[str, ...], found: int) -> None:
    engine = MemoryEngine(SCHEMA, Analyser())
    engine.write([Document("a", "k", 1, {"title": "专利检索"})], 1)

    assert engine.search(Search(Phrase("title", "bigrams", tokens))).total == found
