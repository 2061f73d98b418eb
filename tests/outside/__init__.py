"""Tests of the floor on which other people's machines are asked."""
