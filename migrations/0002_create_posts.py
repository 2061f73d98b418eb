"""Posts with their counts, and their comments."""

from peewee import BigAutoField, BigIntegerField, BooleanField, CharField, DateTimeField, IntegerField, Model, TextField


class Post(Model):
    id = BigAutoField()
    writer_id = BigIntegerField()
    title = CharField(max_length=200, null=True)
    slug = CharField(max_length=80)
    body = TextField()
    body_html = TextField()
    summary = CharField(max_length=500)
    words = IntegerField()
    published_at = DateTimeField(null=True)
    closed = BooleanField(default=False)
    claps = BigIntegerField(default=0)
    people = BigIntegerField(default=0)
    likes = BigIntegerField(default=0)
    views = BigIntegerField(default=0)
    comments = BigIntegerField(default=0)
    comments_offset = BigIntegerField(default=0)

    class Meta:
        indexes = ((("writer_id", "published_at"), False), (("published_at", "id"), False))


class Comment(Model):
    id = BigAutoField()
    post_id = BigIntegerField()
    person_id = BigIntegerField()
    body = TextField()
    body_html = TextField()
    created_at = DateTimeField()

    class Meta:
        indexes = ((("post_id", "id"), False),)


MODELS = [Post, Comment]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
