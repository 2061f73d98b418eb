"""Tests of ``make bench-100k``, with a few hundred readers."""
