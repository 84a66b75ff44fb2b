"""Regular expressions of XPath and XQuery (and so of SPARQL and ``sh:pattern``), matched in time linear in the text.

A pattern is parsed by the grammar of the standard into a tree. Where the tree is deterministic, that is, where each
character leaves only one way to go on, Python's ``re`` cannot backtrack and runs it; all others run on an automaton
that never backtracks. Back-references, the one thing no automaton can do, are refused, as are enormous patterns.

Source: XQuery and XPath Functions and Operators 3.1, 5.6.1, which extends XML Schema 1.1 part 2, appendix G.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from catalog_service.validation.shacl.regex.automaton import Automaton
from catalog_service.validation.shacl.regex.parsing import BadPattern, parse
from catalog_service.validation.shacl.regex.translation import translate

Matches = Callable[[str], bool]


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str, flags: str = "") -> tuple[Matches, bool]:
    r"""Return what tells whether a text contains a match, and whether Python's ``re`` does it, which is quick.

    >>> matches, _ = compile_pattern(r"^\d{4}$")
    >>> matches("2026"), matches("2026\n")
    (True, False)

    Raises:
        BadPattern: if the pattern is ill-formed, or cannot be matched in linear time.
    """
    tree = parse(pattern, flags)
    translated = translate(tree, ignore_case="i" in flags, multiline="m" in flags)
    if translated is not None:
        return translated, True
    return Automaton(tree, ignore_case="i" in flags, multiline="m" in flags).matches, False


__all__ = ["BadPattern", "Matches", "compile_pattern"]
