"""A home with a few records, for tests of commands."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import run, said
from tests.operations.stories import agency, product

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings come from the home alone."""
    for name in list(os.environ):
        if name.startswith("KEBAO_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with an agency, three products and a draft."""
    folder = tmp_path_factory.mktemp("cli")
    records = [agency(), *(product(n) for n in range(1, 4))]
    (folder / "records.json").write_text(json.dumps(records), encoding="utf-8")
    (folder / "draft.json").write_text(json.dumps(product(9)), encoding="utf-8")
    home = folder / "home"
    assert "4 new" in said(run(home, "load", "--publish", str(folder / "records.json")))
    said(run(home, "load", str(folder / "draft.json")))
    return home


@pytest.fixture
def spoiled(tmp_path: Path) -> Path:
    """A file with a good record and one with a mistake."""
    records = [product(11), product(12, category=["9999"])]
    path = tmp_path / "spoiled.json"
    path.write_text(json.dumps([agency(), *records]), encoding="utf-8")
    return path
