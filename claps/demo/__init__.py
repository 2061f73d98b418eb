"""The demo: a few writers and their articles, so that a first run has something to read and clap for."""
