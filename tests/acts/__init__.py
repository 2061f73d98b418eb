"""Tests of claps/acts: what people do."""
