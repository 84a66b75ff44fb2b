"""Every sentence in the code has its Chinese, with the same places and with Chinese marks."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

import catalog_service
from catalog_service import errors
from tools.messages import CATALOGUES, main

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = Path(catalog_service.__file__).parent
ERRORS = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, Exception)}
DOMAINS = ("readers", "normalise", "findings", "errors", "cli", "writers")
_PLACED = ("code “{name}” in {where}", "choice “{name}” for {where}")
"""What is not there, and where it was looked for (`UnknownName`)."""

CLICK_OWN = {"Show this message and exit.", "Show the version and exit."}
"""What Click says by itself and our help translates."""

Message = tuple[str, str]
"""Singular and plural; the plural is empty where nothing is counted."""


class _Module:
    """One file of code: its sentences by domain."""

    def __init__(self, path: Path) -> None:
        self.tree = ast.parse(path.read_text("utf-8"))
        self.assigned: dict[str, list[ast.AST]] = defaultdict(list)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self.assigned[target.id].append(node.value)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                self.assigned[node.target.id].append(node.value)
            elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
                self.assigned[node.target.id].append(node.iter)

    def strings(self, node: ast.AST | None, seen: tuple[str, ...] = ()) -> Iterator[str]:
        """Yield the texts an expression may have: constants, branches, values of dictionaries, names of the file."""
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.IfExp(body=body, orelse=orelse):
                yield from self.strings(body, seen)
                yield from self.strings(orelse, seen)
            case ast.Dict(values=values) | ast.Tuple(elts=values):
                for each in values:
                    yield from self.strings(each, seen)
            case ast.Name(id=name) if name not in seen:
                for each in self.assigned.get(name, ()):
                    yield from self.strings(each, (*seen, name))
            case ast.Subscript(value=value):
                yield from self.strings(value, seen)
            case ast.Call(func=ast.Attribute(attr="get", value=value), args=args):
                yield from self.strings(value, seen)
                for each in args[1:]:
                    yield from self.strings(each, seen)
            case _:
                return

    def messages(self) -> Iterator[tuple[str, Message]]:
        """Yield domain and message."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield from self._call(node)
            elif isinstance(node, ast.FunctionDef):
                yield from self._function(node)

    def _function(self, node: ast.FunctionDef) -> Iterator[tuple[str, Message]]:
        """Yield a command's help; of a function that returns code and message for a refusal, the messages."""
        decorators = " ".join(map(ast.dump, node.decorator_list))
        if "click" in decorators or "command" in decorators:
            yield "cli", (" ".join((ast.get_docstring(node) or "").split()), "")
        for each in ast.walk(node) if node.name == "_fault" else ():
            if isinstance(each, ast.Return) and isinstance(each.value, ast.Tuple):
                yield from self._all("readers", each.value.elts[1:2])

    def _call(self, call: ast.Call) -> Iterator[tuple[str, Message]]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        keywords = {each.arg: each.value for each in call.keywords if each.arg}
        domain = next(iter(self.strings(keywords.get("domain"))), "")
        args = call.args
        own = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
        session = own and call.func.value.id == "session"  # type: ignore[attr-defined]
        if name in {"say", "both"} and domain:
            yield from self._all(domain, args[:1])
        elif name == "say_count" and domain:
            yield from self._pairs(domain, args)
        elif session and name in {"say", "echo", "tell"}:
            yield from self._all("cli", args[:1])
        elif session and name == "count":
            yield from self._pairs("cli", args)
        elif name == "refusal":
            yield from self._all("readers", [*args[1:2], *args[3:4], *filter(None, [keywords.get("advice")])])
        elif name == "UnknownName":
            yield from (("errors", (f"There is no {what} “{{name}}”.", "")) for what in self.strings(args[0]))
            yield from (("errors", (f"There is no {what}.", "")) for what in _PLACED)
        elif name in ERRORS or name == "__init__":
            yield from self._all("errors", [*args[:1], *filter(None, [keywords.get("advice")])])
        elif name in {"option", "version_option"}:
            yield from self._all("cli", filter(None, [keywords.get("help")]))

    def _all(self, domain: str, nodes: Iterable[ast.AST]) -> Iterator[tuple[str, Message]]:
        yield from ((domain, (text, "")) for node in nodes for text in self.strings(node) if text)

    def _pairs(self, domain: str, args: list[ast.expr]) -> Iterator[tuple[str, Message]]:
        for pair in zip(self.strings(args[0]), self.strings(args[1]), strict=True):
            yield domain, pair


@cache
def sentences() -> dict[str, set[Message]]:
    """Return all messages of the code by domain."""
    found: dict[str, set[Message]] = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        for domain, message in _Module(path).messages():
            found[domain].add(message)
    from catalog_service.cli import COMMANDS
    from catalog_service.normalise.findings import SENTENCES as _NOTICES

    found["cli"] |= {(summary, "") for _, summary in COMMANDS.values()}
    found["cli"] |= {(text, "") for text in CLICK_OWN}
    found["normalise"] |= {(text, "") for pair in _NOTICES.values() for text in pair}
    found["findings"] |= {(text, "") for text in _constraint_sentences()}
    return {domain: {each for each in messages if each[0]} for domain, messages in found.items()}


def _constraint_sentences() -> set[str]:
    from catalog_service.validation import messages, structure

    return {*messages._SENTENCES.values(), messages._OTHER, *messages._TYPES.values(), *structure._TYPES.values()}


@cache
def chinese(domain: str) -> dict[str, tuple[str, ...]]:
    """Return English singular to the Chinese forms of a catalogue."""
    with (CATALOGUES / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po").open("rb") as source:
        catalogue = read_po(source)
    found = {}
    for message in catalogue:
        if message.id:
            singular = message.id if isinstance(message.id, str) else message.id[0]
            found[singular] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return found


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_sentence_has_its_chinese(domain: str) -> None:
    known = chinese(domain)

    missing = {singular for singular, _ in sentences()[domain] if not any(known.get(singular, ()))}

    assert missing == set()


@pytest.mark.parametrize("domain", [each for each in DOMAINS if each != "errors"])
def test_no_chinese_sentence_is_left_over(domain: str) -> None:
    used = {singular for singular, _ in sentences()[domain]}

    assert set(chinese(domain)) - used - _said_elsewhere(domain) == set()


def _said_elsewhere(domain: str) -> set[str]:
    """Sentences the collector cannot see because they are put together: whatever stands in the code word for word."""
    code = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    return {text for text in chinese(domain) if text in code}


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_languages_have_the_same_places(domain: str) -> None:
    odd = [
        english
        for english, forms in chinese(domain).items()
        for form in forms
        if set(re.findall(r"\{(\w+)\}", english)) - {"n"} != set(re.findall(r"\{(\w+)\}", form)) - {"n"}
    ]

    assert odd == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_chinese_sentences_have_chinese_marks(domain: str) -> None:
    han = "[\u4e00-\u9fff，。：；、）】」”]"
    odd = [
        form
        for forms in chinese(domain).values()
        for form in forms
        if re.search(rf"{han}\s*[,:;()!?]|[,:;()!?]\s*{han}", form) or "！" in form or re.search(r"[。，：；]\s", form)
    ]

    assert odd == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_words_are_those_of_the_house(domain: str) -> None:
    refused = ("您好", "亲", "点击", "登陆", "帐号", "非法", "无效", "错误代码", "确定")

    assert [form for forms in chinese(domain).values() for form in forms for word in refused if word in form] == []


def test_the_compiled_catalogues_are_those_of_the_sources() -> None:
    assert main(check=True) == 0
