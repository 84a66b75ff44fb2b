"""Is it good: the form of JSON, the shapes, and the catalogue's own rules, all answered by findings."""
