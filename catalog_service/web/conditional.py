"""Answers with entity tag and date, and 304 where the reader has the same already (RFC 9110, section 13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from catalog_service.outlets.base import content_tag

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable


def answer_conditionally(
    make: Callable[[], Response], *, tag: str, modified: dt.datetime | None = None, vary: bool = True
) -> Response:
    """Return what ``make`` makes, with a strong entity tag; without making it where it is not needed."""
    fresh = request.if_none_match.contains_weak(tag) if request.if_none_match else None
    if fresh is None and modified is not None and request.if_modified_since:
        fresh = modified.replace(microsecond=0) <= request.if_modified_since
    response = Response(status=304) if fresh else make()
    response.set_etag(tag)
    if modified is not None:
        response.last_modified = modified
    if vary:
        response.headers["Vary"] = "Accept, Accept-Language, Cookie"
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


def answer_by_content(response: Response, told: bytes | None = None) -> Response:
    """Return a page or list with an entity tag made of its bytes: it shows many records, so no version names it.

    ``told`` is what of it counts, where something in it is new each time, such as what it took; the tag is weak then.
    An answer that brings a tag of its own keeps it.
    """
    if "ETag" not in response.headers:
        response.set_etag(content_tag(response.get_data() if told is None else told), weak=told is not None)
    response.headers.setdefault("Cache-Control", "no-cache")
    return response.make_conditional(request.environ)  # type: ignore[return-value]
