"""``make bench``: every table, each with its rivals in the same run. ``--quick`` uses a tenth of the data."""

from __future__ import annotations

import argparse
import importlib
import os
import platform

TABLES = ("load", "search", "oai", "workers", "shacl", "sandbox")


def main() -> None:
    """Run the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], help="tables to make; default: all")
    parser.add_argument("--quick", action="store_true", help="a tenth of the data")
    arguments = parser.parse_args()
    print(f"{platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores")
    for name in arguments.tables or TABLES:
        print(f"\n## {name}\n", flush=True)
        importlib.import_module(f"benchmarks.bench_{name}").run(0.1 if arguments.quick else 1.0)


if __name__ == "__main__":
    main()
