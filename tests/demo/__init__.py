"""Tests of claps/demo: what an empty site is filled with."""
