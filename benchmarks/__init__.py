"""Measured beside the rival in the same run: `python -m benchmarks` prints a table."""
