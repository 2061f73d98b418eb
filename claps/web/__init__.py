"""Floor 4: Flask lives here and nowhere else."""
