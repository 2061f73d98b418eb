"""Whose numbers are hidden, from readers or from oneself, and links that show one post's figures to who has them."""

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, Model


class Base(Model):
    class Meta:
        legacy_table_names = False


class CalmPost(Base):
    post_id = BigIntegerField(primary_key=True)


class CalmPerson(Base):
    person_id = BigIntegerField(primary_key=True)


class ShareLink(Base):
    id = BigAutoField()
    post_id = BigIntegerField(index=True)
    salt = CharField(max_length=32)
    made_at = DateTimeField()
    revoked_at = DateTimeField(null=True)


MODELS = [CalmPost, CalmPerson, ShareLink]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
