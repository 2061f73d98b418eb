"""Who means harm, or is merely broken: others are answered meanwhile, and what it takes is bounded."""
