"""Small histories for tests of loading and following: an agency or two, their products, whatever befalls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog_service.validation.catalogue import check_character
from indexer.engines import open_engine
from indexer.query import All, FacetRequest, Search, Sort
from tests.catalogues import load_text

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.load import LoadResult
    from indexer.engine import Engine

ROOT = Path(__file__).parents[2]


def agency(number: int = 1, region: str = "450300", **changes: Any) -> dict[str, Any]:
    """Return an agency, of Guilin unless another place is given, as plain JSON."""
    code = f"91450300MA5KTE{number:03d}"
    return {
        "kind": "service-agency",
        "name": {"zh": f"漓江第 {number} 知识产权（测试）"},
        "uscc": code + check_character(code),
        "agencyClass": "05",
        "serviceField": ["0504"],
        "legalForm": "110",
        "address": [{"region": region, "street": {"zh": f"七星区测试路 {number} 号"}}],
        "telephone": "0773-5550123",
        "spatial": region,
    } | changes


def product(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a product of the first agency as plain JSON."""
    return {
        "kind": "service-product",
        "identifier": f"TEST-{number:04d}",
        "title": {"zh": f"专利检索与分析第 {number} 号"},
        "description": f"检索国内外专利文献，判断技术方案的新颖性，出具第 {number} 份报告。",
        "process": "提交材料，检索，出具报告。",
        "category": ["0504"],
        "provider": [agency()["name"]["zh"]],
        "offer": [{"pricingMode": "fixed", "price": 1000 + number}],
    } | changes


def load_json(catalogue: Catalogue, *records: dict[str, Any], **options: Any) -> LoadResult:
    """Load records, all of them good, as one JSON file."""
    result = load_text(catalogue, json.dumps(list(records), ensure_ascii=False), "records.json", **options)
    assert not result.refused, [each.message["en"] for each in result.findings]
    return result


def contents(engine: Engine) -> dict[str, Any]:
    """Return all that can be asked of an index: hits in every order, counts of every field."""
    engine.refresh()
    keywords = tuple(FacetRequest(name, name) for name in ("kind", *engine.schema.keywords))
    found = engine.search(Search(All(), facets=keywords, size=10_000))
    orders = {
        name: [hit.key for hit in engine.search(Search(All(), sort=Sort(name), size=10_000)).hits]
        for name in engine.schema.numbers
    }
    return {
        "hits": {hit.id: (hit.kind, hit.seq, hit.stored) for hit in found.hits},
        "counts": {name: dict(values) for name, values in found.facets.items()},
        "orders": orders,
        "entries": list(engine.entries()),
    }


def made_anew(catalogue: Catalogue) -> dict[str, Any]:
    """Return the contents of an index that followed the whole log at once."""
    index = catalogue.index
    engine = open_engine("memory", index.schema, index.analyser)
    index.fill(engine)
    return contents(engine)


_HEEDING_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""Who runs tests in the background of a shell has Ctrl-C ignored, and so would everything they start."""


def run_python(script: str, home: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start a Python script that finds the project and is given a home."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KEBAO_")}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "KEBAO_LANG": "en"}
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    command = [sys.executable, "-c", _HEEDING_CTRL_C + script, str(home), *arguments]
    return subprocess.Popen(command, env=environment, text=True, **options)
