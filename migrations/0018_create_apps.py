"""Apps, what people let them do, and the codes and tokens that stand for it."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    CharField,
    CompositeKey,
    DateTimeField,
    Model,
    TextField,
)


class Table(Model):
    class Meta:
        legacy_table_names = False


class App(Table):
    id = BigAutoField()
    client_id = CharField(max_length=40, unique=True)
    owner_id = BigIntegerField(index=True)
    name = CharField(max_length=60)
    redirect_uris = TextField()
    scopes = CharField(max_length=100)
    secret_digest = CharField(max_length=64, null=True)
    created_at = DateTimeField()


class AppOrigin(Table):
    origin = CharField(max_length=200)
    app_id = BigIntegerField(index=True)

    class Meta:
        primary_key = CompositeKey("origin", "app_id")


class Permit(Table):
    id = BigAutoField()
    app_id = BigIntegerField(null=True, index=True)
    person_id = BigIntegerField(null=True, index=True)
    name = CharField(max_length=60, default="")
    scopes = CharField(max_length=100)
    created_at = DateTimeField()
    used_at = DateTimeField(null=True)


class Code(Table):
    digest = CharField(max_length=64, primary_key=True)
    app_id = BigIntegerField()
    person_id = BigIntegerField()
    redirect_uri = TextField()
    scopes = CharField(max_length=100)
    challenge = CharField(max_length=128)
    permit_id = BigIntegerField(null=True)
    expires_at = DateTimeField(index=True)


class Token(Table):
    digest = CharField(max_length=64, primary_key=True)
    permit_id = BigIntegerField(index=True)
    kind = CharField(max_length=10)
    scopes = CharField(max_length=100)
    created_at = DateTimeField()
    expires_at = DateTimeField(null=True, index=True)
    used_at = DateTimeField(null=True)


MODELS = [App, AppOrigin, Permit, Code, Token]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
