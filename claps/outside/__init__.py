"""Floor 1: other people's machines are asked here, and nowhere else."""
