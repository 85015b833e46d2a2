"""Measurements, each beside its raw limit in the same run: `make bench`. See docs/benchmarks.md."""
