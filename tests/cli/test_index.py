"""The index as commands show it, make it anew and take another engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.running import run, said, told

if TYPE_CHECKING:
    from pathlib import Path


def test_the_index_tells_its_state_is_checked_and_made_anew(home: Path) -> None:
    state = told(home, "index", "status")

    assert (state["engine"], state["lag"], state["refused"]) == ("embedded", 0, {})
    assert "0 behind" in said(run(home, "index", "status"))
    assert "agree" in said(run(home, "index", "check"))
    assert told(home, "index", "check") == {"missing": [], "stale": [], "extra": []}
    assert str(state["last"]) in said(run(home, "index", "rebuild"))
    assert "agree" in said(run(home, "index", "check"))


def test_another_engine_is_used(home: Path) -> None:
    assert "memory" in said(run(home, "index", "use", "memory"))
    assert told(home, "search", "专利")["total"] == 3
    said(run(home, "index", "use", "embedded"))
    assert told(home, "index", "status")["engine"] == "embedded"
