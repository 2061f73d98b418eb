"""Floor 1: Redis lives here and nowhere else."""
