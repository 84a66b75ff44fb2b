"""What the tree promises: no kind in Python, no file nobody can hold in mind."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
CODE = [path for top in ("catalog_service", "indexer") for path in sorted((ROOT / top).rglob("*.py"))]
KINDS = re.compile(
    r"service-(product|agency|professional|demand|review)|\bService(Product|Agency|Professional|Demand|Review)\b"
)
LONGEST = 400


def code_of(path: Path) -> str:
    """Return a file without its docstrings and comments, where kinds may stand as examples."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r'""".*?"""|#.*', "", text, flags=re.DOTALL)


def test_no_python_names_a_kind() -> None:
    named = [str(path.relative_to(ROOT)) for path in CODE if KINDS.search(code_of(path))]

    assert named == []


def test_no_file_is_longer_than_one_can_hold_in_mind() -> None:
    long = {
        str(path.relative_to(ROOT)): lines for path in CODE if (lines := len(path.read_text().splitlines())) > LONGEST
    }

    assert long == {}


def test_nothing_is_left_to_do() -> None:
    left = [str(path.relative_to(ROOT)) for path in CODE if re.search(r"\b(TODO|FIXME|XXX)\b", path.read_text())]

    assert left == []
