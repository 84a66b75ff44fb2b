from __future__ import annotations

import ast
from pathlib import Path

import catalog_service.store
from catalog_service.i18n import translations
from catalog_service.store.publishing import _IMPOSSIBLE

ERRORS = {"Conflict", "NotFound", "InputError", "StoreFull", "EnvironmentProblem"}


def sentences():
    """Yield every sentence and every advice that the store's errors are made with."""
    yield from _IMPOSSIBLE.values()
    for path in Path(catalog_service.store.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                advice = [keyword.value for keyword in node.keywords if keyword.arg == "advice"]
                yield from (each.value for each in (*node.args, *advice) if isinstance(each, ast.Constant))


def test_every_error_of_the_store_is_said_in_chinese():
    chinese = translations("zh", "errors")

    said = set(sentences())

    assert len(said) > 20
    assert sorted(sentence for sentence in said if chinese.gettext(sentence) == sentence) == []
