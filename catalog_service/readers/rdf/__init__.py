"""RDF by pyoxigraph alone: bytes pass a gate, triples are cut into records in document order, records pass a gate."""
