"""Posts that stand for pages of other websites; lists of posts walk past them along an index of their own."""

from peewee import BigIntegerField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("post", "site_id", BigIntegerField(null=True)),
        migrator.add_index("post", ("site_id", "id")),
        migrator.add_index("post", ("writer_id", "site_id", "id")),
    )


def down(migrator, db):
    migrator.migrate(
        migrator.drop_index("post", "post_writer_id_site_id_id"),
        migrator.drop_index("post", "post_site_id_id"),
        migrator.drop_column("post", "site_id"),
    )
