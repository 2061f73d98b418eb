"""Tests of claps/web: what pages and endpoints answer."""
