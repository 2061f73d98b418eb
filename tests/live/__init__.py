"""Tests of claps/live: who is looking, and how news reaches them."""
