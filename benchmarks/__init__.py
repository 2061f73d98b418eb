"""Benchmarks: figures beside the bounds that the design promises, measured as ratios in one run."""
