"""What each reader gave to each post, and how far each shard's journal has come into SQL."""

from peewee import BigIntegerField, CharField, Check, CompositeKey, IntegerField, Model


class Clap(Model):
    post_id = BigIntegerField()
    reader_id = BigIntegerField(index=True)
    claps = IntegerField(constraints=[Check("claps BETWEEN 1 AND 50")])

    class Meta:
        primary_key = CompositeKey("post_id", "reader_id")


class Like(Model):
    post_id = BigIntegerField()
    reader_id = BigIntegerField(index=True)

    class Meta:
        primary_key = CompositeKey("post_id", "reader_id")


class JournalPosition(Model):
    shard = IntegerField(primary_key=True)
    epoch = BigIntegerField()
    entry_id = CharField(max_length=40)

    class Meta:
        legacy_table_names = False


MODELS = [Clap, Like, JournalPosition]
SHARDS = 16


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)
        JournalPosition.insert_many(
            [{"shard": shard, "epoch": 0, "entry_id": "0-0"} for shard in range(SHARDS)]
        ).execute()


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
