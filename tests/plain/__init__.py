"""Tests of claps/plain: values and rules."""
