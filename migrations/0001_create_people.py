"""Readers (people and guests) and people with an account."""

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, Model, TextField


class Reader(Model):
    id = BigIntegerField(primary_key=True)
    created_at = DateTimeField()


class Person(Model):
    id = BigAutoField()
    name = CharField(max_length=30, unique=True)
    display_name = CharField(max_length=60)
    bio = TextField(default="")
    password_hash = CharField(max_length=200)
    created_at = DateTimeField()


MODELS = [Reader, Person]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
