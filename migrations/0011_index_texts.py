"""The words of posts, for searching: FTS5 on SQLite, a FULLTEXT index on MySQL."""

from peewee import BigIntegerField, CharField, Model, MySQLDatabase, TextField


class PostText(Model):
    post_id = BigIntegerField(primary_key=True)
    title = CharField(max_length=200)
    body = TextField()

    class Meta:
        legacy_table_names = False


# No stop words, so that "the" in a search finds what has it; and the words of posts that are there already, with
# their HTML, until they are changed for the first time.
MYSQL = (
    "ALTER TABLE post_text MODIFY body MEDIUMTEXT NOT NULL",
    "SET SESSION innodb_ft_enable_stopword = OFF",
    "ALTER TABLE post_text ADD FULLTEXT post_text_words (title, body)",
    "ALTER TABLE post_text ADD FULLTEXT post_text_titles (title)",
)
SQLITE = ("CREATE VIRTUAL TABLE post_text USING fts5(title, body, tokenize = \"unicode61 remove_diacritics 2\")",)
ID = {True: "rowid", False: "post_id"}
FILL = """
INSERT INTO post_text ({key}, title, body)
SELECT id, COALESCE(title, ''), body FROM post WHERE published_at IS NOT NULL
"""


def up(migrator, db):
    is_sqlite = not isinstance(db, MySQLDatabase)
    if not is_sqlite:
        with db.bind_ctx([PostText], False, False):
            db.create_tables([PostText])
    for statement in SQLITE if is_sqlite else MYSQL:
        db.execute_sql(statement)
    db.execute_sql(FILL.format(key=ID[is_sqlite]))
    migrator.migrate(migrator.add_index("person", ("display_name",)))


def down(migrator, db):
    migrator.migrate(migrator.drop_index("person", "person_display_name"))
    db.execute_sql("DROP TABLE post_text")
