"""Commands on records: publish, withdraw, show, history, list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalog_service.cli.base import (
    DONE,
    MOST,
    WITH_FINDINGS,
    Session,
    TranslatedCommand,
    describe,
    print_json,
    print_rows,
    with_home,
)
from catalog_service.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(cls=TranslatedCommand)
@click.argument("identifiers", nargs=-1, required=True, metavar="ID…")
@with_home
def publish(session: Session, identifiers: Sequence[str]) -> int:
    """Publish records that conform; says of the others what stands in the way."""
    from catalog_service.operations.publish import publish as make_public

    done = make_public(session.catalogue, identifiers, actor="command line")
    for identifier, each in done.items():
        session.echo("{id}: published." if each.published else "{id}: not published.", id=identifier)
        for finding in each.findings:
            click.echo("  " + describe(finding, session.lang))
    session.catalogue.index.bring_to(session.catalogue.store.last_seq())
    return DONE if all(each.published for each in done.values()) else WITH_FINDINGS


@click.command(cls=TranslatedCommand)
@click.argument("identifier", metavar="ID")
@click.option("--reason", required=True, help="Why; stands on the tombstone page.")
@click.option("--replaced-by", default="", metavar="ID", help="The record that takes its place.")
@click.option("--cascade", is_flag=True, help="Withdraw what depends on it too.")
@with_home
def withdraw(session: Session, identifier: str, reason: str, replaced_by: str, cascade: bool) -> int:
    """Withdraw a record; a tombstone stays for ever."""
    from catalog_service.operations.publish import withdraw as take_back

    gone = take_back(
        session.catalogue, identifier, reason, actor="command line", replaced_by=replaced_by, cascade=cascade
    )
    click.echo(session.count("{n} record withdrawn.", "{n} records withdrawn.", len(gone)))
    session.catalogue.index.bring_to(session.catalogue.store.last_seq())
    return DONE


@click.command(cls=TranslatedCommand)
@click.argument("identifier", metavar="ID")
@click.option("--version", type=click.IntRange(1, MOST), metavar="N", default=None, help="An older version.")
@click.option(
    "--format", "form", default="turtle", show_default=True, help="Form: turtle, jsonld, rdfxml, ntriples, json."
)
@with_home
def show(session: Session, identifier: str, version: int | None, form: str) -> int:
    """Show one record, drafts too."""
    from catalog_service.operations.export import render_working

    shown = render_working(session.catalogue, identifier, form, version)
    click.echo(shown, nl=not shown.endswith(b"\n") and not shown.startswith(b"PK"))
    return DONE


@click.command(cls=TranslatedCommand)
@click.argument("identifier", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@with_home
def history(session: Session, identifier: str, as_json: bool) -> int:
    """Show a record's versions and changes."""
    from catalog_service.operations.publish import row_of
    from catalog_service.store.rows import stamp_text

    row = row_of(session.catalogue, identifier)
    past = session.catalogue.store.history(row.identifier)
    if as_json:
        print_json(
            {
                "versions": [
                    {
                        "version": v.number,
                        "stamp": stamp_text(v.stamp),
                        "actor": v.actor,
                        "note": v.note,
                        "batch": v.batch,
                    }
                    for v in past.versions
                ],
                "changes": [
                    {"seq": e.seq, "op": e.op, "version": e.version, "stamp": stamp_text(e.stamp), "note": e.note}
                    for e in past.entries
                ],
            }
        )
        return DONE
    heads = (session.say("version"), session.say("time"), session.say("who"), session.say("note"))
    print_rows(((str(v.number), stamp_text(v.stamp), v.actor, v.note or "-") for v in past.versions), heads)
    click.echo()
    columns = tuple(session.say(head) for head in ("change", "time", "what", "version", "note"))
    print_rows(((str(e.seq), stamp_text(e.stamp), e.op, str(e.version), e.note or "-") for e in past.entries), columns)
    return DONE


@click.command(cls=TranslatedCommand)
@click.option("--kind", default="", help="Only records of this kind.")
@click.option("--state", default="", help="Only records in this state.")
@click.option("--agency", default="", metavar="ID", help="Only records of this provider.")
@click.option("--batch", type=click.IntRange(1, MOST), metavar="N", default=None, help="Only records of this load.")
@click.option(
    "--limit", type=click.IntRange(1, MOST), metavar="N", default=100, show_default=True, help="Most records to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@with_home
def list_(session: Session, kind: str, state: str, agency: str, batch: int | None, limit: int, as_json: bool) -> int:
    """List records by state, kind or batch."""
    from catalog_service.operations.publish import row_of
    from catalog_service.store.rows import STATES

    if kind:
        session.catalogue.kind(kind)
    if state and state not in STATES:
        raise UnknownName("state", state, STATES)
    key = ("provider", row_of(session.catalogue, agency).iri) if agency else None
    rows = session.catalogue.store.listing_records(kind=kind, state=state, batch=batch, key=key, limit=limit)
    if as_json:
        print_json(
            [
                {"identifier": r.identifier, "kind": r.kind, "state": r.state, "title": r.title, "live": r.live}
                for r in rows
            ]
        )
        return DONE
    print_rows((row.identifier, row.state, row.kind, row.title) for row in rows)
    if not rows:
        session.echo("There are no such records.")
    return DONE
