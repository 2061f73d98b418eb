"""Drafts, revisions, tags and pictures, and what a post needs for being written here."""

from peewee import (
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


class Draft(Model):
    id = BigAutoField()
    writer_id = BigIntegerField()
    key = CharField(max_length=40)
    post_id = BigIntegerField(null=True)
    title = CharField(max_length=200)
    slug = CharField(max_length=200)
    tags = CharField(max_length=400)
    body = TextField()
    version = IntegerField()
    base = IntegerField()
    tab = CharField(max_length=40)
    saved_at = DateTimeField()

    class Meta:
        indexes = ((("writer_id", "key"), True), (("writer_id", "saved_at"), False))


class Revision(Model):
    post_id = BigIntegerField()
    number = IntegerField()
    title = CharField(max_length=200, null=True)
    slug = CharField(max_length=80)
    tags = CharField(max_length=400)
    body = TextField()
    at = DateTimeField()

    class Meta:
        primary_key = CompositeKey("post_id", "number")


class PostTag(Model):
    tag = CharField(max_length=40)
    post_id = BigIntegerField()

    class Meta:
        legacy_table_names = False
        primary_key = CompositeKey("tag", "post_id")
        indexes = ((("post_id",), False),)


class Media(Model):
    name = CharField(max_length=80, primary_key=True)
    bytes = IntegerField()


class Image(Model):
    id = BigAutoField()
    owner_id = BigIntegerField()
    name = CharField(max_length=80)
    alt = CharField(max_length=300)
    bytes = IntegerField()
    at = DateTimeField()

    class Meta:
        indexes = ((("owner_id", "name"), True), (("name",), False))


MODELS = [Draft, Revision, PostTag, Media, Image]
# With defaults of the database's own: yesterday's code adds posts without naming these columns.
COLUMNS = {
    "tags": "VARCHAR(400) NOT NULL DEFAULT ''",
    "revision": "INTEGER NOT NULL DEFAULT 1",
    "edited_at": "DATETIME NULL",
    "first_published_at": "DATETIME NULL",
    "draft_key": "VARCHAR(40) NULL",
}
# A long article has more bytes than MySQL's TEXT holds.
LONG_TEXTS = (("post", "body"), ("post", "body_html"), ("draft", "body"), ("revision", "body"))
# Tags are told apart letter by letter, as SQLite does it; MySQL would take é for e.
EXACT = "ALTER TABLE post_tag MODIFY tag VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL"


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)
    for name, form in COLUMNS.items():
        db.execute_sql(f"ALTER TABLE post ADD COLUMN {name} {form}")
    migrator.migrate(migrator.add_index("post", ("writer_id", "draft_key"), True))
    if isinstance(db, MySQLDatabase):
        db.execute_sql(EXACT)
        for table, column in LONG_TEXTS:
            db.execute_sql(f"ALTER TABLE {table} MODIFY {column} MEDIUMTEXT NOT NULL")


def down(migrator, db):
    if isinstance(db, MySQLDatabase):
        for table, column in LONG_TEXTS[:2]:
            db.execute_sql(f"ALTER TABLE {table} MODIFY {column} TEXT NOT NULL")
    migrator.migrate(migrator.drop_index("post", "post_writer_id_draft_key"))
    for name in reversed(COLUMNS):
        db.execute_sql(f"ALTER TABLE post DROP COLUMN {name}")
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
