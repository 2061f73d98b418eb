"""Realtime tables: the table of tables, their entries, who may do what in them, and how late it was."""

from peewee import (
    SQL,
    BigAutoField,
    BigIntegerField,
    CharField,
    CompositeKey,
    DateTimeField,
    IntegerField,
    Model,
    MySQLDatabase,
    TextField,
)


class RealtimeTable(Model):
    id = BigAutoField()
    name = CharField(max_length=64, unique=True)
    owner_id = BigIntegerField()
    access = CharField(max_length=8)
    entries = IntegerField(constraints=[SQL("DEFAULT 0")], default=0)
    bytes = BigIntegerField(constraints=[SQL("DEFAULT 0")], default=0)
    created_at = DateTimeField()
    expires_ms = BigIntegerField(null=True, index=True)

    class Meta:
        legacy_table_names = False
        indexes = ((("owner_id", "name"), False), (("access", "name"), False))


class Entry(Model):
    table_id = BigIntegerField()
    key = CharField(max_length=200)
    value = TextField()
    offset = BigIntegerField()
    at_ms = BigIntegerField()
    expires_ms = BigIntegerField(null=True, index=True)

    class Meta:
        primary_key = CompositeKey("table_id", "key")


class TableMember(Model):
    table_id = BigIntegerField()
    reader_id = BigIntegerField()
    name = CharField(max_length=64)
    role = CharField(max_length=8)

    class Meta:
        legacy_table_names = False
        primary_key = CompositeKey("table_id", "reader_id")
        indexes = ((("reader_id", "name"), True),)


class Lateness(Model):
    id = IntegerField(primary_key=True)
    at_ms = BigIntegerField()


MODELS = [RealtimeTable, Entry, TableMember, Lateness]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)
        if isinstance(db, MySQLDatabase):
            # A key is its bytes: a collation would take "a" for "A", or "a" for "a ". 200 letters have up to 800.
            db.execute_sql("ALTER TABLE entry MODIFY `key` VARBINARY(800) NOT NULL")
            # A value may have one byte more than MySQL's TEXT holds.
            db.execute_sql("ALTER TABLE entry MODIFY value MEDIUMTEXT NOT NULL")


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
