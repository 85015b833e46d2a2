"""Measurements, each beside its raw limit in the same run: `make bench`, and docs/benchmarks.md says how to read it."""
