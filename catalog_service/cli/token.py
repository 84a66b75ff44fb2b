"""``kebao token``."""

from __future__ import annotations

import click

from catalog_service.cli.base import DONE, Session, TranslatedGroup, print_rows, with_session


@click.group(cls=TranslatedGroup)
def token() -> None:
    """Keys for programs that write; only their digest is stored."""


@token.command()
@click.argument("owner", metavar="NAME")
@click.option(
    "--days", type=click.IntRange(1, 36500), metavar="N", default=365, show_default=True, help="Days until it expires."
)
@with_session
def create(session: Session, owner: str, days: int) -> int:
    """Make a key for somebody; it is shown once."""
    from catalog_service.operations.tokens import create as make

    secret = make(session.catalogue, owner, days)
    session.tell("Keep it; it is not shown again. Send it as: Authorization: Bearer …")
    click.echo(secret)
    return DONE


@token.command(name="list")
@with_session
def list_tokens(session: Session) -> int:
    """List the keys, without their secrets."""
    from catalog_service.store.rows import stamp_text

    tokens = session.catalogue.store.tokens()
    states = [
        session.say("revoked") if each.revoked else session.say("until {day}", day=stamp_text(each.expires or 0)[:10])
        for each in tokens
    ]
    print_rows((each.id, each.owner, state) for each, state in zip(tokens, states, strict=True))
    if not tokens:
        session.echo("There are no keys. `kebao token create NAME` makes one.")
    return DONE


@token.command()
@click.argument("identifier", metavar="KEY")
@with_session
def revoke(session: Session, identifier: str) -> int:
    """Revoke a key at once."""
    with session.catalogue.store.write(actor="command line") as writer:
        writer.revoke_token(identifier)
    session.echo("Revoked.")
    return DONE
