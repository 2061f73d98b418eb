"""Tests of claps/running: what serves the site, and keeps it up."""
