"""``/api/v1/changes``: the change log, for whoever keeps a copy; it waits for the next change if asked to."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from flask import Response, request

from catalog_service.errors import BadQuery, PositionLost, UnknownName
from catalog_service.model.record import parse_canonical
from catalog_service.operations.narrowing import must_be_set
from catalog_service.operations.sets import ROOT, set_name
from catalog_service.store.rows import stamp_text
from catalog_service.web import stopping
from catalog_service.web.capacity import LISTENERS
from catalog_service.web.conditional import answer_by_content
from catalog_service.web.query import whole
from catalog_service.web.routes import Parameter, Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog_service.store.rows import LogEntry
    from catalog_service.web.site import Site

MOST = 1000
LONGEST_WAIT = 30
_PAUSE = 0.25

_listening = threading.BoundedSemaphore(LISTENERS)
_OWN = {"since", "limit", "wait", "include", "kind", "lang", "set", "epoch"}


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    number = {"type": "integer", "minimum": 0}
    return (
        Route(
            "GET",
            "/api/v1/changes",
            lambda: changes(site),
            "The change log in order, after a sequence number",
            (
                Parameter("since", "Sequence number after which to begin", schema={**number, "default": 0}),
                Parameter("epoch", "Epoch the number is of, as the answers tell it", schema=number),
                Parameter("limit", "Most changes in one answer", schema={**number, "maximum": MOST, "default": 100}),
                Parameter("include", "“record” adds the record as plain JSON", schema={"enum": ["record"]}),
                Parameter(
                    "wait", "Seconds to wait for a change if there is none", schema={**number, "maximum": LONGEST_WAIT}
                ),
                Parameter("kind", "Kind of record"),
                Parameter("set", "Name of a set, such as those of OAI-PMH"),
                *(Parameter(name, "Code of the list the set is made of") for name in set_names(site)),
            ),
            answers={
                200: "Changes, and the number to go on from",
                400: "What was asked cannot be answered",
                410: "The log does not have this number, or is of another epoch: begin anew",
            },
            api=True,
        ),
    )


def changes(site: Site) -> Response:
    """Answer with the changes after a number."""
    since, limit = _number("since", 0, None), _number("limit", 100, MOST)
    wait = _number("wait", 0, LONGEST_WAIT)
    include = request.args.get("include", "")
    if include not in {"", "record"}:
        raise UnknownName("include", include, ["record"])
    kind, set_ = _narrowing(site)
    store = site.catalogue.store
    filters: dict[str, Any] = {"kinds": [kind] if kind else [], "set_": set_}
    last, epoch = store.last_seq(), store.epoch()
    if since > last or _number("epoch", epoch, None) != epoch:
        raise PositionLost(
            "The change log has no number {since} in this epoch; it ends at {last} of epoch {epoch}.",
            advice="Take everything anew: since=0.",
            since=since,
            last=last,
            epoch=epoch,
        )
    entries = store.changes(since, max(limit, 1), **filters)
    if not entries and wait and _listening.acquire(blocking=False):
        try:
            last, entries = _listen(site, since, limit, filters, wait)
        finally:
            _listening.release()
    entries = entries[:limit]
    bodies = _bodies(site, entries) if include else {}
    following = (entries[-1].seq if entries else since) if len(entries) == limit else last
    answer = site.json(
        {
            "changes": [_change(entry) | bodies.get(entry.seq, {}) for entry in entries],
            "next": following,
            "next_url": site.absolute("/api/v1/changes", **_kept(following)),
            "last": last,
            "epoch": epoch,
        }
    )
    return answer_by_content(answer)


def _listen(site: Site, since: int, limit: int, filters: Mapping[str, Any], wait: int) -> tuple[int, list[LogEntry]]:
    """Look again until there is a change, the time is over or the server is to stop."""
    deadline = time.monotonic() + wait
    while True:
        last = site.catalogue.store.last_seq()
        entries = site.catalogue.store.changes(since, max(limit, 1), **filters) if last > since else []
        if entries or time.monotonic() >= deadline or stopping.told.wait(_PAUSE):
            return last, entries


def _change(entry: LogEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "epoch": entry.epoch,
        "id": entry.identifier,
        "iri": entry.iri,
        "kind": entry.kind,
        "op": "leave" if entry.left else entry.op,
        "left": entry.left,
        "version": entry.version,
        "hash": entry.public_hash,
        "stamp": stamp_text(entry.stamp),
        "sets": list(entry.sets),
    }


def _bodies(site: Site, entries: list[LogEntry]) -> dict[int, dict[str, Any]]:
    """Return each live record as it is now under the number of its change; whoever is gone has none."""
    from catalog_service.model.derive import to_plain

    profile = site.catalogue.profile
    found = site.catalogue.store.published(dict.fromkeys(entry.identifier for entry in entries if not entry.left))
    bodies = {}
    for entry in entries:
        now = found.get(entry.identifier)
        if now is not None and now.form is not None and not entry.left:
            record = parse_canonical(now.form, now.iri, now.kind)
            bodies[entry.seq] = {"record": to_plain(record, profile.kinds[now.kind], profile.vocabularies)}
    return bodies


def set_names(site: Site) -> dict[str, tuple[str, str]]:
    """Return the parameters that narrow by a set's code, each with the set's prefix and code list."""
    names: dict[str, tuple[str, str]] = {}
    for kind in site.catalogue.profile.kinds.values():
        for prefix, (path, scheme) in kind.sets.items():
            if not scheme:
                continue
            names.setdefault(prefix, (prefix, scheme))
            for facet in kind.facets:
                if facet.path == path:
                    names.setdefault(facet.name, (prefix, scheme))
    return names


def _narrowing(site: Site) -> tuple[str, str]:
    kind, set_ = request.args.get("kind", ""), request.args.get("set", "")
    if kind:
        site.catalogue.kind(kind)
    if set_:
        must_be_set(site.catalogue, set_)
    names = set_names(site)
    for name, code in request.args.items():
        if name in _OWN:
            continue
        if name not in names:
            raise UnknownName("parameter", name, [*_OWN, *names])
        prefix, slug = names[name]
        scheme = site.catalogue.profile.vocabularies[slug]
        if code not in scheme.concepts:
            raise UnknownName(f"code in {name}", code, scheme.concepts)
        if set_:
            raise BadQuery("Changes are narrowed by one set at a time.")
        if code == ROOT:
            raise BadQuery(
                "{name}: {value} is the whole country, so no set is made of it.",
                advice="Leave it out, or choose one of: {known}.",
                name=name,
                value=code,
                known=", ".join(scheme.concepts[code].narrower),
            )
        set_ = set_name(prefix, scheme.ancestors(code), code)
    return kind, set_


def _kept(following: int) -> dict[str, object]:
    kept: dict[str, object] = {name: value for name, value in request.args.items() if name != "since"}
    return {"since": following} | kept


def _number(name: str, default: int, most: int | None) -> int:
    number = whole(request.args, name, default)
    if most is not None and number > most:
        raise BadQuery("{name}: {value} is over the most, {most}.", name=name, value=number, most=most)
    return number
