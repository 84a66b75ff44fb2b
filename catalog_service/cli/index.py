"""``kebao index``."""

from __future__ import annotations

import click

from catalog_service.cli.base import DONE, WITH_FINDINGS, Session, TranslatedGroup, print_json, with_home


@click.group(cls=TranslatedGroup)
def index() -> None:
    """Search index: state, rebuild, check, change of engine."""


@index.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@with_home
def status(session: Session, as_json: bool) -> int:
    """Show the engine, how far it follows the log and what it refused."""
    from catalog_service.operations.reindex import status as state_of

    state = state_of(session.catalogue)
    if as_json:
        print_json(state)
        return DONE
    session.echo("Engine: {engine}", engine=state["engine"])
    session.echo("At change {position} of {last}, {lag} behind.", **state)
    for identifier, reason in state["refused"].items():
        session.echo("{id} is not in the index: {reason}", id=identifier, reason=reason)
    return DONE


@index.command()
@with_home
def rebuild(session: Session) -> int:
    """Make the index anew from the records, beside the old one, then change over."""
    from catalog_service.operations.reindex import rebuild as make_anew

    count = make_anew(session.catalogue)
    click.echo(session.count("{n} change indexed.", "{n} changes indexed.", count))
    return DONE


@index.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@with_home
def check(session: Session, as_json: bool) -> int:
    """Compare the index with the store, record by record."""
    from catalog_service.operations.reindex import compare

    drift = compare(session.catalogue)
    if as_json:
        print_json(drift)
    elif any(drift.values()):
        for what, identifiers in drift.items():
            if identifiers:
                shown = ", ".join(identifiers[:10])
                click.echo(f"{session.say(what)}: {len(identifiers)}  {shown}")
        session.echo("`kebao index rebuild` mends it.")
    else:
        session.echo("Index and store agree.")
    return WITH_FINDINGS if any(drift.values()) else DONE


@index.command()
@click.argument("engine", metavar="ENGINE")
@with_home
def use(session: Session, engine: str) -> int:
    """Change the search engine: fill it first, then write it into the settings."""
    from catalog_service.operations.reindex import use as change_to

    count = change_to(session.catalogue, engine)
    click.echo(session.count("{n} change indexed.", "{n} changes indexed.", count))
    session.echo("The engine is {engine} now; restart a running server.", engine=engine)
    return DONE
