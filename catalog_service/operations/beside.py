"""A process beside the one that loads, so that both cores work: it normalises, then writes the index.

While files are read, it normalises what the loading process has read and gives it back in the order in which it came.
While records are stored, the loading process makes documents of what the log holds since where the index is, and the
other one cuts them into tokens and writes them. That changes nothing about safety: whoever holds the lock writes the
index, its position is committed with it, and what is not handed over is caught up from the log.
"""

from __future__ import annotations

import ctypes
import gc
import marshal
import os
import subprocess
import sys
from contextlib import nullcontext, suppress
from multiprocessing.connection import Connection, Pipe
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any

from catalog_service.model.raw import RawRecord
from catalog_service.model.report import Place
from catalog_service.operations.documents import Handed, Maker
from catalog_service.operations.reading import OwnDesk, limits_of
from catalog_service.operations.spool import packed
from indexer.schema import Deletion, Document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.spool import Packed

WORTHWHILE = 3_000
"""Records from which on a process of its own pays for its start."""

CHUNK = 1_000
"""Changes handed over at once."""

_COMMIT = 2_000
"""Changes written at once: an index that grows in larger pieces has fewer of them to merge."""

_AHEAD = 1
"""Messages that wait in the other process."""


class Beside:
    """The other process, from when enough is read to the end of the ``with`` block."""

    def __init__(self, catalogue: Catalogue, *, wanted: bool) -> None:
        self._catalogue = catalogue
        self._wanted = wanted and catalogue.settings.text("search.engine") != "memory"
        self._maker = Maker(catalogue)
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Connection | None = None
        self._ready = False
        self.normalises = False
        """Whether it will be given records to normalise; else there is no need of it where another process follows."""
        self._position: int | None = None
        """Up to which change it was told to write; None while or if it cannot write the index."""
        self.reached = 0
        """The change to which it has brought the index, known at its end."""
        self._handed = self._made = 0
        """The last change of the last chunk it was told to write, and of the last it has cut into tokens."""

    def consider(self, records: int) -> None:
        """Begin, if so many records are enough; it gets ready while the rest is read."""
        if not self._wanted or records < WORTHWHILE or self._process is not None:
            return
        settings = self._catalogue.settings
        changed = {name: value for name, value in settings.values.items() if settings.origins[name] != "default"}
        self._channel, its = Pipe()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-m", __name__, str(its.fileno())]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, env=environment, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
            )
            self._channel.send((settings.home, changed, self.normalises))
        except OSError:  # there is no room for it
            self._wanted = False
            self._let_go()
        finally:
            its.close()

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self._process is None:
            return
        if kind is None:
            self.hand_on(self._catalogue.store.last_seq(), 1)
            self._end()
        self._let_go()
        self._process.wait()

    def ready(self, *, wait: bool = False) -> bool:
        """Tell whether it can be asked for something."""
        channel = self._channel
        if not self._ready and channel is not None:
            try:
                if wait or channel.poll():
                    self._position = channel.recv()
                    self._ready = True
            except (OSError, EOFError):
                self._let_go()
        return self._ready

    def _end(self) -> None:
        """Wait until all it was told to write is written."""
        try:
            if self._channel is not None and self._position is not None:
                self._channel.send_bytes(_END)
                while isinstance(said := self._channel.recv(), int):
                    continue
                (self.reached,) = said
        except (OSError, EOFError):
            self._let_go()

    def _let_go(self) -> None:
        self._ready = False
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    # normalising

    def ask(self, records: Sequence[RawRecord]) -> None:
        """Give it records of RDF to normalise."""
        plain = [(each.place.file, each.place.line, each.kind, each.iri, each.triples) for each in records]
        try:
            if self._channel is not None:
                self._channel.send_bytes(_NORMALISE + marshal.dumps(plain))
        except OSError:
            self._let_go()

    def answer(self) -> list[Packed]:
        """Return what became of the records it was given first of those not answered; nothing if it has ended."""
        try:
            if self._channel is not None:
                found: list[Packed] = marshal.loads(self._channel.recv_bytes())  # noqa: S302 - our own process
                return found
        except (OSError, EOFError):
            self._let_go()
        return []

    # following

    def hand_on(self, last: int, least: int = CHUNK) -> None:
        """Make documents of the changes up to one, if at least so many wait, and hand them over."""
        if not self.ready(wait=least < CHUNK):
            return
        try:
            while self._position is not None and last - self._position >= least:
                if not self._hand_over(self._position):
                    break
        except (OSError, EOFError):  # it has ended: the load itself brings the index up, or tells why it cannot
            self._let_go()

    def _hand_over(self, start: int) -> bool:
        """Hand over a chunk behind a position, without documents to an idle process; tell whether there was any."""
        assert self._channel is not None
        entries = self._catalogue.store.changes(start, CHUNK)
        if not entries:
            return False
        while self._made < self._handed and self._channel.poll():
            self._made = int(self._channel.recv())
        self._position = end = entries[-1].seq
        if self._made < self._handed:
            handed = Handed(start, end, [entry.iri for entry in entries], *self._maker.changes(entries))
            self._channel.send_bytes(_WRITE + _packed(handed))
        else:
            self._maker.forget(entry.iri for entry in entries)
            self._channel.send_bytes(_FOLLOW + marshal.dumps(end))
        self._handed = end
        return True


_M_MMAP_THRESHOLD = -3
"""How glibc's `mallopt` calls the size from which a piece of memory stands on its own."""
_PIECE = 128 * 1024

_NORMALISE, _WRITE, _FOLLOW, _END = b"n", b"w", b"f", b"e"
"""What a message begins with."""


def live(channel: Connection) -> None:
    """Learn what is wanted, then do what comes in until nobody sends any more: the load has ended or was killed."""
    from catalog_service.errors import CatalogError
    from catalog_service.operations.catalogue import open_catalogue

    _give_back_memory()
    gc.disable()  # what is made until it is ready stays to its end
    home, overrides, normalises = channel.recv()
    catalogue = open_catalogue(home, environment={}, overrides=overrides)
    try:
        normalise, writes = _normaliser(catalogue), _made_ready(catalogue)
        if not writes and not normalises:
            return
        gc.freeze()
        gc.enable()
        coming: Queue[bytes] = Queue(_AHEAD)
        with catalogue.index.writing(_COMMIT) if writes else nullcontext() as writer:
            channel.send(None if writer is None else writer.position)
            Thread(target=_receive, args=(channel, coming), daemon=True).start()
            while (message := coming.get()) and message != _END:
                if writer is None or message.startswith(_NORMALISE):
                    channel.send_bytes(normalise(message[1:]))
                    continue
                if message.startswith(_WRITE):
                    writer.put(_unpacked(message[1:]))
                else:
                    writer.follow(marshal.loads(message[1:]))  # noqa: S302 - from who started this process
                channel.send(writer.position)
        if message and writes:
            channel.send([catalogue.index.position()])
    except (CatalogError, KeyboardInterrupt, BrokenPipeError):
        return  # the load itself does what is left, and tells why if it cannot
    finally:
        catalogue.close()


def _give_back_memory() -> None:
    """Have the C library return large pieces when they are free, else it keeps the most a chunk ever took."""
    with suppress(AttributeError, OSError):  # only glibc can be told
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _PIECE)


def _made_ready(catalogue: Catalogue) -> bool:
    """Become who writes the index and bring it to the newest change; False while another process is."""
    if not catalogue.index.acquire():
        return False
    catalogue.index.analyser.streams("技术转移", pinyin=True)  # loads dictionary, variants and readings
    catalogue.index.catch_up()
    return True


def _receive(channel: Connection, coming: Queue[bytes]) -> None:
    """Take in what is sent while something else is done; an empty message is the last."""
    try:
        while True:
            coming.put(channel.recv_bytes())
    except (OSError, EOFError):
        coming.put(b"")


def _normaliser(catalogue: Catalogue) -> Callable[[bytes], bytes]:
    """Return what makes packed candidates of a message with raw records."""
    desk = OwnDesk(catalogue.profile, catalogue.iri_base, limits_of(catalogue), catalogue.validation)

    def normalise(message: bytes) -> bytes:
        plain = marshal.loads(message)  # noqa: S302 - from who started this process
        raws = (RawRecord(Place(file, line=line), kind, (), iri, triples) for file, line, kind, iri, triples in plain)
        return marshal.dumps([packed(desk.normalised(raw).candidate) for raw in raws])

    return normalise


def _packed(handed: Handed) -> bytes:
    documents = [_members(each) for each in handed.changes if isinstance(each, Document)]
    deletions = [_members(each) for each in handed.changes if isinstance(each, Deletion)]
    return marshal.dumps((handed.start, handed.end, handed.iris, documents, deletions, handed.refused))


def _members(change: Document | Deletion) -> tuple[Any, ...]:
    return tuple(getattr(change, name) for name in change.__slots__)


def _unpacked(message: bytes) -> Handed:
    start, end, iris, documents, deletions, refused = marshal.loads(message)  # noqa: S302 - from who started this
    changes: list[Document | Deletion] = [Document(*each) for each in documents]
    changes += [Deletion(*each) for each in deletions]
    return Handed(start, end, iris, changes, refused)


if __name__ == "__main__":
    with suppress(EOFError, OSError):  # the load ended at once
        live(Connection(int(sys.argv[1])))
