"""Errors as problem documents for programs and as pages for people; nothing that was put in makes a 5xx.

The status of a `CatalogError` stands on its class (`catalog_service.errors`). Source: RFC 9457.
"""

from __future__ import annotations

import logging
import secrets
import time
from typing import TYPE_CHECKING, Any

from flask import request
from werkzeug.exceptions import HTTPException

from catalog_service.errors import (
    CatalogError,
    EnvironmentProblem,
    Gone,
    IndexUnavailable,
    InputError,
    NotAcceptable,
    NotFound,
    NoToken,
    RecordRefused,
    StoreFull,
    TooLarge,
)
from catalog_service.i18n import explain
from catalog_service.outlets import OUTLETS
from catalog_service.web.negotiation import HTML, JSON, RECORD_FORMATS, negotiate

if TYPE_CHECKING:
    from flask import Flask, Response

    from catalog_service.model.report import Finding
    from catalog_service.web.site import Site

PROBLEM = "application/problem+json"
_MOST_FINDINGS = 1000

log = logging.getLogger(__name__)


class NoSuchAddress(NotFound):
    """Nothing is at this address."""

    code = "no-such-address"


class MethodNotAllowed(InputError):
    """The address exists, the method does not."""

    code, status = "method-not-allowed", 405


def register(app: Flask, site: Site) -> None:
    """Answer every error of an application by this module."""

    def catalogue_error(error: CatalogError) -> Response:
        return answer(site, error)

    def http_error(error: HTTPException) -> Response:
        return _from_http(site, error)

    def fault(error: Exception) -> Response:
        return _fault(site, error)

    app.register_error_handler(CatalogError, catalogue_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, fault)


def answer(site: Site, error: CatalogError) -> Response:
    """Return the answer to an error: a problem document for programs, a page for people."""
    if isinstance(error, EnvironmentProblem):
        log.error("request failed: %s", error, extra={"path": request.path, "reason": str(error)})
    response = site.json(problem(site, error), error.status, content_type=PROBLEM)
    if not for_program():
        response = _page(site, error)
    if isinstance(error, NoToken):
        response.headers["WWW-Authenticate"] = 'Bearer realm="kebao"'
    if isinstance(error, EnvironmentProblem):
        response.headers["Retry-After"] = "5"
    response.headers["Cache-Control"] = "no-store"
    return response


def problem(site: Site, error: CatalogError) -> dict[str, Any]:
    """Return the members of a problem document, in the reader's language."""
    title, advice = _told(site, error)
    document: dict[str, Any] = {
        "type": site.absolute("/docs") + f"#{error.code}",
        "title": title,
        "status": error.status,
        "code": error.code,
        "instance": request.path,
    }
    if advice:
        document["detail"] = advice
    if isinstance(error, RecordRefused):
        document["findings"] = [finding_members(each, site.lang) for each in error.findings[:_MOST_FINDINGS]]
    return document


def _told(site: Site, error: CatalogError) -> tuple[str, str]:
    """Return what is wrong and what to do, for a reader: of disks, servers and files of ours only that it will pass."""
    if not isinstance(error, EnvironmentProblem):
        return explain(error, site.lang)
    if isinstance(error, IndexUnavailable):
        title = "Searching is not possible at the moment."
    elif isinstance(error, StoreFull):
        title = "Nothing can be stored at the moment."
    else:
        title = "The catalogue cannot answer at the moment."
    return str(site.say(title)), str(site.say("Records are safe. Try again in a few minutes."))


def finding_members(finding: Finding, lang: str) -> dict[str, Any]:
    """Return a finding as the members `interface.md` names, those of a table's cell where it has one."""
    place = finding.place
    members = {
        "record": finding.record,
        "path": finding.path,
        "field": finding.path.rpartition(".")[2],
        "label": finding.label.get(lang, ""),
        "message": finding.message.get(lang) or finding.message.get("zh", ""),
        "value": finding.value,
        "severity": finding.severity,
        "code": finding.code,
        "constraint": finding.constraint,
        "suggestion": finding.suggestion.get(lang, ""),
        "file": place.file,
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "line": place.line,
    }
    always = {"path", "field", "label", "message", "value", "severity", "constraint", "suggestion"}
    return {name: each for name, each in members.items() if each or name in always}


OWN = (NoSuchAddress, MethodNotAllowed)
"""What only the web knows, beside `catalog_service.errors`."""


def for_program() -> bool:
    """Whether the one who asks is a program: at an address that only has data, or by accepting JSON rather than a page.

    Data are the API, the protocols, and whatever ends as one of their formats does.
    """
    if request.path.startswith("/api/") or request.path in _DATA or request.path.rpartition(".")[2] in _ENDINGS:
        return True
    accept = request.headers.get("Accept", "")
    try:
        return negotiate(accept, (HTML, JSON)) is JSON or PROBLEM in accept
    except NotAcceptable:
        return True


_DATA = {"/metrics", *(path for outlet in OUTLETS for path in outlet.paths)}
_ENDINGS = {each.ending for each in RECORD_FORMATS if each is not HTML}


def _from_http(site: Site, error: HTTPException) -> Response:
    """Return the answer to an error that Werkzeug found before any of our code ran."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    if status >= 500:
        return _fault(site, error)
    if status == 404:
        return answer(site, NoSuchAddress("There is nothing at {path}.", path=request.path[:200]))
    if status == 413:
        return answer(site, TooLarge("The request is larger than this address takes."))
    if status == 405:
        allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
        response = answer(
            site,
            MethodNotAllowed(
                "{method} is not possible here.", advice="Possible: {known}.", method=request.method, known=allowed
            ),
        )
        response.headers["Allow"] = allowed
        return response
    refused = InputError("The request cannot be read.")
    response = answer(site, refused)
    response.status_code = status
    return response


def _fault(site: Site, error: Exception) -> Response:
    """Return the answer to a fault of ours: an event number to quote, and nothing of the inside."""
    event = event_number()
    log.error("fault %s", event, exc_info=error, extra={"event": event, "path": request.path})
    if for_program():
        title = site.say("Something went wrong here. The event number is {event}.", event=event)
        document = {"type": "about:blank", "title": str(title), "status": 500, "code": "fault", "event": event}
        return site.json(document, 500, content_type=PROBLEM)
    return site.page("errors/fault.html", 500, event=event)


def event_number() -> str:
    """Return a short number that a person can read out, such as ``7F3K-22``."""
    letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    drawn = [secrets.choice(letters) for _ in range(4)]
    return "".join(drawn) + f"-{int(time.time()) % 100:02d}"


def _page(site: Site, error: CatalogError) -> Response:
    title, advice = _told(site, error)
    if isinstance(error, Gone) and error.values.get("identifier"):
        return site.page("errors/gone.html", error.status, title=title, advice=advice, error=error, **_tombstone(error))
    if isinstance(error, NotFound) and not isinstance(error, Gone):
        from catalog_service.web.pages.missing import nearest_records

        words = request.path.rsplit("/", 1)[-1][:60]
        near = nearest_records(site, words)
        return site.page("errors/missing.html", error.status, title=title, advice=advice, words=words, near=near)
    return site.page("errors/problem.html", error.status, title=title, advice=advice, number=error.status)


def _tombstone(error: Gone) -> dict[str, Any]:
    values = error.values
    return {
        "record_title": values.get("title", ""),
        "identifier": values.get("identifier", ""),
        "stamp": values.get("stamp"),
        "reason": values.get("reason", ""),
        "replaced_by": values.get("replaced_by", ""),
        "last_version": values.get("version", 0),
    }
