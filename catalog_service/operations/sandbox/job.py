"""A job of a sandbox, seen from the server: what is asked of the worker, and what is made of its answers or its end."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from catalog_service.errors import CatalogError, TooCostly, TooLarge
from catalog_service.operations.sandbox import wire
from catalog_service.operations.sandbox.worker import PORTION

if TYPE_CHECKING:
    import socket
    from collections.abc import Collection, Iterator, Sequence

    from catalog_service.config import Settings
    from catalog_service.model.record import Record
    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Term
    from catalog_service.operations.reading import Read, Source

_BYTES_PER_ALLOWANCE = 10_000_000

log = logging.getLogger(__name__)


def allowance(seconds: int, size: int) -> int:
    """Return the seconds for a portion of records: as given, and as much again for every 10 MB to be parsed first."""
    return seconds * (1 + size // _BYTES_PER_ALLOWANCE)


class _Awaited(Mapping[str, "list[Finding]"]):
    """Findings by IRI that a worker is still looking for: what does not need them goes on meanwhile."""

    def __init__(self, job: Job, iris: Sequence[str]) -> None:
        self._job = job
        self._iris = iris
        self._found: dict[str, list[Finding]] | None = None

    def settle(self) -> dict[str, list[Finding]]:
        """Wait until they are there."""
        if self._found is None:
            found = self._job.findings()
            self._found = {iri: found.get(iri, []) for iri in self._iris}
        return self._found

    def __getitem__(self, iri: str) -> list[Finding]:
        return self.settle()[iri]

    def __iter__(self) -> Iterator[str]:
        return iter(self._iris)

    def __len__(self) -> int:
        return len(self._iris)


class Job:
    """A desk whose work a worker does. Only the time we wait for it counts against it."""

    def __init__(
        self,
        channel: socket.socket,
        leash: socket.socket,
        sources: Sequence[Source],
        settings: Settings,
        size: int,
        kinds: Collection[str],
    ) -> None:
        self._channel = channel
        self._leash = leash
        self._numbers = {id(source): number for number, source in enumerate(sources)}
        self._name = sources[0].name if sources else ""
        self._seconds = settings.number("sandbox.wall_seconds")
        self._left = float(allowance(self._seconds, size))
        self._memory = settings.number("sandbox.memory")
        self._unpacker = wire.Unpacker(kinds)
        self._awaited: _Awaited | None = None
        self.position = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._channel.close()
        self._leash.close()

    def read(self, source: Source, kind: str) -> Iterator[Read | Finding]:
        """Yield the records of a source, and findings on what in it is none."""
        self._name = source.name
        self._settle()
        self._ask(wire.ask_to_read(self._numbers[id(source)], source.name, kind))
        while True:
            answer = self._answer()
            if isinstance(answer, wire.End):
                return
            if not isinstance(answer, wire.Items):
                raise self._broken(repr(answer)[-4000:])
            yield from self._trusted(answer)

    def check(self, records: Sequence[Record], linked: Mapping[Term, str]) -> Mapping[str, list[Finding]]:
        """Return the findings by the records' IRIs; ``linked`` gives the class IRI of records that are named.

        The answer is waited for when it is first looked at, or when something else is asked.
        """
        self._settle()
        self._ask(wire.ask_to_check(records, linked))
        self._left += self._seconds * len(records) / PORTION
        self._awaited = _Awaited(self, [record.iri for record in records])
        return self._awaited

    def _settle(self) -> None:
        """Take the answer that still stands out, so that the worker's hands are free."""
        if self._awaited is not None:
            self._awaited.settle()

    def findings(self) -> dict[str, list[Finding]]:
        """Return the worker's findings on what it was asked to check last."""
        self._awaited = None
        answer = self._answer()
        if not isinstance(answer, wire.Found):
            raise self._broken(repr(answer)[-4000:])
        return {iri: [wire.finding_of(each) for each in found] for iri, found in answer.findings.items()}

    def _trusted(self, answer: wire.Items) -> list[Read | Finding]:
        """Return what the items of one message are."""
        try:
            found = self._unpacker.items(answer.items)
        except wire.Forged as error:
            raise self._broken(repr(error)) from error
        self._left += self._seconds * sum(isinstance(each, wire.PlainRead) for each in answer.items) / PORTION
        return found

    def _ask(self, request: bytes) -> None:
        try:
            self._channel.settimeout(max(self._left, 0.001))
            self._channel.sendall(wire.frame(request))
        except OSError as error:
            raise self._fate(error) from error

    def _answer(self) -> wire.Answer:
        """Return the worker's next message; raises what ended it if it did."""
        try:
            size = wire.LENGTH.unpack(self._exactly(wire.LENGTH.size))[0]
            if size > wire.LARGEST:
                raise self._broken(f"a message of {size} bytes")
            answer = wire.load(self._exactly(size))
        except (OSError, EOFError) as error:
            raise self._fate(error) from error
        except wire.Forged as error:
            raise self._broken(str(error)) from error
        if isinstance(answer, wire.Full):
            raise self._too_large()
        if isinstance(answer, wire.Failed):
            raise self._error(answer)
        if isinstance(answer, wire.Broken):
            raise self._broken(answer.trace)
        return answer

    def _exactly(self, size: int) -> bytearray:
        data, at = bytearray(size), 0
        while at < size:
            started = time.monotonic()
            self._channel.settimeout(max(self._left, 0.001))
            try:
                more = self._channel.recv_into(memoryview(data)[at:])
            finally:
                self._left -= time.monotonic() - started
            if not more:
                raise EOFError
            at += more
        return data

    # how it ended

    def _error(self, plain: wire.Failed) -> CatalogError:
        try:
            return wire.error_of(plain)
        except (wire.Forged, TypeError) as error:
            return self._broken(repr(error))

    def _fate(self, error: Exception) -> CatalogError:
        """Return the error that tells how the worker ended: for time, for memory, or broken."""
        if isinstance(error, TimeoutError):
            return self._too_slow()
        try:
            self._leash.settimeout(5)
            code = int(self._leash.recv(20) or b"1")
        except (OSError, ValueError):
            code = 1
        if code == -signal.SIGXCPU:
            return self._too_slow()
        return self._broken(f"the worker ended with {code}")

    def _too_slow(self) -> CatalogError:
        return TooCostly(
            "Reading {file} takes longer than is allowed for content of its size.",
            advice="Send fewer records at once; if few take long, look for values of unusual length or nesting.",
            file=self._name,
        )

    def _too_large(self) -> CatalogError:
        return TooLarge(
            "Reading {file} takes more than {most} MB of memory.",
            advice="Send fewer records at once.",
            file=self._name,
            most=self._memory // 1_000_000,
        )

    def _broken(self, reason: str) -> CatalogError:
        log.warning("a sandboxed worker broke off", extra={"reason": reason, "source": self._name})
        return TooCostly(
            "Reading {file} broke off.",
            advice="It is nested or linked in a way that cannot be read; send its records one by one to find which.",
            file=self._name,
        )
