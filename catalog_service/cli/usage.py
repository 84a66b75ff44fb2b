"""Errors of use in the language of the call; Click's own sentences are English."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING, Any

import click

from catalog_service.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable


def told(error: click.UsageError, lang: str) -> click.UsageError:
    """Return an error in a language; help that is shown for want of a command is in it already."""
    return error if isinstance(error, click.exceptions.NoArgsIsHelpError) else UsageProblem(error, lang)


class UsageProblem(click.UsageError):
    """An error of use that is told in a language: what is wrong, then the use of the command and where help is."""

    def __init__(self, error: click.UsageError, lang: str) -> None:
        super().__init__(_sentence(error, lang), error.ctx)
        self.lang = lang

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the error; it comes first, since it is what one looks for."""
        stream = sys.stderr if file is None else file
        click.echo(self.message, file=stream)
        if self.ctx is not None:
            click.echo(self.ctx.get_usage(), file=stream)
            hint = "“{command} --help” tells more."
            click.echo(say(hint, self.lang, domain="cli", command=self.ctx.command_path), file=stream)


def _sentence(error: click.UsageError, lang: str) -> str:
    """Return what is wrong."""

    def told(message: str, **values: object) -> str:
        return say(message, lang, domain="cli", **values)

    match error:
        case click.NoSuchCommand():
            return told("There is no command “{name}”.", name=error.command_name) + _nearest(error.possibilities, told)
        case click.NoSuchOption():
            return told("There is no option “{name}”.", name=error.option_name) + _nearest(error.possibilities, told)
        case click.MissingParameter() if error.param is not None:
            return told("{name} is missing.", name=_name(error.param, error.ctx))
        case click.BadOptionUsage():
            return told("{name} needs a value.", name=error.option_name)
        case click.BadParameter() if error.param is not None:
            return told("{name}: ", name=_name(error.param, error.ctx)) + _expected(error, told)
    if error.message.startswith("Got unexpected extra argument"):
        return told("That is too much: {extra}.", extra=error.message.partition("(")[2].rstrip(")."))
    return error.format_message()


def _name(parameter: click.Parameter, ctx: click.Context | None) -> str:
    """Return an option as it is typed in full, an argument as the help names it."""
    if isinstance(parameter, click.Option) or ctx is None:
        return max(parameter.opts, key=len)
    return parameter.make_metavar(ctx)


def _expected(error: click.BadParameter, told: Callable[..., str]) -> str:
    """Return what a parameter takes; Click tells the value in quotes only."""
    expected = error.param.type if error.param is not None else None
    quoted = error.message.split("'")
    value = quoted[1] if len(quoted) > 2 else error.message.split(" ")[0]
    match expected:
        case click.Choice():
            choices = ", ".join(map(str, expected.choices))
            return told("“{value}” is none of {choices}.", value=value, choices=choices)
        case click.IntRange(max=None):
            return told("“{value}” is not a whole number from {least} on.", value=value, least=expected.min)
        case click.IntRange():
            return told(
                "“{value}” is not a whole number from {least} to {most}.",
                value=value, least=expected.min, most=expected.max,
            )  # fmt: skip
        case click.Path() if "does not exist" in error.message:
            return told("“{value}” does not exist.", value=value)
        case click.Path() if not expected.file_okay:
            return told("“{value}” is not a folder.", value=value)
        case click.Path() if not expected.dir_okay:
            return told("“{value}” is a folder, not a file.", value=value)
    return error.message


def _nearest(names: list[str] | None, told: Callable[..., str]) -> str:
    return told(" Did you mean {names}?", names=", ".join(names)) if names else ""
