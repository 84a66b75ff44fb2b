"""``kebao validate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalog_service.cli.base import (
    DONE,
    WITH_FINDINGS,
    Session,
    TranslatedCommand,
    describe,
    finding_json,
    print_json,
    with_session,
)
from catalog_service.cli.progress import counting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog_service.operations.validate import Checked


@click.command(cls=TranslatedCommand)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--kind", default="", help="Kind of the records, where the file does not tell.")
@click.option(
    "--level",
    type=click.Choice(["harvestable", "conformant", "recommended"]),
    default="recommended",
    help="How good the records have to be.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "turtle"]), default="text", help="Form of the report."
)
@with_session
def validate(session: Session, files: Sequence[str], kind: str, level: str, form: str) -> int:
    """Check records without storing them; says what is wrong, where, and what to write."""
    from catalog_service.operations.load import sources_of
    from catalog_service.operations.validate import as_turtle, check_sources

    sources = sources_of(files)
    with counting(session) as progress:
        checked = check_sources(session.catalogue, sources, kind=kind, level=level, progress=progress)
    if form == "json":
        print_json(
            {
                "conforms": checked.conforms,
                "records": checked.records,
                "findings": [finding_json(finding, session.lang) for finding in checked.findings],
            }
        )
    elif form == "turtle":
        click.echo(as_turtle(checked))
    else:
        _show(session, checked)
    return DONE if checked.conforms else WITH_FINDINGS


def _show(session: Session, checked: Checked) -> None:
    """Print the findings grouped by record, those with most errors first."""
    for group in checked.by_record():
        first = group.findings[0].place
        head = " ".join(part for part in (first.file, group.title) if part)
        if head:
            click.echo(head)
        for finding in group.findings:
            if finding.severity != "info":
                click.echo(f"  {_MARKS[finding.severity]} {describe(finding, session.lang)}")
    errors = sum(finding.severity == "error" for finding in checked.findings)
    advice = sum(finding.severity == "warning" for finding in checked.findings)
    if errors:
        session.echo(
            "{records} records checked: {errors} places to mend, {advice} pieces of advice.",
            records=checked.records,
            errors=errors,
            advice=advice,
        )
    else:
        session.echo(
            "{records} records checked, all good; {advice} pieces of advice.", records=checked.records, advice=advice
        )


_MARKS = {"error": "✗", "warning": "△", "info": "·"}
