"""What a server tells Prometheus: of its requests, and, read from the state, of runs, passes, workers and the cache."""
