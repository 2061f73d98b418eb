"""The logs of topics of which every event matters."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    CharField,
    CompositeKey,
    DateTimeField,
    Model,
    MySQLDatabase,
    TextField,
)


class Log(Model):
    id = BigAutoField()
    topic = CharField(max_length=80, unique=True)
    epoch = BigIntegerField()
    head = BigIntegerField(default=0)
    oldest = BigIntegerField(default=0)


class Event(Model):
    log_id = BigIntegerField()
    offset = BigIntegerField()
    body = TextField()
    at = DateTimeField()

    class Meta:
        primary_key = CompositeKey("log_id", "offset")


MODELS = [Log, Event]
# The comments' logs go on where their offsets had come to; what came before was told when it came.
BEGIN_LOGS = """
INSERT INTO log (topic, epoch, head, oldest)
SELECT {name}, {epoch}, comments_offset, comments_offset FROM post WHERE comments_offset > 0
"""


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)
        # An event has a key's whole value with its name around it, which is more than MySQL's TEXT holds.
        if isinstance(db, MySQLDatabase):
            db.execute_sql("ALTER TABLE event MODIFY body MEDIUMTEXT NOT NULL")
            name, epoch = "CONCAT('post:', id, ':comments')", "FLOOR(RAND() * 1000000000000)"
        else:
            name, epoch = "'post:' || id || ':comments'", "ABS(RANDOM()) % 1000000000000"
        db.execute_sql(BEGIN_LOGS.format(name=name, epoch=epoch))


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
