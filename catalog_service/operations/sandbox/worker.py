"""The worker: reads, normalises and checks what strangers sent, inside its bounds, and answers in plain values."""

from __future__ import annotations

import gc
import os
import traceback
from typing import TYPE_CHECKING, Any

from catalog_service.errors import CatalogError
from catalog_service.model.report import Finding
from catalog_service.operations.reading import OwnDesk, Source
from catalog_service.operations.sandbox import bounds, wire

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence

    from catalog_service.registry import Profile
    from catalog_service.validation.engines import Validation

PORTION = 100
"""Records for which time is given."""

_SENT_AT_ONCE = 25
"""Records in a message: few, so that both sides work at the same time."""

_MOST_BYTES = 1_000_000


class Worker:
    """One worker's life: it answers the requests of whoever started it, until there are no more."""

    def __init__(self, job: Mapping[str, Any], channel: socket.socket, files: Sequence[int]) -> None:
        self._job = job
        self._channel = channel
        self._files = files
        self._cpu = int(job["cpu"])
        self._done = 0
        self._told: set[tuple[str, str]] = set()

    def run(self, profile: Profile, validation: Validation) -> None:
        """Answer until nobody asks any more."""
        desk = OwnDesk(profile, self._job["iri_base"], self._job["limits"], validation)
        bounds.bind_process(self._job["memory"], self._job["most_cpu"])
        self._allow(0)
        gc.disable()  # it lives for one job, and what it makes has no rings
        while request := self._receive():
            what, *arguments = wire.asked(request)
            try:
                self._answer(desk, what, arguments)
            except CatalogError as error:
                self._send(wire.dump(wire.pack_error(error)))
            except MemoryError:
                self._send(wire.dump(wire.Full()))
            except Exception:
                self._send(wire.dump(wire.Broken(traceback.format_exc()[-4000:])))

    def _answer(self, desk: OwnDesk, what: str, arguments: list[Any]) -> None:
        if what == "read":
            self._read(desk, *arguments)
        else:
            self._allow(len(arguments[0]))
            found = desk.check(*arguments)
            plain = {iri: [wire.pack_finding(each) for each in findings] for iri, findings in found.items()}
            self._send(wire.dump(wire.Found(plain)))

    def _read(self, desk: OwnDesk, number: int, name: str, kind: str) -> None:
        with os.fdopen(self._files[number], "rb", closefd=False) as file:
            portion: list[bytes] = []
            for item in desk.read(Source(name, file), kind):
                portion.append(self._packed(item))
                self._done += not isinstance(item, Finding)
                if len(portion) >= _SENT_AT_ONCE or sum(map(len, portion)) > _MOST_BYTES:
                    self._send_items(portion)
                    portion = []
            self._send_items(portion)
        self._send(wire.dump(wire.End()))

    def _packed(self, item: Any) -> bytes:
        if isinstance(item, Finding):
            return wire.dump(wire.pack_finding(item))
        place = item.candidate.place
        new = bool(item.columns) and (place.file, place.sheet) not in self._told
        self._told.add((place.file, place.sheet))
        return wire.dump(wire.pack_read(item, item.columns if new else {}))

    def _send_items(self, portion: Sequence[bytes]) -> None:
        if portion:
            self._send(wire.join(portion))
        self._allow(0)

    def _allow(self, more: int) -> None:
        """Give processor time for the records done, those to come now, and the portion after them."""
        self._done += more
        bounds.allow_cpu(self._cpu * (1 + -(-self._done // PORTION)))

    def _send(self, message: bytes) -> None:
        self._channel.sendall(wire.frame(message))

    def _receive(self) -> bytes:
        """Return the next request; empty when there will be none."""
        head = self._exactly(wire.LENGTH.size)
        return self._exactly(wire.LENGTH.unpack(head)[0]) if head else b""

    def _exactly(self, size: int) -> bytes:
        parts, missing = [], size
        while missing:
            part = self._channel.recv(min(missing, 1 << 20))
            if not part:
                return b""
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)
