"""``kebao validate``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
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
    text_of,
    with_session,
)
from catalog_service.cli.progress import counting, size_of
from catalog_service.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog_service.model.report import Finding, Place
    from catalog_service.operations.validate import Checked


@click.command(cls=TranslatedCommand)
@click.argument("files", nargs=-1, metavar="[FILE…]")
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
@click.option("--stored", is_flag=True, help="Check what is published instead of files.")
@click.option(
    "--shapes",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="With --stored: a folder of other shapes, or one with shapes/, vocab/, ontology/: a coming release.",
)
@with_session
def validate(
    session: Session, files: Sequence[str], kind: str, level: str, form: str, stored: bool, shapes: Path | None
) -> int:
    """Check records without storing them; says what is wrong, where, and what to write."""
    from catalog_service.operations.reading import nothing_read, sources_of
    from catalog_service.operations.validate import check_sources

    if stored == bool(files) or (shapes and not stored):
        raise InputError("Name files to check, or say --stored; --shapes goes with --stored.")
    if stored:
        return _validate_stored(session, kind, level, form, shapes)
    sources = sources_of(files)
    with counting(session, size_of(sources)) as progress:
        checked = check_sources(session.catalogue, sources, kind=kind, level=level, progress=progress)
    if not checked.records and checked.conforms:
        checked = replace(checked, findings=(*checked.findings, nothing_read(sources)))
    return _tell(session, checked, form)


def _validate_stored(session: Session, kind: str, level: str, form: str, shapes: Path | None) -> int:
    """Check what is published against the profile in force, or list what another one would newly refuse."""
    from catalog_service.operations.validate import check_stored_records, other_profile

    profile = other_profile(shapes) if shapes else None
    with counting(session) as progress:
        catalogue = session.catalogue
        checked = check_stored_records(catalogue, kind=kind, profile=profile, level=level, progress=progress)
    code = _tell(session, checked, form)
    if form == "text" and checked.failing:
        click.echo(session.count("{n} record fails.", "{n} records fail.", checked.failing))
    if form == "text" and checked.failing_before:
        said = session.count(
            "{n} record fails today already and is not listed.",
            "{n} records fail today already and are not listed.",
            checked.failing_before,
        )
        click.echo(said)
    return code


def _tell(session: Session, checked: Checked, form: str) -> int:
    """Print the report."""
    from catalog_service.operations.validate import as_turtle

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
    """Print the findings grouped by record, those with most errors first; advice that many need once, at the end."""
    common = _common(checked)
    for group in checked.by_record():
        own = [each for each in group.findings if each.severity != "info" and _gist(each) not in common]
        if not own:
            continue
        head = " ".join(part for part in (own[0].place.file, group.title or group.record) if part)
        if head:
            click.echo(head)
        for finding in sorted(own, key=_in_reading_order):
            click.echo(f"  {_MARKS[finding.severity]} {describe(finding, session.lang)}")
    for finding, records in common.values():
        click.echo(f"△ {session.count('{n} record: ', '{n} records: ', records)}{text_of(finding, session.lang)}")
    _sum_up(session, checked)


def _common(checked: Checked) -> dict[tuple[str, ...], tuple[Finding, int]]:
    """Return the advice that several records need, with how many."""
    needed: dict[tuple[str, ...], set[tuple[str, Place]]] = {}
    first: dict[tuple[str, ...], Finding] = {}
    for each in checked.findings:
        if each.severity == "warning":
            first.setdefault(_gist(each), each)
            needed.setdefault(_gist(each), set()).add((each.record, replace(each.place, column="")))
    return {gist: (first[gist], len(found)) for gist, found in needed.items() if len(found) >= _SEVERAL}


def _gist(finding: Finding) -> tuple[str, ...]:
    """Return what a piece of advice says, wherever it is."""
    return finding.severity, finding.code, finding.path, finding.message.get("en", "")


def _in_reading_order(finding: Finding) -> tuple[int, int, int, int, str]:
    place = finding.place
    return ("error", "warning").index(finding.severity), place.line, place.row, len(place.column), place.column


def _sum_up(session: Session, checked: Checked) -> None:
    errors = sum(finding.severity == "error" for finding in checked.findings)
    advice = sum(finding.severity == "warning" for finding in checked.findings)
    said = session.count("{n} record checked: ", "{n} records checked: ", checked.records)
    if errors:
        said += session.count("{n} place to mend, ", "{n} places to mend, ", errors)
    else:
        said += session.say("all good, ")
    click.echo(said + session.count("{n} piece of advice.", "{n} pieces of advice.", advice))


_SEVERAL = 3
"""Records that need the same advice before it is said once for all."""

_MARKS = {"error": "✗", "warning": "△", "info": "·"}
