"""``claps simulate``: a crowd of real readers on one's own machine."""
