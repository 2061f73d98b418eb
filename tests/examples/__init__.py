"""The examples that people copy, run as they run them."""
