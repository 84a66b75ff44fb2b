"""``kebao export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalog_service.cli.base import DONE, Session, TranslatedCommand, with_session
from catalog_service.cli.load import show_findings


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
@with_session
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
        partial = output.with_name(output.name + ".part")
        with partial.open("wb") as file:
            file.writelines(parts)
        partial.replace(output)
        session.tell("Written to {file}.", file=str(output))
    show_findings(session, left_out(session.catalogue, around), err=True)
    return DONE
