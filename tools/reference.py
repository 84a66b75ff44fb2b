"""Reference pages made from what the program declares: settings, commands, addresses, formats, errors."""

from __future__ import annotations

import ast
import re
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalog_service import errors
from catalog_service.cli import COMMANDS, kebao
from catalog_service.config import SETTINGS
from catalog_service.i18n import say, translations
from catalog_service.outlets import OUTLETS
from catalog_service.readers import READERS, reader
from catalog_service.validation import messages
from catalog_service.writers import WRITERS, writer
from tools.markdown import HEAD, page, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.web.routes import Route

PACKAGE = Path(errors.__file__).parent


def settings() -> str:
    """Return the table of settings."""
    rows = (
        (
            f"`{each.name}`",
            f"`{each.default}`",
            f"`{each.variable}`",
            each.help["zh"],
            each.help["en"] + (f" ({', '.join(each.choices)})" if each.choices else ""),
        )
        for each in SETTINGS
    )
    return page(
        "catalog_service/config.py",
        "Settings",
        "`kebao.toml` in the home, then the environment, then the command line.\n",
        table(("setting", "default", "variable", "说明", "meaning"), rows),
    )


def commands() -> str:
    """Return the help of every command."""
    parts = [HEAD.format(source="catalog_service/cli/") + "# Commands\n"]
    context = click.Context(kebao, info_name="kebao", obj={"lang": "en"})
    for name in COMMANDS:
        command = kebao.get_command(context, name)
        parts += _help(command, f"kebao {name}", context) if command else []
    return "\n".join(parts)


def _help(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name.rsplit(" ", 1)[-1], parent=parent, max_content_width=100)
    yield f"## `{name}`\n\n```\n{command.get_help(context)}\n```\n"
    for sub, inner in getattr(command, "commands", {}).items():
        yield from _help(inner, f"{name} {sub}", context)


def routes() -> tuple[Route, ...]:
    """Return every address the web application declares."""
    from catalog_service.operations.catalogue import open_catalogue
    from catalog_service.web.app import declare
    from catalog_service.web.health import Metrics
    from catalog_service.web.site import Site

    with tempfile.TemporaryDirectory() as home:
        catalogue = open_catalogue(Path(home), environment={}, overrides={"search.engine": "memory"})
        declared = declare(Site(catalogue), Metrics())
        catalogue.close()
    return declared


def addresses() -> str:
    """Return the table of addresses with their parameters."""
    from catalog_service.web.openapi import template

    titles = {path: outlet.title for outlet in OUTLETS for path in outlet.paths}
    rows = []
    for route in routes():
        title = titles.get(route.path, {})
        rows.append(
            (
                f"`{route.method} {template(route.path)}`",
                title.get("zh") or say(route.summary, "zh", domain="web"),
                title.get("en") or route.summary,
                ", ".join(f"`{each.name}`" for each in route.parameters),
                "yes" if route.token else "",
            )
        )
    return page(
        "catalog_service/web/",
        "Addresses",
        "The API is described in full at `/openapi.json` and `/docs` of a running catalogue.\n",
        table(("address", "说明", "what it gives", "parameters", "token"), rows),
    )


def formats() -> str:
    """Return what can be read and what is written."""
    read = ((f"`{name}`", ", ".join(reader(name).endings), _sentence(type(reader(name)))) for name in READERS)
    written = (
        (f"`{name}`", writer(name).ending, f"`{writer(name).media_type}`", _sentence(type(writer(name))))
        for name in WRITERS
    )
    return page(
        "catalog_service/readers/ and writers/",
        "Formats",
        "## Read\n\nRecognised by content; the ending decides only between equals. Each may be compressed with gzip.\n",
        table(("format", "endings", "what it is"), read),
        "## Written\n",
        table(("format", "ending", "media type", "what it is"), written),
    )


def _sentence(thing: type) -> str:
    return (thing.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")


def error_codes() -> str:
    """Return what can go wrong as a whole, and what can be wrong with a record."""
    known = sorted(_all(errors.CatalogError), key=lambda each: (each.status, each.code))
    whole = ((f"`{each.code}`", each.status, each.exit_code, _sentence(each)) for each in known)
    findings = ((f"`{code}`", chinese(message), message) for code, message in sorted(finding_codes().items()))
    return page(
        "catalog_service/errors.py and the messages of findings",
        "Errors",
        "## Problems\n\n`code` of `application/problem+json`, its HTTP status, and the exit code of a command.\n",
        table(("code", "status", "exit", "what it means"), whole),
        "## Findings\n\nWhat is said of a record, at its field, cell or line.\n",
        table(("code", "说明", "message"), findings),
    )


def _all(base: type[errors.CatalogError]) -> set[type[errors.CatalogError]]:
    below = {each for each in base.__subclasses__() if each.__module__ == errors.__name__}
    return below.union(*(_all(each) for each in below))


_CODE = re.compile(r"[a-z]+(-[a-z]+)+|formula|computed")
_STAGES = ("readers", "normalise", "validation", "operations")


def finding_codes() -> dict[str, str]:
    """Return the code of every finding with its sentence, as they stand in the code."""
    found = {name[:1].lower() + name[1:]: sentence for name, sentence in messages._SENTENCES.items()}
    for stage in _STAGES:
        for path in sorted((PACKAGE / stage).rglob("*.py")):
            found |= dict(_said(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _said(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield code and sentence of each call, and of each member of a table, that has both."""
    named: dict[str, str] = {}
    for node in sorted((each for each in ast.walk(tree) if hasattr(each, "lineno")), key=lambda each: each.lineno):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named[node.targets[0].id] = _text(node.value, named)
        elif isinstance(node, ast.Call):
            yield from _pair(node.args, named)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None and isinstance(value, ast.Tuple):
                    yield from _pair([key, *value.elts], named)


def _pair(given: list[ast.expr], named: dict[str, str]) -> Iterator[tuple[str, str]]:
    for code, message in pairwise(_text(each, named) for each in given):
        if _CODE.fullmatch(code) and " " in message:
            yield code, message


def _text(node: ast.expr, named: dict[str, str]) -> str:
    """Return the text an expression stands for: itself, what ``both`` is given, or what a name was given last."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "both" and node.args:
        node = node.args[0]
    if isinstance(node, ast.Name):
        return named.get(node.id, "")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def chinese(message: str) -> str:
    """Return the Chinese of a sentence in whichever domain has it."""
    for domain in ("findings", "readers", "normalise"):
        found = translations("zh", domain).gettext(message)
        if found != message:
            return found
    return message
