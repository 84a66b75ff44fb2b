"""Cells of tables that other programs open: nothing a record says may become a formula there.

Source: OWASP, CSV Injection.
"""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_GUARD = "'"


def guarded(cell: str) -> str:
    """Return a cell with an apostrophe before what a spreadsheet program would take for a formula.

    >>> guarded("=1+1"), guarded("检索")
    ("'=1+1", '检索')
    """
    return _GUARD + cell if cell.removeprefix(_GUARD).startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """Return a cell as it was before it was guarded.

    >>> unguarded("'=1+1"), unguarded("'s-Hertogenbosch")
    ('=1+1', "'s-Hertogenbosch")
    """
    return cell[1:] if cell.startswith(_GUARD) and cell[1:].removeprefix(_GUARD).startswith(_FORMULA) else cell
