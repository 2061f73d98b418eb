"""Tests of the benchmarks: that they run and that their reports are whole; never of how quick anything is."""
