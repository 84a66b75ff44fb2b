"""Writing records over HTTP: with a token, with `If-Match`, with a key against doubles; a batch line by line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from flask import Response, request

from catalog_service.errors import InputError, MissingPrecondition, UnknownName, UnreadableInput, VersionConflict
from catalog_service.operations import tokens
from catalog_service.operations.disseminate import working_tag
from catalog_service.operations.publish import change_state, row_of
from catalog_service.readers.reasons import reason
from catalog_service.web.api.validate import KIND, MEDIA_TYPES, sent
from catalog_service.web.pages.records import IDENTIFIER
from catalog_service.web.problems import finding_members
from catalog_service.web.routes import Body, Parameter, Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog_service.model.report import Finding
    from catalog_service.operations.records import Saved
    from catalog_service.operations.taken import Taken
    from catalog_service.web.site import Site

LINES = ("application/jsonl", "application/x-ndjson")
_SMALL = 10_000
_LONGEST_KEY = 200
_MATCH = Parameter(
    "If-Match", "Entity tag of the version to be changed, as a read with the key gives it", "header", required=True
)
_MATCH_IF = Parameter("If-Match", "Entity tag of the version to be moved; a withdrawal needs it", "header")
_KEY = Parameter("Idempotency-Key", "A word of your own: the same request again has no second effect", "header")
_PUBLISH = Parameter("publish", "Publish what conforms", schema={"type": "boolean", "default": False})
_REASON = Parameter("reason", "Why it is withdrawn; stands on the tombstone page", required=True)
_CASCADE = Parameter(
    "cascade", "Withdraw the records that depend on it too", schema={"type": "boolean", "default": False}
)
_TEXT = {"type": "string"}
_TRANSITION = {"type": "object", "properties": {"to": _TEXT, "reason": _TEXT}, "required": ["to"]}
_REFUSED = {400: "What was sent cannot be read", 401: "No token", 422: "Refused, with findings"}
_CHANGED = _REFUSED | {404: "No such record", 412: "Somebody changed it meanwhile", 428: "If-Match is missing"}
_OF_A_KEY = re.compile(r"\d+\.\d+-[a-z]+-[a-z]+")
"""An entity tag as `catalog_service.operations.disseminate.working_tag` makes it: who holds it read everything."""


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    return (_storing(site), *_changing(site))


def _storing(site: Site) -> Route:
    return Route(
        "POST",
        "/api/v1/records",
        lambda: post(site),
        "Store a new record; JSON Lines are a batch, answered line by line in its order",
        (KIND, _PUBLISH, _KEY),
        Body(MEDIA_TYPES, {}, site.catalogue.settings.number("limits.upload_bytes")),
        {
            200: "It was there already; or a batch: for each line its number and what became of it",
            201: "Created",
            409: "It is there with other content",
            **_REFUSED,
        },
        ("application/json", LINES[0]),
        token=True,
        api=True,
    )


def _changing(site: Site) -> tuple[Route, ...]:
    return (
        Route(
            "PUT",
            "/api/v1/records/<identifier>",
            lambda identifier: put(site, identifier),
            "Replace a record",
            (IDENTIFIER, _MATCH, _PUBLISH),
            Body(MEDIA_TYPES, {}, site.catalogue.settings.number("limits.record_bytes")),
            {200: "Replaced, or the same as before", **_CHANGED},
            token=True,
            api=True,
        ),
        Route(
            "DELETE",
            "/api/v1/records/<identifier>",
            lambda identifier: delete(site, identifier),
            "Withdraw a record",
            (IDENTIFIER, _MATCH, _REASON, _CASCADE),
            answers={200: "Withdrawn", 409: "Other records depend on it", **_CHANGED},
            token=True,
            api=True,
        ),
        Route(
            "POST",
            "/api/v1/records/<identifier>/transitions",
            lambda identifier: transition(site, identifier),
            "Move a record to another state",
            (IDENTIFIER, _MATCH_IF),
            Body(("application/json",), _TRANSITION, _SMALL),
            {200: "Moved", 409: "Its state does not allow it", **_CHANGED},
            token=True,
            api=True,
        ),
    )


def _actor(site: Site) -> str:
    return tokens.check(site.catalogue, request.headers.get("Authorization", "")).owner


def post(site: Site) -> Response:
    """Store a new record, or a batch of them."""
    from catalog_service.operations.records import answered_once, create, save_batch

    actor, publishing, kind = _actor(site), _flag("publish"), request.args.get("kind", "")
    if request.mimetype in LINES:
        source = sent()

        def made() -> bytes:
            taken = save_batch(site.catalogue, source, actor=actor, kind=kind, publishing=publishing)
            lines = [json.dumps(_line(site, each), ensure_ascii=False) + "\n" for each in taken]
            return "".join(lines).encode("utf-8", "replace")

        parts = ("batch", kind, str(publishing))
        body = answered_once(site.catalogue, source, actor=actor, asked=parts, key=_key(), make=made)
        response = Response(body, content_type=LINES[0])
        response.headers["Kebao-Seq"] = str(site.catalogue.store.last_seq())
        return response
    saved = create(site.catalogue, sent(), actor=actor, kind=kind, publishing=publishing, key=_key())
    response = _saved(site, saved, 201 if saved.created else 200)
    response.headers["Location"] = site.absolute(f"/api/v1/records/{saved.identifier}")
    return response


def put(site: Site, identifier: str) -> Response:
    """Replace a record."""
    from catalog_service.operations.records import save

    actor = _actor(site)
    version = _matched(site, identifier)
    _read_whole(site, identifier, version)
    saved = save(site.catalogue, identifier, sent(), version, actor=actor, publishing=_flag("publish"))
    return _saved(site, saved, 200)


def delete(site: Site, identifier: str) -> Response:
    """Withdraw a record."""
    from catalog_service.operations.records import remove

    actor = _actor(site)
    version = _matched(site, identifier)
    reason, cascade = request.args.get("reason", ""), _flag("cascade")
    seq = remove(site.catalogue, identifier, version, reason, actor=actor, cascade=cascade)
    return site.json({"id": identifier.upper(), "state": "withdrawn", "seq": seq})


def transition(site: Site, identifier: str) -> Response:
    """Move a record to another state."""
    from catalog_service.operations.records import CASCADE

    actor = _actor(site)
    asked = _small_json(("to", "reason"))
    to, why = asked.get("to", ""), asked.get("reason", "")
    row = row_of(site.catalogue, identifier)
    needed = to == "withdrawn" or "If-Match" in request.headers
    version = _matched(site, identifier) if needed else None
    seq = change_state(site.catalogue, row.identifier, to, why, actor=actor, version=version, way=CASCADE)
    state = row_of(site.catalogue, identifier).state
    return site.json({"id": row.identifier, "state": state, "seq": seq or site.catalogue.store.last_seq()})


def _matched(site: Site, identifier: str) -> int | None:
    """Return the version `If-Match` names, None for any; decision 13: only the version part of a tag counts.

    Whether the record still has it is for the transaction to find out that changes it.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise MissingPrecondition(
            "A change needs If-Match.",
            advice='Read it with your key, and send the entity tag you got: If-Match: "3.0-published-json".',
        )
    row = row_of(site.catalogue, identifier)
    if header == "*":
        return None
    named = {tag.partition(".")[0] for tag in request.if_match.as_set()}
    if str(row.working_version) in named:
        return row.working_version
    number = min(named, default="")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else -1


def _read_whole(site: Site, identifier: str, version: int | None) -> None:
    """Refuse to replace what holds private fields by what was made of its public form: they would be lost."""
    if version is None or any(_OF_A_KEY.match(tag) for tag in request.if_match.as_set()):
        return
    held = site.catalogue.store.version(row_of(site.catalogue, identifier).identifier, version)
    if held is not None and held.canonical != held.public:
        raise VersionConflict(
            "The public does not see all of {identifier}; what it does not see would be lost.",
            advice="Read it with your key, change that, and send the entity tag you got with it.",
            identifier=identifier.upper(),
        )


def _saved(site: Site, saved: Saved, status: int) -> Response:
    row = site.catalogue.store.get(saved.identifier)
    body = {
        "id": saved.identifier,
        "iri": saved.iri,
        "status": saved.status,
        "version": saved.version,
        "state": row.state if row else "",
        "published": saved.published,
        "seq": saved.seq,
        "url": site.absolute(f"/records/{saved.identifier}"),
        "findings": [finding_members(each, site.lang) for each in saved.findings],
    }
    response = site.json(body, status)
    if row is not None:
        response.set_etag(f"{working_tag(row, saved.version)}-json")
    return response


def _line(site: Site, each: Taken | Finding) -> dict[str, Any]:
    """Return what became of one record of a batch, or what could not be read."""
    from catalog_service.operations.records import line_of
    from catalog_service.operations.taken import Taken

    line = line_of(each)
    if isinstance(each, Taken):
        return {
            "line": line,
            "id": each.identifier,
            "iri": each.iri,
            "status": each.status,
            "version": each.version,
            "published": each.published,
            "findings": [finding_members(finding, site.lang) for finding in each.findings],
        }
    return {"line": line, "status": "refused", "findings": [finding_members(each, site.lang)]}


def _flag(name: str) -> bool:
    text = request.args.get(name, "false").lower()
    if text not in {"true", "false", "1", "0"}:
        raise UnknownName(name, text, ["true", "false"])
    return text in {"true", "1"}


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > _LONGEST_KEY:
        raise InputError(
            "The Idempotency-Key has {length} characters; {most} is the most.", length=len(key), most=_LONGEST_KEY
        )
    return key


def _small_json(members: tuple[str, ...]) -> Mapping[str, str]:
    """Return a small JSON object of texts."""
    try:
        asked = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError) as error:
        raise UnreadableInput("The request is not JSON: {reason}.", reason=reason(error)) from error
    if not isinstance(asked, dict) or not all(isinstance(value, str) for value in asked.values()):
        raise UnreadableInput("The request is to be a JSON object of texts.")
    for name in asked:
        if name not in members:
            raise UnknownName("member", name, members)
    return asked
