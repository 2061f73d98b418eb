"""``claps check``: what would lose data or fall over in the present settings, each with its remedy."""
