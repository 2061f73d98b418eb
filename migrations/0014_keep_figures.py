"""Figures by minute, hour and day of each post and writer, their readers, and what is held back of claps.

What was counted before is in an opening row, on day 0, so that a post's day rows add up to its counts from the first
moment.
"""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    Check,
    CompositeKey,
    IntegerField,
    Model,
)

DAY = 24 * 60


class Base(Model):
    class Meta:
        legacy_table_names = False


class PostFigure(Base):
    post_id = BigIntegerField()
    grain = IntegerField()
    begins = IntegerField()
    views = BigIntegerField()
    claps = BigIntegerField()
    people = BigIntegerField()
    likes = BigIntegerField()
    comments = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("post_id", "grain", "begins")
        indexes = ((("grain", "begins"), False),)


class WriterFigure(Base):
    writer_id = BigIntegerField()
    grain = IntegerField()
    begins = IntegerField()
    views = BigIntegerField()
    claps = BigIntegerField()
    people = BigIntegerField()
    likes = BigIntegerField()
    comments = BigIntegerField()
    follows = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("writer_id", "grain", "begins")
        indexes = ((("grain", "begins"), False),)


class PostSketch(Base):
    post_id = BigIntegerField()
    grain = IntegerField()
    begins = IntegerField()
    readers = BigIntegerField()
    sketch = BlobField()

    class Meta:
        primary_key = CompositeKey("post_id", "grain", "begins")
        indexes = ((("grain", "begins"), False),)


class WriterSketch(Base):
    writer_id = BigIntegerField()
    grain = IntegerField()
    begins = IntegerField()
    readers = BigIntegerField()
    sketch = BlobField()

    class Meta:
        primary_key = CompositeKey("writer_id", "grain", "begins")
        indexes = ((("grain", "begins"), False),)


class PostReferrer(Base):
    post_id = BigIntegerField()
    day = IntegerField()
    host = CharField(max_length=100)
    visits = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("post_id", "day", "host")


class WriterReferrer(Base):
    writer_id = BigIntegerField()
    day = IntegerField()
    host = CharField(max_length=100)
    visits = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("writer_id", "day", "host")


class HeldClap(Base):
    post_id = BigIntegerField()
    reader_id = BigIntegerField(index=True)
    claps = IntegerField(constraints=[Check("claps BETWEEN 1 AND 50")])

    class Meta:
        primary_key = CompositeKey("post_id", "reader_id")


class Burst(Base):
    id = BigAutoField()
    post_id = BigIntegerField()
    begins = IntegerField()
    ends = IntegerField()
    reason = CharField(max_length=20)
    amount = IntegerField()
    people = BigIntegerField()
    claps = BigIntegerField()
    is_out = BooleanField()

    class Meta:
        indexes = ((("post_id", "begins"), True),)


MODELS = [PostFigure, WriterFigure, PostSketch, WriterSketch, PostReferrer, WriterReferrer, HeldClap, Burst]


def up(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.create_tables(MODELS)
    db.execute_sql(
        "INSERT INTO post_figure (post_id, grain, begins, views, claps, people, likes, comments) "
        f"SELECT id, {DAY}, 0, views, claps, people, likes, comments FROM post "
        "WHERE views <> 0 OR claps <> 0 OR people <> 0 OR likes <> 0 OR comments <> 0"
    )
    db.execute_sql(
        "INSERT INTO writer_figure (writer_id, grain, begins, views, claps, people, likes, comments, follows) "
        f"SELECT person.id, {DAY}, 0, COALESCE(SUM(post.views), 0), COALESCE(SUM(post.claps), 0), "
        "COALESCE(SUM(post.people), 0), COALESCE(SUM(post.likes), 0), COALESCE(SUM(post.comments), 0), "
        "person.followers FROM person LEFT JOIN post ON post.writer_id = person.id "
        "GROUP BY person.id, person.followers HAVING person.followers <> 0 OR COUNT(post.id) > 0"
    )


def down(migrator, db):
    with db.bind_ctx(MODELS, False, False):
        db.drop_tables(MODELS)
