"""Who follows whom, with both totals on the person's row, and what a person keeps for later."""

from peewee import BigIntegerField, CompositeKey, DateTimeField, Model


class Follow(Model):
    follower_id = BigIntegerField()
    writer_id = BigIntegerField()
    at = DateTimeField()

    class Meta:
        primary_key = CompositeKey("follower_id", "writer_id")
        indexes = ((("writer_id", "follower_id"), False),)


class Bookmark(Model):
    person_id = BigIntegerField()
    post_id = BigIntegerField()
    at = DateTimeField()

    class Meta:
        primary_key = CompositeKey("person_id", "post_id")
        indexes = ((("post_id",), False),)


MODELS = [Follow, Bookmark]
TOTALS = ("followers", "following")


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)
    # With a default of the database's own: yesterday's code adds people without naming these columns.
    for name in TOTALS:
        db.execute_sql(f"ALTER TABLE person ADD COLUMN {name} BIGINT NOT NULL DEFAULT 0")
    # A writer's posts are paged by id.
    migrator.migrate(migrator.add_index("post", ("writer_id", "id")))


def down(migrator, db):
    migrator.migrate(migrator.drop_index("post", "post_writer_id_id"))
    for name in reversed(TOTALS):
        db.execute_sql(f"ALTER TABLE person DROP COLUMN {name}")
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
