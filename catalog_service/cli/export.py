"""``kebao export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalog_service.cli.base import DONE, Session, TranslatedCommand, with_home
from catalog_service.cli.load import show_findings

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.command(cls=TranslatedCommand)
@click.option("--kind", default="", help="Only records of this kind.")
@click.option(
    "--format",
    "form",
    default="turtle",
    show_default=True,
    help="Form: turtle, nquads, jsonld, rdfxml, csv, xlsx, json.",
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; default: standard output."
)
@with_home
def export(session: Session, kind: str, form: str, output: Path | None) -> int:
    """Write everything published, in log order."""
    from catalog_service.operations.export import export as write_out
    from catalog_service.operations.export import left_out
    from catalog_service.operations.outgoing import surroundings

    around = surroundings(session.catalogue)
    parts = write_out(session.catalogue, form, kind, around=around)
    if output is None:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
    else:
        _write(output.resolve(), parts)
        session.tell("Written to {file}.", file=str(output))
    show_findings(session, left_out(session.catalogue, around), err=True)
    return DONE


def _write(output: Path, parts: Iterable[bytes]) -> None:
    """Write a file, whole or not at all; a device or a pipe is written into."""
    if output.exists() and not output.is_file():
        with output.open("wb") as file:
            file.writelines(parts)
        return
    partial = output.with_name(output.name + ".part")
    with partial.open("wb") as file:
        file.writelines(parts)
    partial.replace(output)
