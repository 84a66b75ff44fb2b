"""``kebao load``."""

from __future__ import annotations

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
    with_session,
)
from catalog_service.cli.progress import counting, size_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog_service.model.report import Finding
    from catalog_service.operations.load import LoadResult, Source

_SHOWN = 50
_WORTH_TELLING = (
    "unknown-column",
    "unknown-member",
    "doubled-column",
    "merged-header",
    "missing-header",
    "forbidden-character",
    "loose-node",
    "no-rows",
    "target-not-published",
    "held-back",
    "bad-price",
    "no-record",
    "index-behind",
    "not-in-table",
)


@click.command(cls=TranslatedCommand)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--kind", default="", help="Kind of the records, where the file does not tell.")
@click.option("--dry-run", is_flag=True, help="Check and count, store nothing.")
@click.option("--publish", "publishing", is_flag=True, help="Publish what conforms.")
@click.option("--resume", is_flag=True, help="Go on with a load of the same files that was broken off.")
@click.option("--sandbox", is_flag=True, help="Read the files in a confined process, as what comes over the network.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write all findings to a JSON file.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@with_session
def load(
    session: Session,
    files: Sequence[str],
    kind: str,
    dry_run: bool,
    publishing: bool,
    resume: bool,
    sandbox: bool,
    report: Path | None,
    as_json: bool,
) -> int:
    """Read, check, store and index records. Good ones go in, refused ones are listed."""
    from catalog_service.operations.load import load as load_records
    from catalog_service.operations.reading import nothing_read, sources_of

    if report is not None:
        _can_be_written(report)
    sources = sources_of(files)
    if not dry_run:
        _tell_of_leftovers(session, sources, kind, publishing=publishing, resume=resume)
    with counting(session, size_of(sources)) as progress:
        result = load_records(
            session.catalogue,
            sources,
            actor="command line",
            kind=kind,
            dry=dry_run,
            publishing=publishing,
            progress=progress,
            isolated=sandbox,
            resumable=True,
            resume=resume,
        )
    empty = not result.counts["read"] and not result.refused
    if empty:
        result.findings.append(nothing_read(sources))
    if as_json:
        print_json(result_json(result, session.lang))
    else:
        _show(session, result)
    if report is not None:
        write_report(report, result.findings, session.lang)
    return WITH_FINDINGS if empty or result.refused or result.behind else DONE


def _can_be_written(path: Path) -> None:
    """Raise what keeps a file from being written, before anything is done that it should tell of."""
    new = not path.exists()
    with path.open("ab"):
        pass
    if new:
        path.unlink()


def _tell_of_leftovers(
    session: Session, sources: Sequence[Source], kind: str, *, publishing: bool, resume: bool
) -> None:
    """Say what earlier loads left behind when they were broken off."""
    from catalog_service.operations.resume import leftover, sweep
    from catalog_service.store.rows import stamp_text

    removed = sweep(session.catalogue)
    if removed:
        session.tell("{count} broken-off loads of more than a week ago were forgotten.", count=removed)
    found = leftover(session.catalogue, sources, kind, publishing=publishing)
    if found is None:
        if resume:
            session.tell("No load of these files was broken off; they are read from the beginning.")
        return
    values = {"stored": f"{found.stored:,}", "read": f"{found.read:,}", "when": stamp_text(int(found.stamp))}
    if resume:
        session.tell("Going on with the load of {when}: {stored} of {read} records are stored.", **values)
    else:
        session.tell("A load of these files was broken off ({when}): {stored} of {read} records are stored.", **values)
        session.tell("It is begun anew; `kebao load --resume` would have gone on with it.")


def result_json(result: LoadResult, lang: str) -> dict[str, object]:
    """Return what a load did, for programs."""
    return {
        "batch": result.batch,
        "dry_run": result.dry,
        "counts": result.counts,
        "seq": result.seq,
        "seconds": round(result.seconds, 3),
        "records": [
            {"identifier": each.identifier, "iri": each.iri, "status": each.status, "published": each.published}
            for each in result.taken
        ],
        "findings": [finding_json(finding, lang) for finding in result.findings],
    }


def write_report(path: Path, findings: Sequence[Finding], lang: str) -> None:
    """Write findings to a JSON file."""
    import json

    rows = [finding_json(finding, lang) for finding in findings]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _show(session: Session, result: LoadResult) -> None:
    """Print what stands in the way; advice is only counted, `kebao validate` shows it."""
    show_findings(
        session, [each for each in result.findings if each.severity == "error" or each.code in _WORTH_TELLING]
    )
    advice = sum(each.severity == "warning" for each in result.findings)
    counts = result.counts
    if result.dry:
        session.echo(
            "Nothing was stored. {good} records are good, {refused} would be refused.",
            good=counts["checked"],
            refused=counts["refused"],
        )
        return
    session.echo(
        "{created} new, {changed} changed, {unchanged} the same, {refused} refused; {published} published.",
        **counts,
    )
    if counts["waiting"]:
        session.echo("{waiting} wait for a record they refer to.", waiting=counts["waiting"])
    if advice:
        click.echo(
            session.count(
                "{n} piece of advice; `kebao validate` shows it.",
                "{n} pieces of advice; `kebao validate` shows them.",
                advice,
            )
        )
    if result.batch:
        session.echo("Batch {batch}.", batch=result.batch)


def show_findings(session: Session, findings: Sequence[Finding], *, err: bool = False) -> None:
    """Print findings, worst first, grouped by file; many are cut short with a word on how to see all."""
    ranked = sorted(findings, key=lambda each: ("error", "warning", "info").index(each.severity))
    shown = [each for each in ranked if each.severity != "info"][:_SHOWN]
    many = len({each.place.file for each in shown}) > 1
    for finding in shown:
        file = f"{finding.place.file}: " if many and finding.place.file else ""
        click.echo(f"{_MARKS[finding.severity]} {file}{describe(finding, session.lang)}", err=err)
    rest = sum(each.severity != "info" for each in ranked) - len(shown)
    if rest > 0:
        session.echo("… and {rest} more; --report FILE writes all.", rest=rest)


_MARKS = {"error": "✗", "warning": "△", "info": "·"}
