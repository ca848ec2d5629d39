"""Measurements: `make bench`, `python -m benchmarks.accuracy`."""
