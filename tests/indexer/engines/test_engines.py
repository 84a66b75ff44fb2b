from __future__ import annotations

import subprocess
import sys

import pytest

from indexer.analysis import Analyser
from indexer.engines import ENGINES, open_engine
from indexer.errors import UnknownEngine
from indexer.schema import IndexSchema


def test_an_unknown_engine_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownEngine) as caught:
        open_engine("lucene", IndexSchema((), (), ()), Analyser())

    assert caught.value.known == tuple(sorted(ENGINES))
    assert "embedded" in str(caught.value)


@pytest.mark.parametrize("library", ["tantivy", "elasticsearch", "rjieba", "opencc", "pypinyin"])
def test_no_library_is_imported_before_it_is_used(library: str) -> None:
    code = f"import indexer.engines, indexer.grammar, indexer.analysis, sys; sys.exit({library!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
