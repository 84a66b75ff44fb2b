"""The search engines' table is made, rival included; what it says of speed is no matter here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_ours_and_the_rival_are_measured_on_the_same_documents() -> None:
    command = [sys.executable, "-m", "benchmarks.bench_search_engine", "--documents", "300"]

    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "embedded" in done.stdout
    assert "sqlite fts5" in done.stdout
