"""A belief-revision engine: beliefs in, a failure in, a consistent base and its proof out."""
