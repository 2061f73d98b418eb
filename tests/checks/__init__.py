"""What ``claps check`` says."""
