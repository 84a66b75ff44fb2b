"""Make the pages that say what code and shapes hold: ``python -m tools.generated``; ``--check`` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

from catalog_service.registry import profile
from tools import messages, reference, specification

DOCS = Path(__file__).parent.parent / "docs"


def pages() -> dict[Path, str]:
    """Return every generated page by its path."""
    found = {
        DOCS / "reference" / "settings.md": reference.settings(),
        DOCS / "reference" / "commands.md": reference.commands(),
        DOCS / "reference" / "addresses.md": reference.addresses(),
        DOCS / "reference" / "formats.md": reference.formats(),
        DOCS / "reference" / "errors.md": reference.error_codes(),
        DOCS / "specification" / "code-lists.md": specification.code_lists(profile()),
    }
    for kind in profile().kinds.values():
        found[DOCS / "specification" / f"{kind.name}.md"] = specification.specification(kind)
    return found


def main(*, check: bool) -> int:
    """Write the pages, or say which are stale."""
    made = pages()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[path], encoding="utf-8")
        print(f"{'stale' if check else 'written'}: {path.relative_to(DOCS.parent)}")
    return int(check and bool(stale)) or messages.main(check=check)


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
