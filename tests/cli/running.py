"""Running commands in this process, and what they answered."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from catalog_service.cli import kebao

if TYPE_CHECKING:
    from pathlib import Path

CHINESE = re.compile("[\u4e00-\u9fff]")
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])


def run(home: Path, *words: str, lang: str = "en") -> Result:
    """Run a command in this process; no exception of ours or anybody's may come out."""
    result = CliRunner().invoke(kebao, ["--home", str(home), "--lang", lang, *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def said(result: Result, code: int = 0) -> str:
    assert result.exit_code == code, result.output
    return result.output


def told(home: Path, *words: str) -> Any:
    """Run a command that prints JSON and return it."""
    return json.loads(said(run(home, *words, "--json")))
