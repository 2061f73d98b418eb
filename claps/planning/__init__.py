"""``claps plan``: how much machine a load needs, and what gives way first, from what was measured."""
