"""Leaving: nothing of one who has left can be found, and all counts hold."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from peewee import CharField, TextField
from PIL import Image

from claps.acts.bookmarks import keep
from claps.acts.claps import clap
from claps.acts.comments import Talk, comment, edit_comment, like_comment
from claps.acts.errands import Errands, Step
from claps.acts.flush import flush_all
from claps.acts.follows import follow
from claps.acts.images import add_image, images_of, remove_image
from claps.acts.leaving import PARTS, Leaving, leave
from claps.acts.likes import like
from claps.acts.notifying import Notifier
from claps.acts.people import change_profile, join, sign_in
from claps.acts.publishing import Press, change, publish, withdraw
from claps.acts.writing import save_draft
from claps.app import Core
from claps.hot.channels import teller
from claps.plain.errors import Invalid, NotFound, Refused
from claps.plain.limits import LEAVE_TEXTS
from claps.plain.people import LEFT_DISPLAY_NAME, Person, Reader
from claps.plain.posts import Post
from claps.plain.writing import Seen, Writing, new_key
from claps.store.claps import given_by
from claps.store.database import Model
from claps.store.errands import Errand, Task
from claps.store.follows import follow_totals
from claps.store.images import images_of as rows_of_images
from claps.store.laws import find_drifts
from claps.store.people import find_person, get_person
from claps.store.posts import Post as PostRow
from claps.store.posts import get_post
from claps.store.search import find_people, find_posts
from tests.parts import inside
from tests.parts.inside import ON_SQLITE
from tests.parts.redis_server import RedisServer

# In every text and name of hers, and in nobody else's.
MARK = "zyzzyva"
PASSWORD = "a few words in a row"


class House:
    """The parts, and the errands done by hand."""

    def __init__(self, core: Core, media: Path) -> None:
        self.core = core
        self.media = media
        self.published: list[str] = []
        self.leaving = Leaving(core.database, core.ledger, lambda _, told: self.published.append(told), media)
        notifier = Notifier(core.database, core.publish, teller(core.redis))
        self.errands = Errands(core.database, {"leave": self.leaving.do, "notify": notifier.do})
        self.press = Press(core.database, self.errands, changed=lambda post_id: None)
        self.talk = Talk(core.database, core.ledger, core.publish, self.errands)

    def leave(self, person: Person, password: str = PASSWORD) -> None:
        """Let somebody leave."""
        publish = self.core.publish
        leave(self.core.database, self.errands, publish, person, password=password)

    def work(self, rounds: int = 3) -> None:
        """Do all errands, those that are put off as well."""
        for _ in range(rounds):
            while self.errands.do_one():
                pass
            flush_all(self.core.database, self.core.journal)
            self.core.database.transact(lambda: Errand.update(due_at=Errand.created_at).execute())

    def waiting(self) -> list[str]:
        """The kinds of errands there are."""
        with self.core.database.reading():
            return sorted({row.kind for row in Errand.select()})

    def read(self, post_id: int) -> PostRow:
        """A post's row, whatever it is."""
        with self.core.database.reading():
            return PostRow.get_by_id(post_id)


@pytest.fixture
def house(core: Core, tmp_path: Path) -> House:
    """What leaving needs."""
    return House(core, tmp_path / "media")


@pytest.fixture
def zoe(core: Core) -> Person:
    """Zoe, who will leave."""
    return join(core.database, MARK, f"Zoe {MARK}", PASSWORD)


def picture(colour: str = "red") -> bytes:
    """A small picture as it is sent."""
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def write_much(house: House, zoe: Person) -> list[int]:
    """Let somebody write what can be written."""
    writing = Writing(f"On {MARK}", MARK, MARK, f"{MARK} and bells.")
    pieces = [publish(house.press, zoe, new_key(), writing, seen=Seen()) for _ in range(2)]
    change(house.press, zoe, pieces[0].id, replace(writing, body=f"{MARK} and loaves."), seen=Seen(1))
    withdraw(house.press, zoe, pieces[1].id)
    save_draft(house.core.database, zoe, new_key(), writing, seen=Seen(), tab="one")
    add_image(house.core.database, house.media, zoe, picture(), alt=MARK)
    gone = add_image(house.core.database, house.media, zoe, picture("blue"), alt=f"{MARK} once")
    remove_image(house.core.database, house.media, zoe, gone.name)
    for bio in (MARK, f"{MARK} and more"):
        change_profile(house.core.database, zoe, display_name=f"Zoe {MARK}", bio=bio)
    return [piece.id for piece in pieces]


def give_much(house: House, zoe: Person, ben: Person, post: Post) -> None:
    """Let somebody give, say and keep what can be given, said and kept."""
    first = comment(house.talk, ben, post, body="From Ben.")
    changed = comment(house.talk, zoe, post, body=f"{MARK}!")
    edit_comment(house.talk, zoe, changed, body=f"{MARK}, as I said.")
    comment(house.talk, zoe, post, body=f"No, {MARK}.", parent_id=first.id)
    like_comment(house.talk, Reader(zoe.id), first, liked=True)
    clap(house.core.ledger, Reader(zoe.id), post, times=7)
    like(house.core.ledger, Reader(zoe.id), post)
    keep(house.core.database, zoe, post)
    follow(house.core.database, zoe, ben)
    follow(house.core.database, ben, zoe)


def places_of(core: Core, word: str) -> list[str]:
    """Look for a word in every text of every table."""
    with core.database.reading():
        return [
            f"{model.__name__}.{column.name}"
            for model in Model.__subclasses__()
            for column in model._meta.sorted_fields
            if isinstance(column, CharField | TextField) and model.select().where(column.contains(word)).exists()
        ]


def test_nothing_of_hers_is_left_and_every_count_holds(house: House, zoe: Person, ben: Person) -> None:
    core = house.core
    post = inside.publish(core, ben)
    clap(core.ledger, Reader(zoe.id + 99), post, times=3)
    ids = write_much(house, zoe)
    give_much(house, zoe, ben, post)
    clap(core.ledger, Reader(ben.id), get_post_of(core, ids[0]), times=5)
    house.work()
    before = places_of(core, MARK)

    house.leave(zoe)
    house.work(5)

    assert {"Post.body", "Revision.body", "Draft.body", "Comment.earlier_body", "Image.alt"} <= set(before)
    assert places_of(core, MARK) == []
    assert not list(house.media.rglob("*.webp*"))
    row = house.read(post.id)
    assert (row.claps, row.people, row.likes, row.comments) == (3, 1, 0, 1)
    assert core.mending.read([post.id])[post.id].claps == 3
    with core.database.reading():
        assert (find_drifts(most=9), follow_totals(ben.id), find_posts([MARK], limit=9)) == ([], (0, 0), [])
        assert find_people("Somebody", limit=9) == []
        assert house.read(ids[0]).claps == 5
        with pytest.raises(NotFound):
            get_post(ids[0])
    assert "leave" not in house.waiting()
    assert f"changed post:{ids[0]} post:{ids[1]} posts" in house.published


def get_post_of(core: Core, post_id: int) -> Post:
    with core.database.reading():
        return get_post(post_id)


@ON_SQLITE
def test_the_account_is_gone_at_once(house: House, zoe: Person) -> None:
    house.leave(zoe)

    with house.core.database.reading():
        assert find_person(zoe.id) is None
        with pytest.raises(NotFound):
            get_person(MARK)
    for name, password in ((MARK, PASSWORD), (f"left-{zoe.id}", "")):
        with pytest.raises(Refused):
            sign_in(house.core.database, name, password)


@ON_SQLITE
def test_without_the_password_nobody_leaves(house: House, zoe: Person) -> None:
    with pytest.raises(Invalid) as error:
        house.leave(zoe, "another password")

    assert (error.value.field, house.waiting()) == ("password", [])
    assert sign_in(house.core.database, MARK, PASSWORD) == zoe


@ON_SQLITE
def test_her_name_on_what_is_still_there_is_nobodys(house: House, zoe: Person) -> None:
    post = inside.publish(house.core, zoe)

    house.leave(zoe)

    assert get_post_of(house.core, post.id).writer.display_name == LEFT_DISPLAY_NAME


@ON_SQLITE
def test_who_is_killed_between_two_steps_goes_on(house: House, zoe: Person) -> None:
    posts = [inside.publish(house.core, zoe) for _ in range(LEAVE_TEXTS + 1)]
    house.leave(zoe)
    steps: list[tuple[int, int]] = []

    def stumble(task: Task) -> Step:
        steps.append((task.id, task.cursor))
        if steps.count(steps[-1]) == 1:
            house.leaving.do(task)
            raise ZeroDivisionError
        return house.leaving.do(task)

    house.errands = Errands(house.core.database, {"leave": stumble})
    house.work(9)

    assert len(steps) > 4 * len(PARTS)
    assert [house.read(post.id).body for post in posts] == [""] * len(posts)
    assert house.waiting() == []


@ON_SQLITE
def test_claps_that_were_not_taken_back_by_who_died_are_taken_back(
    house: House, zoe: Person, article: Post
) -> None:
    clap(house.core.ledger, Reader(zoe.id), article, times=7)
    flush_all(house.core.database, house.core.journal)
    house.leave(zoe)
    died: list[str] = []

    def die(task: Task) -> Step:
        step = house.leaving.do(task)
        if task.body["what"] == "claps" and not died:
            died.append("before it was told")
            return replace(step, tell=None)
        return step

    house.errands = Errands(house.core.database, {"leave": die})
    house.work(5)

    assert (died, house.read(article.id).claps) == (["before it was told"], 0)
    assert house.waiting() == []


def test_claps_come_back_from_a_post_that_is_withdrawn(
    house: House, redis: RedisServer, zoe: Person, ada: Person, article: Post
) -> None:
    clap(house.core.ledger, Reader(zoe.id), article, times=7)
    like(house.core.ledger, Reader(zoe.id), article)
    flush_all(house.core.database, house.core.journal)
    withdraw(house.press, ada, article.id)
    redis.flush()

    house.leave(zoe)
    house.work(5)

    row = house.read(article.id)
    assert (row.claps, row.people, row.likes, house.waiting()) == (0, 0, 0, [])
    with house.core.database.reading():
        assert given_by(zoe.id, "clap", 0, 9) == given_by(zoe.id, "like", 0, 9) == []


@ON_SQLITE
def test_a_picture_that_another_one_keeps_stays(house: House, zoe: Person, ben: Person) -> None:
    for owner in (zoe, ben):
        image = add_image(house.core.database, house.media, owner, picture(), alt="A bell")

    house.leave(zoe)
    house.work()

    assert [found.name for found in images_of(house.core.database, ben)[0]] == [image.name]
    assert len(list(house.media.rglob(image.name))) == 1
    with house.core.database.reading():
        assert rows_of_images(zoe.id, limit=9) == []


@ON_SQLITE
def test_what_another_window_did_in_that_moment_goes_as_well(house: House, zoe: Person, article: Post) -> None:
    house.leave(zoe)
    while house.errands.do_one():
        pass

    comment(house.talk, zoe, article, body=f"{MARK}, still.")
    change_profile(house.core.database, zoe, display_name=MARK, bio=MARK)
    house.work()

    assert places_of(house.core, MARK) == []
