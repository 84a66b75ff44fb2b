"""Every word a page says is in both catalogues, and no template holds bare text."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

import catalog_service
from catalog_service.web.site import TEMPLATES

PACKAGE = Path(catalog_service.__file__).parent
PO = PACKAGE / "locales" / "zh_Hans" / "LC_MESSAGES" / "web.po"
OURS = [
    *sorted((PACKAGE / "web").rglob("*.py")),
    *(PACKAGE / "operations" / f"{name}.py" for name in ("wording", "present", "disseminate", "facets")),
]
NO_WORDS = {"IRI", "JSON Schema", "SHACL", "OpenAPI 3.1", "404", "410", "500", "–", "×", "%", "…", "GET"}
"""What is the same in every language."""


def _template_messages() -> set[tuple[str, str]]:
    found = set()
    environment = Environment()
    for path in TEMPLATES.rglob("*.html"):
        for call in environment.parse(path.read_text()).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in {"_", "_n"}:
                texts = [
                    each.value for each in call.args if isinstance(each, nodes.Const) and isinstance(each.value, str)
                ]
                if texts:
                    found.add((texts[0], texts[1] if call.node.name == "_n" and len(texts) > 1 else ""))
    return found


def _strings(node: ast.AST) -> list[str]:
    return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _python_messages(path: Path) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for call in ast.walk(ast.parse(path.read_text())):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        domain = next(
            (k.value.value for k in call.keywords if k.arg == "domain" and isinstance(k.value, ast.Constant)), ""
        )
        first = _strings(call.args[0]) if call.args else []
        if (name == "say" and domain in {"", "web"}) or (name == "both" and domain == "web"):
            found |= {(text, "") for text in first}
        elif name == "Parameter" and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
            found.add((str(call.args[1].value), ""))
        elif name == "Route":
            found |= {(each.value, "") for each in call.args[3:4] if isinstance(each, ast.Constant)}
            answers = [k.value for k in call.keywords if k.arg == "answers" and isinstance(k.value, ast.Dict)]
            found |= {(text, "") for each in answers for value in each.values for text in _strings(value)}
    return found


def messages() -> set[tuple[str, str]]:
    found = _template_messages() | {("The answer", ""), ("A problem", "")}
    for path in OURS:
        found |= _python_messages(path)
    from catalog_service.operations import wording

    found |= set(wording._PERIODS.values())
    return {pair for pair in found if pair[0] not in {"", "true", "false", "1"}}


def _catalogue() -> dict[str, object]:
    with PO.open("rb") as file:
        return {
            (message.id[0] if isinstance(message.id, tuple) else message.id): message.string
            for message in read_po(file)
        }


def test_every_sentence_of_the_pages_has_its_chinese() -> None:
    known = _catalogue()

    missing = sorted(singular for singular, _ in messages() if singular not in known or not known[singular])

    assert missing == []


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    from catalog_service.i18n import translations

    compiled = translations("zh", "web")

    for text, chinese in _catalogue().items():
        if text and isinstance(chinese, str):
            assert compiled.gettext(text) == chinese


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_a_template_holds_no_bare_text(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(), flags=re.S)
    source = re.sub(r"<pre>.*?</pre>|<code>.*?</code>|<span class=\"mono\">.*?</span>", " ", source, flags=re.S)
    text = re.sub(r"<[^>]*>", "\n", source)
    text = re.sub(r"&[a-z]+;", " ", text)

    words = {line.strip() for line in text.split("\n") if line.strip()}

    assert {word for word in words if re.search(r"\w", word)} <= NO_WORDS | {"/profile.ttl", "/api/v1/changes", "-"}


def test_chinese_sentences_have_chinese_marks() -> None:
    known = _catalogue()

    bad = [
        text
        for string in known.values()
        for text in (string if isinstance(string, tuple) else (string,))
        if text
        and (
            re.search(r"[\u4e00-\u9fff]\s*[,:;()!?]", text)
            or re.search(r"[,:;()!?]\s*[\u4e00-\u9fff]", text)
            or "！" in text
        )
    ]

    assert bad == []


def test_terms_are_those_of_the_house() -> None:
    refused = ("登陆", "帐号", "点击", "您好", "亲", "确定", "搜寻", "伺服器", "录入员")

    known = _catalogue()
    bad = [text for text in known.values() if isinstance(text, str) for word in refused if word in text]

    assert bad == []
