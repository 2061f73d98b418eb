"""Tests of claps/web/pages: what each page answers."""
