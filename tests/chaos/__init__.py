"""Kills, freezes and cuts everything that there is, while a crowd uses it: ``make chaos``."""
