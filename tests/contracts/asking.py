"""What the contract suites of the search engines share: a schema, small documents, short ways to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer import grammar
from indexer.query import (
    All,
    Search,
    Sort,
)
from indexer.schema import Deletion, Document, IndexSchema, TextField

if TYPE_CHECKING:
    from indexer.engine import Engine
    from indexer.query import Clause
    from indexer.result import Hit

SCHEMA = IndexSchema(
    texts=(TextField("description", 1.0), TextField("offer.description", 1.0), TextField("title", 3.0, pinyin=True)),
    keywords=("area", "area.cover", "area.within", "category", "mode"),
    numbers=("newest", "price.max", "price.min"),
)
BY_PRICE = Sort("price.min", descending=False)
BY_PRICE_DOWN = Sort("price.min", descending=True)


def document(id_: str, title: str = "专利检索", *, seq: int = 1, kind: str = "product", **more: Any) -> Document:
    numbers = {name: more.pop(name) for name in ("price", "newest") if name in more}
    keywords = {name: tuple(values.split()) for name, values in more.items() if name in SCHEMA.keywords}
    return Document(
        id_,
        kind,
        seq,
        texts={"title": title, "description": more.get("description", "")},
        keywords=keywords,
        numbers={"price.min" if name == "price" else name: number for name, number in numbers.items()},
        stored={"title": title},
        hash=f"hash of {id_} {seq}",
    )


def written(engine: Engine, *changes: Document | Deletion, position: int = 1) -> Engine:
    assert engine.write(changes, position) == []
    engine.refresh()
    return engine


def ids(engine: Engine, clause: Clause | None = None, **options: Any) -> list[str]:
    return [hit.id for hit in engine.search(Search(clause or All(), **options)).hits]


def asked(engine: Engine, text: str, analyser: Any, **options: Any) -> list[str]:
    return ids(engine, grammar.parse(text, SCHEMA.texts, analyser).clause, **options)


def pages(engine: Engine, clause: Clause, sort: Sort, size: int) -> list[Hit]:
    """Return all hits, page by page, each page begun at the key of the last hit seen."""
    hits: list[Hit] = []
    more = True
    while more:
        result = engine.search(Search(clause, sort=sort, size=size, after=hits[-1].key if hits else None))
        assert len(result.hits) == size or not result.more
        hits += result.hits
        more = result.more
    return hits
