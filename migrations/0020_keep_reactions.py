"""Which people clapped and liked in the last minutes, so that a writer sees who it was while it happens."""

from peewee import BigIntegerField, CompositeKey, IntegerField, Model


class Reaction(Model):
    post_id = BigIntegerField()
    minute = IntegerField(index=True)
    kind = IntegerField()
    reader_id = BigIntegerField()
    count = IntegerField()

    class Meta:
        primary_key = CompositeKey("post_id", "minute", "kind", "reader_id")


MODELS = [Reaction]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
