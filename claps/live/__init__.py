"""Floor 2: who is looking, and how news reaches them."""
