"""Export: everything published, in log order; and one record, drafts too, for those who keep the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.errors import InputError
from catalog_service.i18n import both
from catalog_service.model.report import Finding
from catalog_service.operations.disseminate import working
from catalog_service.operations.outgoing import outgoing, surroundings
from catalog_service.writers import writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.writers.base import Outgoing, Surroundings

_PAGE = 500


def export(catalogue: Catalogue, form: str, kind: str = "", *, around: Surroundings | None = None) -> Iterator[bytes]:
    """Yield a document of everything published, or everything of a kind.

    Once it is whole, `left_out` tells from ``around`` what it does not hold.
    """
    chosen = writer(form)
    if kind:
        catalogue.kind(kind)
    elif chosen.one_kind:
        _refuse_several(catalogue, form)
    return chosen.write(_published(catalogue, kind), around or surroundings(catalogue))


def left_out(catalogue: Catalogue, around: Surroundings) -> list[Finding]:
    """Return a warning for each field of which a table lacks values or will not give them back, with how many."""
    counted = [("not-in-table", *each) for each in around.left_out.items()]
    counted += [("taken-apart", *each) for each in around.taken_apart.items()]
    found = []
    for code, (name, path), count in counted:
        kind = catalogue.profile.kinds[name]
        field = kind.field(path)
        labels = dict(field.labels) if field else {}
        said = {"label": labels, "kind": dict(kind.labels), "count": f"{count:,}"}
        sentence = (
            "{kind}: the table has no place for {count} values of “{label}”."
            if code == "not-in-table"
            else "{kind}: {count} values of “{label}” hold ；、 or |; read back from the table, each becomes several."
        )
        message = both(sentence, domain="findings", **said)
        advice = both("Take jsonld, turtle or jsonl: they hold everything.", domain="findings")
        found.append(Finding(code, message, advice, severity="warning", path=path, label=labels, value=str(count)))
    return found


def _refuse_several(catalogue: Catalogue, form: str) -> None:
    held = [name for name in catalogue.profile.kinds if catalogue.store.count(kind=name, live=True)]
    if len(held) > 1:
        raise InputError(
            "{format} holds records of one kind in a file; there are records of {kinds}.",
            advice="Name one with --kind, or take a workbook, which has a sheet for each.",
            format=form,
            kinds=", ".join(held),
        )


def _published(catalogue: Catalogue, kind: str) -> Iterator[Outgoing]:
    after: int | None = 0
    while after is not None:
        page = catalogue.store.listing(kind=kind, after_seq=after, limit=_PAGE)
        yield from (outgoing(catalogue, entry) for entry in page.entries if entry.live)
        after = page.next_seq


def render_working(catalogue: Catalogue, identifier: str, form: str, version: int | None = None) -> bytes:
    """Return a record in a format: the newest version, published or not, or an older one."""
    return b"".join(writer(form).write([working(catalogue, identifier, version).outgoing()], surroundings(catalogue)))
