"""The tests: one file for each source file, on real parts."""
