"""Ctrl-C while the index is written: the command says so and ends with 130, and what it left is made whole."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from catalog_service.operations.reindex import compare, rebuild
from catalog_service.operations.search import SearchRequest, search
from tests.catalogues import BASE, make_catalogue
from tests.operations.stories import agency, contents, load_json, made_anew, product, run_python

if TYPE_CHECKING:
    from pathlib import Path

PRODUCTS = 60

COMMAND = """
import sys
from catalog_service.cli import kebao
from catalog_service.operations import writing
writing.CHUNK = 5
whole = writing.Maker.changes
def changes(self, entries):
    made = whole(self, entries)
    print("indexed", flush=True)
    return made
writing.Maker.changes = changes
kebao(["--home", *sys.argv[1:]])
"""


@pytest.mark.parametrize("command", ["load", "rebuild"])
def test_ctrl_c_while_indexing_ends_with_130_and_the_index_becomes_whole(tmp_path: Path, command: str) -> None:
    home, file = tmp_path / "home", tmp_path / "records.json"
    catalogue = make_catalogue(home, search__engine="embedded")
    load_json(catalogue, agency(), *(product(n) for n in range(PRODUCTS)))
    catalogue.close()
    (home / "kebao.toml").write_text(f'[catalogue]\niri_base = "{BASE}"\n', encoding="utf-8")
    file.write_text(json.dumps([product(n, title={"zh": f"商标检索 {n}"}) for n in range(PRODUCTS)]), encoding="utf-8")
    words = ("load", str(file), "--publish") if command == "load" else ("index", "rebuild")

    child = run_python(COMMAND, home, *words)
    assert child.stdout
    assert child.stdout.readline() == "indexed\n"
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=120)

    assert child.returncode == 130, err
    assert "Traceback" not in err
    assert "Stopped." in err
    assert out.count("indexed") < PRODUCTS / 5, "it went on to the end"
    again = make_catalogue(home, search__engine="embedded")
    assert search(again, SearchRequest()).total == PRODUCTS
    again.index.bring_to(again.store.last_seq())
    assert contents(again.index.engine) == made_anew(again)
    if command == "rebuild":
        rebuild(again)
    assert compare(again) == {"missing": [], "stale": [], "extra": []}
    again.close()
