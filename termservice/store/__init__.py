"""The versioned store: the only place that knows SQL."""
