"""Comments that answer comments, that can be changed and taken away, and that are liked."""

from peewee import BigIntegerField, CompositeKey, DateTimeField, Model


class CommentLike(Model):
    comment_id = BigIntegerField()
    reader_id = BigIntegerField(index=True)

    class Meta:
        primary_key = CompositeKey("comment_id", "reader_id")
        legacy_table_names = False


MODELS = [CommentLike]


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("comment", "parent_id", BigIntegerField(null=True)),
        # By add_column() it would have no default in MySQL, and yesterday's code could write no comment.
        migrator.sql("ALTER TABLE comment ADD COLUMN likes INTEGER NOT NULL DEFAULT 0"),
        migrator.add_column("comment", "edited_at", DateTimeField(null=True)),
        migrator.add_column("comment", "removed_by", BigIntegerField(null=True)),
        migrator.add_index("comment", ("person_id", "id")),
    )
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
    migrator.migrate(
        migrator.drop_index("comment", "comment_person_id_id"),
        *(migrator.drop_column("comment", name) for name in ("parent_id", "likes", "edited_at", "removed_by")),
    )
