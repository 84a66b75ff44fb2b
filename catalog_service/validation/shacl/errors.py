"""What can be wrong with a shapes graph or with what is asked of it.

::

    ShaclError
    ├── BadShapes            one or more shapes are ill-formed; carries every problem found
    │   └── RecursiveShapes  a shape refers to itself; SHACL leaves the meaning undefined (section 3.4.3)
    ├── NoShapes             the graph holds no shape at all
    ├── BadData              what was given as data is no graph, or as context is of another validator
    └── FallbackFailed       pySHACL is not installed, or could not run what is not compiled
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ShaclError(ValueError):
    """Base of all."""


class BadShapes(ShaclError):
    """One or more shapes are ill-formed; ``problems`` has a sentence for each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems[:20]))


class RecursiveShapes(BadShapes):
    """A shape refers to itself; ``cycle`` lists the shapes on the way, the first again at the end."""

    def __init__(self, cycle: tuple[str, ...]) -> None:
        self.cycle = cycle
        super().__init__(["recursive shapes: " + " → ".join(cycle)])


class NoShapes(ShaclError):
    """The graph holds no shape at all."""


class BadData(ShaclError):
    """What was given as data is no graph, or as context is one that another validator prepared."""


class FallbackFailed(ShaclError):
    """Something is not compiled and pySHACL, which would run it, is missing or gave up."""
