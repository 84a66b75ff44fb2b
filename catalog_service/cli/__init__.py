"""The command line: the only place that knows Click. A command is a file here and a line in ``COMMANDS``."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import click

from catalog_service.cli.base import TranslatedCommand, TranslatedGroup, default_language, language_of
from catalog_service.cli.usage import told

COMMANDS = {
    "export": ("export", "Write published records to a file."),
    "history": ("records", "Show a record's versions and changes."),
    "index": ("index", "Search index: state, rebuild, check, change of engine."),
    "kinds": ("profile", "List the kinds of records this catalogue knows."),
    "list": ("records", "List records by state, kind or batch."),
    "load": ("load", "Read, check, store and index records."),
    "publish": ("records", "Publish records."),
    "run": ("run", "Serve the catalogue."),
    "search": ("search", "Find what the page finds, in the terminal."),
    "show": ("records", "Show one record."),
    "template": ("template", "Make an empty workbook with drop-downs and help."),
    "token": ("token", "Keys for programs that write."),
    "validate": ("validate", "Check records without storing them."),
    "vocabulary": ("profile", "Code lists: list, show."),
    "withdraw": ("records", "Withdraw records; a tombstone stays."),
}
"""Command to its module and what it does; the module is imported when the command is run."""


class _Kebao(TranslatedGroup):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"catalog_service.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("list", "list_") if cmd_name == "list" else cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named; where there is none, the nearest names are told."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            raise told(error, default_language()) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a wrong use of it is told in the language of the call."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise told(error, language_of(ctx)) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any of them: help has to answer at once."""
        with formatter.section(self.say("Commands", ctx)):
            formatter.write_dl([(name, self.say(summary, ctx)) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=_Kebao, invoke_without_command=False)
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Folder of the catalogue (KEBAO_HOME).")
@click.option("--lang", is_eager=True, type=click.Choice(["zh", "en"]), help="Language of messages (KEBAO_LANG).")
@click.version_option(package_name="kebao", message="kebao %(version)s")
@click.pass_context
def kebao(ctx: click.Context, home: Path | None, lang: str | None) -> None:
    """Describe, check, search and share science and technology services."""
    ctx.obj = {
        "home": home or Path(os.environ.get("KEBAO_HOME", "kebao-home")),
        "lang": lang or default_language(),
    }


__all__ = ["COMMANDS", "TranslatedCommand", "kebao"]
