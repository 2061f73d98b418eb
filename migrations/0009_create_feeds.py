"""What is in whose feed, and which writers have too many followers for that."""

from peewee import BigIntegerField, CompositeKey, Model


class Feed(Model):
    reader_id = BigIntegerField()
    post_id = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("reader_id", "post_id")


class WideWriter(Model):
    writer_id = BigIntegerField(primary_key=True)

    class Meta:
        legacy_table_names = False


MODELS = [Feed, WideWriter]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
