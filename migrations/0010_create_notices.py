"""What people are told of, who did it, how far they have looked, and what is still to be told."""

from peewee import BigAutoField, BigIntegerField, CharField, CompositeKey, DateTimeField, Model


class Notice(Model):
    id = BigAutoField()
    person_id = BigIntegerField()
    what = CharField(max_length=20)
    thing_id = BigIntegerField()
    turn = BigIntegerField()
    actor_id = BigIntegerField(null=True)
    people = BigIntegerField(default=0)
    looked = BigIntegerField(default=0)
    base = BigIntegerField(default=0)
    mark = BigIntegerField(default=0)
    read_turn = BigIntegerField(null=True)
    at = DateTimeField()

    class Meta:
        indexes = ((("person_id", "what", "thing_id"), True), (("person_id", "turn"), False))


class NoticeActor(Model):
    notice_id = BigIntegerField()
    actor_id = BigIntegerField()
    person_id = BigIntegerField()
    turn = BigIntegerField()

    class Meta:
        legacy_table_names = False
        primary_key = CompositeKey("notice_id", "actor_id")
        indexes = ((("person_id", "turn"), False),)


class NoticeBox(Model):
    person_id = BigIntegerField(primary_key=True)
    turn = BigIntegerField(default=0)
    looked_turn = BigIntegerField(default=0)
    caught_up = BigIntegerField(default=0)
    muted = CharField(max_length=100, default="")

    class Meta:
        legacy_table_names = False


class Stirred(Model):
    post_id = BigIntegerField()
    gift = CharField(max_length=1)
    reader_id = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("post_id", "gift", "reader_id")


class WidePost(Model):
    id = BigIntegerField(primary_key=True)
    post_id = BigIntegerField(unique=True)
    writer_id = BigIntegerField()
    at = DateTimeField()

    class Meta:
        legacy_table_names = False
        indexes = ((("writer_id", "id"), False),)


MODELS = [Notice, NoticeActor, NoticeBox, Stirred, WidePost]
COLUMNS = "person_id, what, thing_id, turn, people, looked, base, mark, read_turn, at"
# What was there before is known already: only what comes from now on is told.
KNOWN = (
    "SELECT writer_id, 'clapped', id, 0, 0, 0, people, people, 0, COALESCE(published_at, first_published_at) "
    "FROM post WHERE people > 0",
    "SELECT writer_id, 'liked', id, 0, 0, 0, likes, likes, 0, COALESCE(published_at, first_published_at) "
    "FROM post WHERE likes > 0",
    "SELECT person_id, 'liked_comment', id, 0, 0, 0, likes, likes, 0, created_at FROM comment WHERE likes > 0",
    "SELECT id, 'followed', 0, 0, 0, 0, followers, followers, 0, created_at FROM person WHERE followers > 0",
    "SELECT post.writer_id, 'commented', post.id, 0, 0, 0, MAX(comment.id), MAX(comment.id), 0, "
    "MAX(comment.created_at) FROM comment JOIN post ON post.id = comment.post_id GROUP BY post.id, post.writer_id",
    "SELECT parent.person_id, 'replied', parent.id, 0, 0, 0, MAX(comment.id), MAX(comment.id), 0, "
    "MAX(comment.created_at) FROM comment JOIN comment AS parent ON parent.id = comment.parent_id "
    "GROUP BY parent.id, parent.person_id",
)


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)
    for known in KNOWN:
        db.execute_sql(f"INSERT INTO notice ({COLUMNS}) {known}")


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
