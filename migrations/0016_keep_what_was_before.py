"""What a comment and a profile said before they were changed, pictures that can be put back, and who leaves when."""

from peewee import CharField, DateTimeField, TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("comment", "earlier_body", TextField(null=True)),
        migrator.add_column("person", "earlier_display_name", CharField(max_length=60, null=True)),
        migrator.add_column("person", "earlier_bio", TextField(null=True)),
        migrator.add_column("person", "leaves_at", DateTimeField(null=True)),
        migrator.add_column("image", "removed_at", DateTimeField(null=True)),
    )


def down(migrator, db):
    migrator.migrate(
        migrator.drop_column("image", "removed_at"),
        migrator.drop_column("person", "leaves_at"),
        migrator.drop_column("person", "earlier_bio"),
        migrator.drop_column("person", "earlier_display_name"),
        migrator.drop_column("comment", "earlier_body"),
    )
