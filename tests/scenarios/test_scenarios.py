"""How searching behaves in Chinese, told in YAML: every scenario holds in every engine.

A file has documents, written at once or, with ``one_by_one``, one after another in the order given, and searches with
the ids they give, in order.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from indexer import grammar
from indexer.query import Count, FacetRequest, Keyword, Or, Range, Search, Sort
from indexer.schema import Deletion, Document, IndexSchema, TextField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.analysis import Analyser
    from indexer.engine import Engine
    from indexer.query import Clause
    from indexer.result import SearchResult
    from tests.engines import Place

SCHEMA = IndexSchema(
    texts=(TextField("title", 3.0, pinyin=True), TextField("description", 1.0)),
    keywords=("category", "cover", "mode", "within"),
    numbers=("newest", "price"),
)
SORTS = {"relevance": Sort(), "newest": Sort("newest"), "price": Sort("price", descending=False)}
SCENARIOS = sorted(Path(__file__).parent.glob("*.yaml"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(scenario: Path, place: Place) -> None:
    told = yaml.safe_load(scenario.read_text())
    engine = place.open(SCHEMA)
    changes = [change(row, row.get("seq", seq)) for seq, row in enumerate(told["documents"], 1)]
    for batch in [[each] for each in changes] if told.get("one_by_one") else [changes]:
        engine.write(batch, len(changes))
    engine.refresh()

    for asked in told["searches"]:
        assert (asked["says"], answer(engine, asked, place.analyser)) == (asked["says"], expected(asked))


def change(row: Mapping[str, Any], seq: int) -> Document | Deletion:
    """Return what a row of ``documents`` says."""
    if row.get("deleted"):
        return Deletion(row["id"], seq)
    return Document(
        row["id"],
        row.get("kind", "product"),
        seq,
        texts={text.name: row[text.name] for text in SCHEMA.texts if text.name in row},
        keywords={name: tuple(row[name]) for name in SCHEMA.keywords if name in row},
        numbers={name: row[name] for name in SCHEMA.numbers if name in row},
    )


def expected(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a search is to give; facets with their values in order."""
    facets = {name: list(values.items()) for name, values in asked.get("facets", {}).items()}
    told = {"ids": asked["ids"], "facets": facets, "counts": asked.get("counted", {})}
    return told | {"relaxed": asked["relaxed"]} if "relaxed" in asked else told


def answer(engine: Engine, asked: Mapping[str, Any], analyser: Analyser) -> dict[str, Any]:
    """Search, and return what `expected` speaks of."""
    parsed = grammar.parse(asked.get("q", ""), SCHEMA.texts, analyser)
    result = run(engine, asked, parsed.clause)
    given = {
        "ids": [hit.id for hit in result.hits],
        "facets": {name: list(values.items()) for name, values in result.facets.items()},
        "counts": dict(result.counts),
    }
    if "relaxed" in asked:
        weaker = (run(engine, asked, each.clause) for each, _ in grammar.relaxed(parsed, SCHEMA.texts, analyser))
        found = next((each for each in weaker if each.total), None)
        given["relaxed"] = [hit.id for hit in found.hits] if found else []
    return given


def run(engine: Engine, asked: Mapping[str, Any], clause: Clause) -> SearchResult:
    """Search one clause under the conditions of a search of the scenario."""
    filters = [(name, condition(name, values)) for name, values in asked.get("filter", {}).items()]
    if "any" in asked:
        filters.append(("any", Or(tuple(Keyword(name, tuple(codes)) for name, codes in asked["any"].items()))))
    sort, after = SORTS[asked.get("sort", "relevance")], None
    if skip := asked.get("skip"):
        after = engine.search(Search(clause, tuple(filters), sort=sort, size=skip)).hits[-1].key
    return engine.search(
        Search(
            clause,
            tuple(filters),
            facets=tuple(FacetRequest(name, name, leave_out=name) for name in asked.get("facets", ())),
            counts=tuple(Count(name, Range("price", *bounds)) for name, bounds in asked.get("counts", {}).items()),
            sort=sort,
            size=asked.get("size", 20),
            after=after,
        )
    )


def condition(name: str, values: list[Any]) -> Clause:
    """Return a filter: bounds for a number, values for a keyword."""
    return Range(name, *values) if name in SCHEMA.numbers else Keyword(name, tuple(values))
