"""How many requests one process answers at once, and how many of them may do nothing but wait for a change."""

from __future__ import annotations

THREADS = 8
"""Requests that one worker process answers at the same time."""

LISTENERS = 3
"""Long polls among them: less than half, so that whoever searches or asks for health always finds a thread free."""
