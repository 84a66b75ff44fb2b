"""Every error the catalogue raises, named for its situation; the edges turn them into statuses and exit codes.

::

    CatalogError
    ├── InputError                 2, 400   what was given cannot be used
    │   ├── UnreadableInput        2, 400   a file or body that is not what it claims to be
    │   ├── TooLarge               2, 413   over a limit
    │   ├── TooCostly              2, 422   takes too much time or memory to be read
    │   ├── UnknownName            2, 400   kind, facet, format, setting … that does not exist; proposes the nearest
    │   ├── BadQuery               2, 400   a search or page key that cannot be answered
    │   ├── UnsupportedFormat      2, 415
    │   └── NotAcceptable          2, 406   no representation suits what was accepted
    ├── NotFound                   1, 404   no such record, version, code list
    │   └── Gone                   1, 410   withdrawn
    ├── RecordRefused              1, 422   carries the findings
    ├── Conflict                   1, 409   state or identity does not allow it
    │   ├── ExistsAlready          1, 409   a new record that is there with other content
    │   └── VersionConflict        1, 412   If-Match named another version
    ├── MissingPrecondition        1, 428
    ├── NotAllowed                 1, 403
    │   └── NoToken                1, 401
    └── EnvironmentProblem         3, 503   disk, lock, server
        ├── StoreFull              3, 507
        └── IndexUnavailable       3, 503
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


_MOST_NAMED = 40
"""More names than these are no help in a sentence."""


class CatalogError(Exception):
    """Base of all.

    ``message`` and ``advice`` are English with named places for ``values`` and gettext keys of the domain ``errors``;
    `catalog_service.i18n.explain` puts them into a language at the edge.
    """

    code = "error"
    status = 500
    exit_code = 3

    def __init__(self, message: str, *, advice: str = "", **values: object) -> None:
        english = {name: each.get("en", each) if isinstance(each, dict) else each for name, each in values.items()}
        super().__init__(message.format(**english) if values else message)
        self.message = message
        self.advice = advice
        self.values = values


class InputError(CatalogError):
    """What was given cannot be used."""

    code, status, exit_code = "bad-input", 400, 2


class UnreadableInput(InputError):
    """A file or body that is not what it claims to be."""

    code = "unreadable"


class TooLarge(InputError):
    """Over a limit."""

    code, status = "too-large", 413


class TooCostly(InputError):
    """Takes too much time or memory to be read."""

    code, status = "too-costly", 422


class UnknownName(InputError):
    """A name that does not exist, with the nearest one that does.

    ``what`` may say where it was looked for: ``code in category``, ``choice for fullyOnline``. ``otherwise`` is the
    advice where none is near, with ``values`` of its own.
    """

    code = "unknown-name"

    def __init__(self, what: str, name: str, known: Iterable[str], *, otherwise: str = "", **values: object) -> None:
        known = sorted(known)
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        listed = "Known: {known}." if len(known) <= _MOST_NAMED else ""
        advice = "Did you mean “{near}”?" if near else otherwise or listed
        noun, within, where = what.partition(" in " if " in " in what else " for ")
        message = f"There is no {noun} “{{name}}”" + (f"{within}{{where}}." if where else ".")
        values |= {"name": name, "where": where, "near": "".join(near), "known": ", ".join(known)}
        super().__init__(message, advice=advice, **values)


class BadQuery(InputError):
    """A search or page key that cannot be answered."""

    code = "bad-query"


class UnsupportedFormat(InputError):
    """A format that is neither read nor written here."""

    code, status = "unsupported-format", 415


class NotAcceptable(InputError):
    """No representation suits what was accepted."""

    code, status = "not-acceptable", 406


class NotFound(CatalogError):
    """No such record, version or code list."""

    code, status, exit_code = "not-found", 404, 1


class Gone(NotFound):
    """A record that was withdrawn."""

    code, status = "gone", 410


class PositionLost(CatalogError):
    """A place in the change log that this log does not have: it was set back, or is another one."""

    code, status, exit_code = "position-lost", 410, 1


class RecordRefused(CatalogError):
    """A record with errors; ``findings`` says which (`catalog_service.model.report.Finding`)."""

    code, status, exit_code = "refused", 422, 1

    def __init__(self, message: str, findings: Iterable[Any], **values: object) -> None:
        super().__init__(message, advice="", **values)
        self.findings = tuple(findings)


class Conflict(CatalogError):
    """State or identity does not allow it."""

    code, status, exit_code = "conflict", 409, 1


class ExistsAlready(Conflict):
    """A record sent as a new one is there already, with other content."""

    code = "exists-already"


class VersionConflict(Conflict):
    """If-Match named another version than the newest."""

    code, status = "version-conflict", 412


class MissingPrecondition(CatalogError):
    """A change without If-Match."""

    code, status, exit_code = "precondition-required", 428, 1


class NotAllowed(CatalogError):
    """The token does not permit this."""

    code, status, exit_code = "not-allowed", 403, 1


class NoToken(NotAllowed):
    """No token, or one that is unknown or expired."""

    code, status = "no-token", 401


class EnvironmentProblem(CatalogError):
    """Disk, lock or server."""

    code, status, exit_code = "environment", 503, 3


class StoreFull(EnvironmentProblem):
    """No room to write."""

    code, status = "store-full", 507


class IndexUnavailable(EnvironmentProblem):
    """The search engine does not answer."""

    code = "index-unavailable"
