"""Webhooks, what they have to tell, and what was told."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DateTimeField,
    IntegerField,
    Model,
    MySQLDatabase,
    TextField,
)


class Table(Model):
    class Meta:
        legacy_table_names = False


class Webhook(Table):
    id = BigAutoField()
    owner_id = BigIntegerField(index=True)
    url = TextField()
    root = TextField()
    events = CharField(max_length=120)
    salt = CharField(max_length=32)
    old_salt = CharField(max_length=32, default="")
    old_until_ms = BigIntegerField(default=0)
    is_on = BooleanField(default=True)
    why_off = CharField(max_length=200, default="")
    stops = IntegerField(default=0)
    fails = IntegerField(default=0)
    failing_ms = BigIntegerField(null=True)
    dropped = IntegerField(default=0)
    due_ms = BigIntegerField(index=True)
    held_ms = BigIntegerField(default=0)
    rest_ms = BigIntegerField(default=0)
    created_at = DateTimeField()


class WebhookClap(Table):
    webhook_id = BigIntegerField()
    post_id = BigIntegerField()
    claps = BigIntegerField()
    people = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("webhook_id", "post_id")


class WebhookTable(Table):
    webhook_id = BigIntegerField()
    topic = CharField(max_length=80)
    epoch = BigIntegerField()
    offset = BigIntegerField()
    is_waiting = BooleanField(default=False)

    class Meta:
        primary_key = CompositeKey("webhook_id", "topic")


class WebhookDelivery(Table):
    id = BigAutoField()
    webhook_id = BigIntegerField()
    message = CharField(max_length=40)
    event = CharField(max_length=30)
    lane = CharField(max_length=80, default="")
    body = TextField()
    state = CharField(max_length=10)
    tries = IntegerField(default=0)
    due_ms = BigIntegerField()
    created_ms = BigIntegerField(index=True)
    until_ms = BigIntegerField()
    tried_ms = BigIntegerField(null=True)
    took_ms = IntegerField(default=0)
    status = IntegerField(null=True)
    said = CharField(max_length=250, default="")

    class Meta:
        indexes = ((("webhook_id", "state", "due_ms"), False), (("webhook_id", "id"), False))


MODELS = [Webhook, WebhookClap, WebhookTable, WebhookDelivery]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)
        if isinstance(db, MySQLDatabase):
            # What is told of a table is longer than the 64 KB of a TEXT.
            db.execute_sql("ALTER TABLE webhook_delivery MODIFY body MEDIUMTEXT NOT NULL")


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
