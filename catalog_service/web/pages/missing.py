"""What stands nearest to an identifier that is not there."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog_service.web.site import Site

_NUMBERED = re.compile(r"^(.*?)(\d+)$")
_NEAR = 5
_MOST_DIGITS = 12


def nearest_records(site: Site, words: str) -> list[tuple[str, str]]:
    """Return identifiers and titles of published records whose identifiers look like what was asked for."""
    asked = words.split(".", maxsplit=1)[0].strip().upper()
    if not asked:
        return []
    store = site.catalogue.store
    guesses = [identifier for identifier, row in store.many(_guesses(asked)).items() if row.live]
    titles = site.catalogue.titles(guesses, site.lang)
    return [(each, titles[each]) for each in difflib.get_close_matches(asked, guesses, n=_NEAR, cutoff=0.6)]


def _guesses(asked: str) -> list[str]:
    """Return identifiers a slip of the finger away: neighbours in number, a digit wrong, swapped or lost."""
    match = _NUMBERED.match(asked)
    if match is None or len(match[2]) > _MOST_DIGITS:
        return []
    prefix, digits = match.groups()
    prefix = prefix if prefix.endswith("-") else f"{prefix}-"
    numbers = {int(digits) + step for step in (-2, -1, 1, 2)}
    numbers |= {int(digits[:n] + digits[n + 1 :] or 0) for n in range(len(digits))}
    numbers |= {int(digits[:n] + digits[n + 1] + digits[n] + digits[n + 2 :]) for n in range(len(digits) - 1)}
    numbers |= {int(digits[:n] + other + digits[n + 1 :]) for n in range(len(digits)) for other in "0123456789"}
    numbers |= {int(digits[:n] + "0" + digits[n:]) for n in range(len(digits))} | {int(digits)}
    return [f"{prefix}{number:07d}" for number in sorted(numbers) if 0 <= number < 10**7]
