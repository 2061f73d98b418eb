"""Floor 1: peewee lives here and nowhere else; one file per noun, its model and its queries together."""
