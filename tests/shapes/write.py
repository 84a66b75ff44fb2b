"""Write what each case gives into its head: results of pySHACL, sentences of ours. To be read before it is believed."""

from __future__ import annotations

import re

from tests.shapes.cases import HERE, KINDS, case_files, told, validate
from tests.validation.records import findings

_HEAD = re.compile(r"^# (?:expect|zh|en): .*\n", re.MULTILINE)


def main() -> None:
    """Write the heads of all cases."""
    for kind in KINDS:
        results = validate(kind, case_files(kind))
        heads = {
            name: "".join(
                [
                    *(
                        f"# expect: {each.path} {each.component} {each.severity}\n"
                        for each in sorted(results[name], key=repr)
                    ),
                    *(f"# {sentence}\n" for sentence in told(said)),
                ]
            )
            for name, said in findings("compiled", kind).items()
        }
        for path in sorted((HERE / kind).rglob("*.ttl")):
            text = path.read_text("utf-8")
            if path.parent.name == "constraints":
                blocks = text.split("\n## ")
                text = "\n## ".join(
                    [blocks[0], *(_with_head(each, heads[each.splitlines()[0]], 1) for each in blocks[1:])]
                )
            elif path.name != "good.ttl":
                text = _with_head(text, heads[path.stem], 1)
            path.write_text(text, encoding="utf-8")


def _with_head(text: str, head: str, least: int) -> str:
    """Return a case with other expectations, behind its first line and what it removes."""
    lines = _HEAD.sub("", text).splitlines(keepends=True)
    at = max([least, *(number + 1 for number, line in enumerate(lines) if line.startswith("# "))])
    return "".join([*lines[:at], head, *lines[at:]])


if __name__ == "__main__":
    main()
