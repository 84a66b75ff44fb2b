"""Calls that wait out a server that is busy, electing a master or starting again, and say so when it takes too long.

A bulk answers 200 though items of it failed (``errors: true``), so every item is read: 409 is a version that is there
already and so a success, 429 and 5xx are sent again, 400 is that document's own fault.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from indexer.errors import IndexerError, IndexUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from elasticsearch import Elasticsearch

BULK_BYTES = 4_000_000
"""A bulk request holds at most this much, or one document."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_REFUSED = frozenset({400, 413})


@dataclass(frozen=True, slots=True)
class Item:
    """One document of a bulk: its two lines as they are sent."""

    id: str
    lines: bytes


@dataclass(slots=True)
class Outcome:
    """What became of a bulk: how many documents changed the index, and id and reason of those refused."""

    changed: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Patience:
    """How long failures are waited out; clock and pause come in so that tests need not wait."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    _began: float = field(init=False)
    _next: float = field(default=_FIRST_PAUSE, init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin anew, because there was progress."""
        self._began = self.clock()
        self._next = _FIRST_PAUSE

    def wait(self, why: str) -> None:
        """Pause, each time longer than before; raises `IndexUnreachable` when the time is up."""
        if self.clock() - self._began + self._next > self.seconds:
            raise IndexUnreachable(why)
        self.pause(self._next * random.uniform(0.5, 1.0))  # noqa: S311 - spreads clients, hides nothing
        self._next = min(self._next * 2, _LONGEST_PAUSE)


def call(ask: Callable[[], Any], patience: Patience) -> Any:
    """Return the answer's body, asking again while the server cannot answer.

    Raises `IndexUnreachable`, or `LookupError` when there is no such index or document.
    """
    from elasticsearch import ApiError, TransportError

    while True:
        try:
            return ask().body
        except ApiError as error:
            if error.status_code == 404:
                raise LookupError(_reason(error.body)) from error
            if error.status_code in {401, 403}:
                raise IndexUnreachable(f"Elasticsearch does not let us in: {_reason(error.body)}") from error
            if error.status_code not in _AGAIN:
                raise IndexerError(f"Elasticsearch answers {error.status_code}: {_reason(error.body)}") from error
            patience.wait(f"Elasticsearch answers {error.status_code}: {_reason(error.body)}")
        except TransportError as error:
            patience.wait(f"Elasticsearch does not answer: {error.message}")


def bulk(client: Elasticsearch, alias: str, items: Sequence[Item], patience: Patience, *, refresh: bool) -> Outcome:
    """Send documents until each was taken or refused.

    An alias is required, so that a bulk never makes an index without mapping in the place of one that was deleted.
    """
    outcome = Outcome()

    def ask(lines: list[Any]) -> Any:
        return client.bulk(operations=lines, index=alias, require_alias=True, refresh=refresh)

    def send(waiting: list[Item]) -> list[Item]:
        answer = call(partial(ask, [item.lines for item in waiting]), patience)
        results = [next(iter(result.values())) for result in answer["items"]]
        again = [item for item, result in zip(waiting, results, strict=True) if _failed(item, result, outcome)]
        if len(again) < len(waiting):
            patience.restart()
        if again:
            patience.wait(f"Elasticsearch cannot take {len(again)} documents now: {_first_reason(results)}")
        return again

    for part in _parts(items):
        waiting = part
        while waiting:
            waiting = send(waiting)
    return outcome


def _failed(item: Item, result: dict[str, Any], outcome: Outcome) -> bool:
    """Note what became of one document; True if it has to be sent again."""
    status = result["status"]
    if status < 300:
        outcome.changed += 1
    elif status in _REFUSED:
        outcome.refused.append((item.id, _reason(result)))
    elif status == 404:
        raise LookupError(_reason(result))
    elif status in _AGAIN:
        return True
    elif status != 409:
        raise IndexUnreachable(f"Elasticsearch answers {status}: {_reason(result)}")
    return False


def _first_reason(results: Sequence[dict[str, Any]]) -> str:
    return next((_reason(result) for result in results if result["status"] in _AGAIN), "")


def _parts(items: Sequence[Item]) -> Iterator[list[Item]]:
    part: list[Item] = []
    size = 0
    for item in items:
        length = len(item.lines)
        if part and size + length > BULK_BYTES:
            yield part
            part, size = [], 0
        part.append(item)
        size += length
    if part:
        yield part


def _reason(body: Any) -> str:
    """Return the innermost reason of an error, which is the one that says something."""
    error = body.get("error", body) if isinstance(body, dict) else body
    while isinstance(error, dict) and isinstance(error.get("caused_by"), dict):
        error = error["caused_by"]
    return str(error.get("reason") or error.get("type")) if isinstance(error, dict) else str(error)[:500]
