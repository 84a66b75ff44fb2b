"""Shape files that are complete on their own: the shared parts of ``common.ttl`` that a kind's file uses, put into it.

SHACL validators take one shape file and do not follow imports, so every kind's file repeats the parts it uses below a
heading. After a change of ``shapes/common.ttl``, ``python -m catalog_service.model.parts`` writes the repetitions anew.
`complete` also stands between a file and the compiler, so that a new kind may leave them out at first.

Blocks are cut at blank lines: each begins with its subject, ``stsh:…``, at the left margin.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEADING = "# ---- Parts of common.ttl, written here by `python -m catalog_service.model.parts`: change them there ----"
COMMON = "common.ttl"
NOT_KINDS = frozenset({COMMON, "lists.ttl", "manifest.ttl", "shapes.ttl"})
"""Files of the folder that hold no kind."""

_NAME = re.compile(r"\bstsh:([A-Za-z0-9-]+)")
_SUBJECT = re.compile(r"^stsh:([A-Za-z0-9-]+)\s")
_PREFIX = re.compile(r"^@prefix\s+\S+\s+<[^>]*>\s*\.\s*$", re.MULTILINE)


def complete(text: str, common: str) -> str:
    """Return a kind's shape file with every part of ``common`` that it names and does not define itself."""
    own = text.partition(HEADING)[0].rstrip() + "\n"
    offered = _blocks(common)
    defined = _blocks(own)
    wanted = _reach(
        set(_NAME.findall(own)) - set(defined), {name: offered[name] for name in offered if name not in defined}
    )
    if not wanted:
        return own
    prefixes = [line for line in _PREFIX.findall(common) if line not in own]
    parts = [block for name, block in offered.items() if name in wanted]
    return "\n".join([own, HEADING, *(prefixes and ["", *prefixes]), "", "\n\n".join(parts), ""])


def _blocks(text: str) -> dict[str, str]:
    blocks = (block.strip("\n") for block in re.split(r"\n\s*\n", text))
    return {match[1]: block for block in blocks if (match := _SUBJECT.match(block))}


def _reach(names: set[str], offered: dict[str, str]) -> set[str]:
    """Return the offered names reached from ``names`` through the blocks."""
    reached: set[str] = set()
    ahead = {name for name in names if name in offered}
    while ahead:
        reached |= ahead
        mentioned = {name for each in ahead for name in _NAME.findall(offered[each])}
        ahead = {name for name in mentioned if name in offered} - reached
    return reached


def rewrite(folder: Path) -> list[str]:
    """Write the parts into every kind's file of a shapes folder; return the names of the files that changed."""
    common = (folder / COMMON).read_text("utf-8")
    changed = []
    for path in sorted(folder.glob("*.ttl")):
        if path.name in NOT_KINDS:
            continue
        text = path.read_text("utf-8")
        whole = complete(text, common)
        if whole != text:
            path.write_text(whole, "utf-8")
            changed.append(path.name)
    return changed


def _main() -> None:
    from catalog_service.model.lists import FILE, lists_text
    from catalog_service.resources import folder

    for name in rewrite(folder("shapes")):
        print(name)  # noqa: T201
    (folder("shapes") / FILE).write_text(lists_text(folder("vocab")), "utf-8")


if __name__ == "__main__":
    _main()
