"""``kebao run``."""

from __future__ import annotations

import click

from catalog_service.cli.base import DONE, Session, TranslatedCommand, show_error, with_session
from catalog_service.errors import IndexUnavailable


@click.command(cls=TranslatedCommand)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", default=8600, show_default=True, help="Port to serve on."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), metavar="N", default=1, show_default=True, help="Processes that answer."
)
@click.option("--sample", is_flag=True, help="Load the sample records once.")
@click.option("--verbose", is_flag=True, help="Print the settings and where each came from.")
@with_session
def run(session: Session, host: str, port: int, workers: int, sample: bool, verbose: bool) -> int:
    """Serve the catalogue; makes its home if there is none."""
    from catalog_service.cli.serve import at, hold, serve

    with hold(host, port) as held:
        port = held.getsockname()[1]
        _prepare(session, sample=sample, verbose=verbose)
        session.echo("Kebao is served at {address}", address=f"http://{at(host, port)}")
        session.echo("Stop with Ctrl-C.")
        serve(session.home, host, port, workers)
    return DONE


def _prepare(session: Session, *, sample: bool, verbose: bool) -> None:
    """Make the home what it has to be before workers open it."""
    from catalog_service.operations.sample import load_samples

    if verbose:
        for name, value in session.catalogue.settings.values.items():
            shown = "***" if "key" in name and value else value
            click.echo(f"{name} = {shown}  ({session.catalogue.settings.origins[name]})", err=True)
    if sample:
        loaded = load_samples(session.catalogue)
        if loaded:
            session.echo("{count} sample records loaded.", count=loaded)
    _bring_index(session)
    session.catalogue.close()


def _bring_index(session: Session) -> None:
    """Bring the index to the newest change; without it records are served all the same, and the follower goes on."""
    try:
        session.catalogue.index.bring_to(session.catalogue.store.last_seq(), 5.0)
    except IndexUnavailable as error:
        show_error(error, session.lang)
        session.tell("Records are served; searching works as soon as the index does.")
