"""``kebao search``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalog_service.cli.base import DONE, MOST, Session, TranslatedCommand, print_json, with_home
from catalog_service.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog_service.operations.search import SearchPage


@click.command(cls=TranslatedCommand)
@click.argument("text", default="")
@click.option("--kind", default="", help="Kind of records to find.")
@click.option("--filter", "filters", multiple=True, metavar="FACET=VALUE", help="Narrow by a facet; may be repeated.")
@click.option("--sort", default="", help="relevance, newest or price.")
@click.option(
    "--limit", type=click.IntRange(1, MOST), metavar="N", default=20, show_default=True, help="Most records to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@with_home
def search(session: Session, text: str, kind: str, filters: Sequence[str], sort: str, limit: int, as_json: bool) -> int:
    """Find what the page finds, in the terminal."""
    from catalog_service.operations.search import SearchRequest
    from catalog_service.operations.search import search as find

    session.catalogue.index.bring_to(session.catalogue.store.last_seq())
    request = SearchRequest(kind, text, chosen(filters), sort, limit, lang=session.lang)
    page = find(session.catalogue, request)
    if as_json:
        print_json(
            {
                "total": page.total,
                "hits": [{"id": hit.id, "iri": hit.iri, "title": hit.title, "score": hit.score} for hit in page.hits],
                "facets": {
                    facet.name: [{"value": v.value, "label": v.label, "count": v.count} for v in facet.values]
                    for facet in page.facets
                },
            }
        )
    else:
        _show(session, page)
    return DONE


def chosen(filters: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return facet values from ``facet=value`` words."""
    found: dict[str, tuple[str, ...]] = {}
    for each in filters:
        name, equals, value = each.partition("=")
        if not equals:
            raise InputError("“{text}” is not of the form facet=value.", text=each)
        found[name] = (*found.get(name, ()), value)
    return found


def _show(session: Session, page: SearchPage) -> None:
    if page.dropped:
        session.echo("Nothing holds all words; these do without {words}.", words=", ".join(page.dropped))
    for hit in page.hits:
        owner = "  ".join(title for links in hit.linked.values() for _, title in links)
        click.echo(f"{hit.id}  {hit.title}")
        click.echo(f"    {owner}" if owner else "", nl=bool(owner))
    click.echo(session.count("{n} record", "{n} records", page.total))
    if page.did_you_mean:
        session.echo("Did you mean “{words}”?", words=page.did_you_mean)
