"""The crowd that ``claps simulate`` sends."""
