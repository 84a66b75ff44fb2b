"""``kebao template``."""

from __future__ import annotations

from pathlib import Path

import click

from catalog_service.cli.base import DONE, Session, TranslatedCommand, with_session


@click.command(cls=TranslatedCommand)
@click.argument("kind", metavar="KIND")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Workbook to write (.xlsx)."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@with_session
def template(session: Session, kind: str, output: Path, force: bool) -> int:
    """Make an empty workbook with drop-downs, help rows and an example."""
    from catalog_service.errors import Conflict, UnknownName
    from catalog_service.operations.sample import example_row
    from catalog_service.registry import profile
    from catalog_service.writers.xlsx import template as workbook

    known = profile()
    if kind not in known.kinds:
        raise UnknownName("kind", kind, known.kinds)
    if output.exists() and not force:
        raise Conflict(
            "{file} is there already.", advice="Name another file, or write over it with --force.", file=str(output)
        )
    example = example_row(known.kinds, kind)
    output.write_bytes(workbook(known.kinds[kind], known.vocabularies, session.lang, example))
    session.tell("Written to {file}. Fill it in, then: kebao validate {file}", file=str(output))
    return DONE
