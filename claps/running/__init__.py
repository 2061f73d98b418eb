"""What ``claps serve`` runs: its own Redis if none is given, gunicorn, and the workers' class."""
