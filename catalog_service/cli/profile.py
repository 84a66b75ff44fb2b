"""``kebao kinds`` and ``kebao vocabulary``."""

from __future__ import annotations

import click

from catalog_service.cli.base import (
    DONE,
    Session,
    TranslatedCommand,
    TranslatedGroup,
    print_json,
    print_rows,
    with_session,
)
from catalog_service.errors import UnknownName


@click.command(cls=TranslatedCommand)
@click.argument("kind", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@with_session
def kinds(session: Session, kind: str | None, as_json: bool) -> int:
    """List the kinds of records, or the elements of one."""
    from catalog_service.registry import profile

    known = profile().kinds
    if kind is not None and kind not in known:
        raise UnknownName("kind", kind, known)
    rows: list[tuple[str, ...]]
    if kind is None:
        rows = [(each.name, each.label(session.lang), str(len(each.fields))) for each in known.values()]
    else:
        rows = [
            (each.number, name, each.label(session.lang), each.obligation, str(each.max_count or "n"))
            for name, each in known[kind].walk()
        ]
    print_json(rows) if as_json else print_rows(rows)
    return DONE


@click.group(cls=TranslatedGroup)
def vocabulary() -> None:
    """Code lists: list, show."""


@vocabulary.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@with_session
def list_schemes(session: Session, as_json: bool) -> int:
    """List the code lists."""
    from catalog_service.registry import profile

    lists = profile().vocabularies
    rows = [(slug, lists[slug].label(session.lang), str(len(lists[slug].concepts))) for slug in lists]
    print_json(rows) if as_json else print_rows(rows)
    return DONE


@vocabulary.command()
@click.argument("scheme", metavar="LIST")
@click.argument("text", default="")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@with_session
def show(session: Session, scheme: str, text: str, as_json: bool) -> int:
    """Show a code list, or the codes that a word may mean."""
    from catalog_service.registry import profile

    lists = profile().vocabularies
    if scheme not in lists:
        raise UnknownName("code list", scheme, lists)
    concepts = (
        lists.find(text, (scheme,)) or lists.nearest(text, (scheme,)) if text else lists[scheme].concepts.values()
    )
    rows = [(each.notation, each.label(session.lang), each.broader or "") for each in concepts]
    print_json(rows) if as_json else print_rows(rows)
    return DONE
