"""Benchmarks that anyone can run: ratios against what careful hand-written code needs."""
