"""``kebao run``."""

from __future__ import annotations

import click

from catalog_service.cli.base import DONE, Session, TranslatedCommand, with_session


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
    from catalog_service.cli.serve import probe, serve
    from catalog_service.operations.sample import load_samples

    probe(host, port)
    if verbose:
        for name, value in session.catalogue.settings.values.items():
            shown = "***" if "key" in name and value else value
            click.echo(f"{name} = {shown}  ({session.catalogue.settings.origins[name]})", err=True)
    if sample:
        loaded = load_samples(session.catalogue)
        if loaded:
            session.echo("{count} sample records loaded.", count=loaded)
    session.catalogue.index.bring_to(session.catalogue.store.last_seq(), 5.0)
    session.catalogue.close()
    session.echo("Kebao is served at {address}", address=f"http://{host}:{port}")
    session.echo("Stop with Ctrl-C.")
    serve(session.home, host, port, workers)
    return DONE
