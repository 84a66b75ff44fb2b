"""``kebao`` and ``python -m catalog_service``."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from catalog_service.cli import kebao

    kebao(prog_name="kebao")


if __name__ == "__main__":
    main()
