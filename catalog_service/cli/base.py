"""What every command shares: the catalogue, the language, how errors and findings are shown, exit codes."""

from __future__ import annotations

import errno
import functools
import json
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import click

from catalog_service.errors import CatalogError, EnvironmentProblem, InputError
from catalog_service.i18n import explain, say, say_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from catalog_service.model.report import Finding, Place
    from catalog_service.operations.catalogue import Catalogue

DONE, WITH_FINDINGS, WRONG_USE, ENVIRONMENT, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes."""

MOST = 10**9
"""The largest number that can be asked for."""

Function = TypeVar("Function", bound="Callable[..., Any]")


def default_language() -> str:
    """Return the language of the environment: KEBAO_LANG, else English for an English locale, else Chinese."""
    asked = os.environ.get("KEBAO_LANG", "")
    if asked in ("zh", "en"):
        return asked
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if locale.startswith("en") else "zh"


def language_of(ctx: click.Context) -> str:
    """Return the language of this call."""
    root = ctx.find_root()
    return root.params.get("lang") or (root.obj or {}).get("lang") or default_language()


class _Translated(click.Command):
    """Help in the asked language; the docstrings are the message ids."""

    def say(self, message: str, ctx: click.Context) -> str:
        """Return a message of the command line in the language of this call."""
        return say(message, language_of(ctx), domain="cli")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.say(" ".join((self.help or "").split()), ctx))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=self.say("Usage: ", ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and record[1]:
                text = getattr(parameter, "help", "") or ""
                said = record[1].replace(text, self.say(text, ctx), 1)
                for word in ("[default: ", "[required]"):
                    said = said.replace(word, self.say(word, ctx))
                records.append((record[0], said))
        if records:
            with formatter.section(self.say("Options", ctx)):
                formatter.write_dl(records)


class TranslatedCommand(_Translated):
    """A command with help in both languages."""


class TranslatedGroup(_Translated, click.Group):
    """A group of commands with help in both languages."""

    command_class = TranslatedCommand

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with what they do."""
        rows = [
            (name, self.say(" ".join((command.help or "").split()), ctx)) for name, command in self.commands.items()
        ]
        with formatter.section(self.say("Commands", ctx)):
            formatter.write_dl(rows)


class Session:
    """What a command works with: the catalogue of the home and the language."""

    def __init__(self, home: Path, lang: str) -> None:
        self.home = home
        self.lang = lang
        self._catalogue: Catalogue | None = None

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, opened when first needed."""
        if self._catalogue is None:
            from catalog_service.operations.catalogue import open_catalogue

            self._catalogue = open_catalogue(self.home)
        return self._catalogue

    def say(self, message: str, **values: object) -> str:
        """Return a sentence in the session's language."""
        return say(message, self.lang, domain="cli", **values)

    def count(self, singular: str, plural: str, n: int, **values: object) -> str:
        """Return a counting sentence in the session's language."""
        return say_count(singular, plural, n, self.lang, domain="cli", **values)

    def echo(self, message: str, **values: object) -> None:
        """Print a sentence."""
        click.echo(self.say(message, **values))

    def tell(self, message: str, **values: object) -> None:
        """Print a sentence about progress, apart from the result."""
        click.echo(self.say(message, **values), err=True)

    def close(self) -> None:
        """Close the catalogue if it was opened."""
        if self._catalogue is not None:
            self._catalogue.close()


def with_session(command: Function) -> Function:
    """Give a command its `Session` first, and turn errors into sentences and exit codes."""

    @click.pass_context
    @functools.wraps(command)
    def run(ctx: click.Context, *args: Any, **kwargs: Any) -> None:
        session = Session(ctx.find_root().obj["home"], ctx.find_root().obj["lang"])
        try:
            code = command(session, *args, **kwargs)
            if sys.stdout:
                sys.stdout.flush()
        except BrokenPipeError:  # who reads has enough, as `head`; Click ends quietly
            raise
        except CatalogError as error:
            show_error(error, session.lang)
            code = error.exit_code
        except OSError as error:
            problem = _of_system(error)
            show_error(problem, session.lang)
            code = problem.exit_code
        except KeyboardInterrupt:
            session.tell("Stopped. What was acknowledged is stored.")
            code = INTERRUPTED
        finally:
            session.close()
        ctx.exit(code or DONE)

    return run  # type: ignore[return-value]


def with_home(command: Function) -> Function:
    """Give a command its `Session`, as `with_session` does, where there is a catalogue already; none is made."""

    @functools.wraps(command)
    def run(session: Session, *args: Any, **kwargs: Any) -> Any:
        if not session.home.is_dir():
            raise InputError(
                "There is no catalogue in {folder}.",
                advice="Name its folder with --home or KEBAO_HOME; `kebao load` and `kebao run` make one.",
                folder=str(session.home),
            )
        return command(session, *args, **kwargs)

    return with_session(run)  # type: ignore[return-value]


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def _of_system(error: OSError) -> EnvironmentProblem:
    """Return what the system says; no room without the name of a file speaks of the output, which is then given up."""
    reason = error.strerror or str(error)
    if error.filename:
        return EnvironmentProblem("{file}: {reason}.", file=str(error.filename), reason=reason)
    if error.errno not in _FULL:
        return EnvironmentProblem("The system refuses this: {reason}.", reason=reason)
    with suppress(OSError, ValueError):  # what is left in the buffer would fail once more at the end
        output = sys.stdout.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), output)
    return EnvironmentProblem("The result cannot be written: {reason}.", reason=reason)


def show_error(error: CatalogError, lang: str) -> None:
    """Print an error with what to do about it."""
    message, advice = explain(error, lang)
    click.echo(click.style(message, fg="red") if sys.stderr.isatty() else message, err=True)
    if advice:
        click.echo(advice, err=True)
    for finding in getattr(error, "findings", ()):
        click.echo("  " + describe(finding, lang), err=True)


def describe(finding: Finding, lang: str) -> str:
    """Return a finding as one line: where, what is wrong, what to write.

    As in 「产品」表第 7 行 K 列 最高价：… or in Sheet “Products”, row 7, column K, Maximum price: ….
    """
    place = where(finding.place, lang)
    if not place and finding.record:
        place = f"{finding.record}: " if lang == "en" else f"{finding.record} "
    return f"{place}{text_of(finding, lang)}"


def text_of(finding: Finding, lang: str) -> str:
    """Return what is wrong and what to write, without the place."""
    message = finding.message.get(lang) or finding.message.get("zh", "")
    suggestion = finding.suggestion.get(lang) or finding.suggestion.get("zh", "")
    space = " " if lang == "en" and suggestion else ""
    return f"{message}{space}{suggestion}"


def where(place: Place, lang: str) -> str:
    """Return the place of a finding as words before its sentence; empty if there is none."""
    if place.row and place.column:
        message = "Sheet “{sheet}”, row {row}, column {column}, " if place.sheet else "Row {row}, column {column}, "
    elif place.row:
        message = "Sheet “{sheet}”, row {row}, " if place.sheet else "Row {row}, "
    elif place.line:
        message = "Line {line}, "
    elif place.sheet:
        message = "Sheet “{sheet}”, "
    else:
        return ""
    return say(message, lang, domain="cli", sheet=place.sheet, row=place.row, column=place.column, line=place.line)


def finding_json(finding: Finding, lang: str) -> dict[str, Any]:
    """Return a finding with the members every interface names."""
    place = finding.place
    members = {
        "record": finding.record,
        "path": finding.path,
        "field": finding.path.rsplit(".", 1)[-1],
        "label": finding.label.get(lang) or finding.label.get("zh", ""),
        "message": finding.message.get(lang) or finding.message.get("zh", ""),
        "value": finding.value,
        "severity": finding.severity,
        "constraint": finding.constraint,
        "suggestion": finding.suggestion.get(lang) or finding.suggestion.get("zh", ""),
    }
    placed = {"file": place.file, "sheet": place.sheet, "row": place.row, "column": place.column, "line": place.line}
    return members | {name: value for name, value in placed.items() if value}


def print_json(value: Any) -> None:
    """Print JSON, readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_rows(rows: Iterable[tuple[str, ...]], heads: tuple[str, ...] = ()) -> None:
    """Print rows in aligned columns; Chinese characters take two places."""
    table = [heads, *rows] if heads else list(rows)
    if not table:
        return
    widths = [max(_width(cell) for cell in column) for column in zip(*table, strict=True)]
    for row in table:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
