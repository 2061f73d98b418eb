"""Tests of claps/hot: what Redis is asked, on a real one."""
