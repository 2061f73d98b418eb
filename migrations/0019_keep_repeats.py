"""What programs have asked under keys of their own, so that who asks again gets the same answer."""

from peewee import BigIntegerField, CharField, CompositeKey, DateTimeField, IntegerField, Model, TextField


class Repeat(Model):
    person_id = BigIntegerField()
    key_digest = CharField(max_length=64)
    asked_digest = CharField(max_length=64)
    status = IntegerField(null=True)
    head = TextField(default="")
    body = TextField(default="")
    at = DateTimeField(index=True)

    class Meta:
        primary_key = CompositeKey("person_id", "key_digest")


MODELS = [Repeat]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
