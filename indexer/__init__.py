"""Search engines behind one port; this package knows nothing of the catalogue."""
