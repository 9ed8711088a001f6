"""Measurements of Strata, with floors: `python -m benchmarks [NAME ...]`."""
