"""The revisions, oldest first; each is one step and goes one way."""
