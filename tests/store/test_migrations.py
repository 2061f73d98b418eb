"""Migrations: up, again, and down, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from peewee import IntegrityError
from playhouse.migrations import Runner

from claps.plain.errors import Unavailable
from claps.settings import ROOT
from claps.store.bookmarks import Bookmark
from claps.store.bursts import Burst
from claps.store.claps import Clap, Like
from claps.store.comments import Comment, CommentLike
from claps.store.database import Database
from claps.store.drafts import Draft
from claps.store.errands import Errand
from claps.store.feeds import Feed, WideWriter
from claps.store.figures import PostFigure, WriterFigure
from claps.store.follows import Follow
from claps.store.held import HeldClap
from claps.store.images import Image, Media
from claps.store.journal_positions import JournalPosition
from claps.store.logs import Event, Log
from claps.store.migrations import migrate, pending
from claps.store.notifications import Notice, NoticeActor, NoticeBox
from claps.store.people import KeptName, Person
from claps.store.posts import Post
from claps.store.readers import Reader
from claps.store.referrers import PostReferrer, WriterReferrer
from claps.store.revisions import Revision
from claps.store.sketches import PostSketch, WriterSketch
from claps.store.stirred import Stirred
from claps.store.tags import PostTag
from claps.store.wide_posts import WidePost

FOLDER = ROOT / "migrations"
NAMES = sorted(path.stem for path in FOLDER.glob("[0-9]*.py"))
MODELS = [Reader, Person, Post, Comment, CommentLike, Clap, Like, JournalPosition, Log, Event, Errand, Follow, Bookmark]
MODELS += [Draft, Revision, PostTag, Media, Image, Feed, WideWriter]
MODELS += [KeptName, Notice, NoticeActor, NoticeBox, Stirred, WidePost]
MODELS += [PostFigure, WriterFigure, PostSketch, WriterSketch, PostReferrer, WriterReferrer, HeldClap, Burst]


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Database]:
    """A database without tables."""
    database = Database(database_url)
    yield database
    database.close()


def test_all_are_applied_once_in_their_order(empty_database: Database) -> None:
    before = pending(empty_database, FOLDER)

    first, second = migrate(empty_database, FOLDER), migrate(empty_database, FOLDER)

    assert before == first == NAMES
    assert (second, pending(empty_database, FOLDER)) == ([], [])


def test_the_tables_have_the_columns_that_the_code_expects(empty_database: Database) -> None:
    migrate(empty_database, FOLDER)

    with empty_database.reading():
        for model in MODELS:
            columns = {column.name for column in empty_database.peewee.get_columns(model._meta.table_name)}
            assert columns == set(model._meta.columns), model


def test_every_step_can_be_taken_back(empty_database: Database) -> None:
    migrate(empty_database, FOLDER)

    with empty_database.reading():
        Runner(empty_database.peewee, str(FOLDER)).down(NAMES[0])
        left = empty_database.peewee.get_tables()

    assert pending(empty_database, FOLDER) == NAMES
    assert len(left) == 1  # what was applied, and when
    assert migrate(empty_database, FOLDER) == NAMES


def test_nobody_can_give_more_than_fifty_even_past_the_code(empty_database: Database) -> None:
    migrate(empty_database, FOLDER)

    # MariaDB tells of a broken CHECK as an operational error.
    with pytest.raises((IntegrityError, Unavailable)):
        empty_database.transact(lambda: Clap.insert(post_id=12, reader_id=2, claps=51).execute())

    with empty_database.reading():
        assert Clap.select().count() == 0
