"""What every reading part shares: where its connection comes from, and how lists are cut for the database."""

from __future__ import annotations

import functools
import itertools
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection

T = TypeVar("T")

MOST_PARAMETERS = 500
"""How many values one statement asks for at once."""


class Reads(ABC):
    """Base of the parts of a store that read. Each method reads in one snapshot, whichever class it is called on."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """Give a connection to read from: a new snapshot, or the one already held."""


def portions(values: Iterable[T], size: int = MOST_PARAMETERS) -> Iterator[list[T]]:
    """Cut values into lists that a statement can take.

    >>> list(portions("abc", 2))
    [['a', 'b'], ['c']]
    """
    iterator = iter(values)
    while portion := list(itertools.islice(iterator, size)):
        yield portion


def split_sets(text: str) -> tuple[str, ...]:
    """Return the sets of a column; a set's name has no space."""
    return tuple(text.split())


def with_ancestors(sets: Iterable[str]) -> tuple[str, ...]:
    """Return sets and the sets they lie in, without doubles.

    The first part of a name only says what it is about and is no set: nothing is in ``cat`` as such.

    >>> with_ancestors(["cat:3:301", "cat:3:302"])
    ('cat:3', 'cat:3:301', 'cat:3:302')
    """
    return tuple(dict.fromkeys([each for name in sets for each in _line(name)]))


@functools.lru_cache(maxsize=20_000)
def _line(name: str) -> tuple[str, ...]:
    """Return a set with the sets it lies in, the widest first."""
    parts = name.split(":")
    return (*(":".join(parts[:end]) for end in range(2, len(parts))), name)
