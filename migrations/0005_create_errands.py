"""Work that was promised with a change and is done after it."""

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, IntegerField, Model, TextField


class Errand(Model):
    id = BigAutoField()
    kind = CharField(max_length=20)
    body = TextField()
    cursor = BigIntegerField(default=0)
    tries = IntegerField(default=0)
    due_at = DateTimeField(index=True)
    created_at = DateTimeField()


MODELS = [Errand]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
