"""Who has left, names that are not given out again, and drafts that can be put back."""

from peewee import CharField, DateTimeField, Model


class KeptName(Model):
    digest = CharField(max_length=64, primary_key=True)

    class Meta:
        legacy_table_names = False


MODELS = [KeptName]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)
    migrator.migrate(
        migrator.add_column("person", "left_at", DateTimeField(null=True)),
        migrator.add_column("draft", "thrown_at", DateTimeField(null=True)),
        migrator.add_index("person", ("left_at",)),
    )


def down(migrator, db):
    migrator.migrate(
        migrator.drop_index("person", "person_left_at"),
        migrator.drop_column("draft", "thrown_at"),
        migrator.drop_column("person", "left_at"),
    )
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
