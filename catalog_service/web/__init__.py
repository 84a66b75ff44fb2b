"""Pages and the HTTP API: the only place that knows Flask."""
