"""What can happen to a town. Each fault is one function: it happens and lasts a while; the town is healed after it."""
