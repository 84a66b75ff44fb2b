"""The engines by name; each is imported when it is first asked for."""

from __future__ import annotations
