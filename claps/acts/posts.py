"""Reading: posts, lists and what one reader gave, from kept copies where the database is away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import TypeVar

from cachetools import LRUCache

from claps.acts.kept import Kept
from claps.acts.mending import Mending
from claps.hot.tallies import Tallies
from claps.plain.errors import NotFound, Unavailable
from claps.plain.limits import LINES_PER_PAGE, OUTLINES_KEPT
from claps.plain.people import Person, Profile, Reader
from claps.plain.posts import Comment, Line, Part, Post
from claps.plain.tallies import Hand, Tally
from claps.plain.versions import Version
from claps.store import bookmarks, claps, comments, follows, people, posts
from claps.store.database import Database

log = logging.getLogger(__name__)
T = TypeVar("T")

COMMENTS_SHOWN = 500
IDS_PER_READING = 32
# What SQL can count to; an address can name any number.
HIGHEST_ID = 2**63 - 1


class Library:
    """What can be read.

    Posts and lists are read from SQL and kept; counts come from Redis, and from SQL as last flushed when
    Redis is away.
    """

    def __init__(
        self, database: Database, mending: Mending, tallies: Tallies, veil: Callable[[Tally], Tally] = lambda one: one
    ) -> None:
        self._database = database
        self._mending = mending
        self._tallies = tallies
        self._veil = veil
        self._posts: Kept[Post] = Kept()
        # Posts without their text, which is nearly all of a post: a clap needs no more, and a worker's readers may
        # have ten thousand different ones open.
        self._outlines: LRUCache[int, Post] = LRUCache(OUTLINES_KEPT)
        self._published: Kept[frozenset[int]] = Kept()
        self._lists: Kept[list[Post]] = Kept()
        self._numbers: Kept[int] = Kept()
        self._people: Kept[Profile] = Kept()
        self._talks: Kept[tuple[Version, list[Comment]]] = Kept()

    def get_post(self, post_id: int) -> Post:
        """Read a published post.

        :raises NotFound: there is none with this id, or it is a page of another website.
        """
        found = self.get_counted(post_id)
        if found.site_id is not None:
            raise NotFound("There is no such post.")
        return found

    def get_counted(self, post_id: int) -> Post:
        """Read what can be clapped for: a published post, or a page of another website.

        :raises NotFound: there is none with this id.
        """
        if post_id > HIGHEST_ID:
            raise NotFound("There is no such post.")

        def read() -> Post:
            with self._database.reading():
                found = posts.get_post(post_id)
            self._outlines[post_id] = replace(found, body_html="", summary_text="")
            return found

        return self._posts.get(post_id, read)

    def is_published(self, post_id: int) -> bool:
        """Say whether there is a published post or a page with this id, as it was at most two seconds ago.

        One reading tells of its neighbours as well, 70 µs for each: when a crowd comes back to ten thousand posts, each
        worker reads nearly every one of them, and one by one they take half a millisecond each.

        :raises Unavailable: SQL does not answer, and the post is not known.
        """
        if self.known_post(post_id) is not None:
            return True
        if post_id > HIGHEST_ID:
            return False
        block = _block_of(post_id)

        def read() -> frozenset[int]:
            with self._database.reading():
                found = posts.outlines_between(block, block + IDS_PER_READING - 1)
            self._outlines.update(found)
            return frozenset(found)

        if post_id in self._published.get(block, read):
            return True
        # It may have been published since, and one is sent to one's own new post at once.
        with self._database.reading():
            return bool(posts.outlines_between(post_id, post_id))

    def known_post(self, post_id: int) -> Post | None:
        """A post that was read before, however long ago, perhaps without its text; never waits."""
        return self._posts.peek(post_id) or self._outlines.get(post_id)

    def is_known(self, post_id: int) -> bool:
        """True for a published post that was read before, however long ago; never waits."""
        return self.known_post(post_id) is not None

    def talk_of(self, post_id: int) -> tuple[Version, list[Comment]]:
        """Read a post's comments, oldest first, at most 500, and the version of their log that they stand for."""

        def read() -> tuple[Version, list[Comment]]:
            with self._database.reading():
                return comments.talk_of(post_id, limit=COMMENTS_SHOWN)

        return self._talks.get(post_id, read)

    def later_talk(self, post_id: int, after_id: int) -> list[Comment]:
        """Read what was said behind a comment, at most 500 comments, oldest first."""
        with self._database.reading():
            return comments.comments_of(post_id, after_id, limit=COMMENTS_SHOWN)

    def doubt_comments(self, post_id: int) -> None:
        """Let the kept comments of a post be old, because another process may have taken a new one."""
        self._talks.age(post_id)

    def forget_comments(self, post_id: int) -> None:
        """Drop the kept comments of a post, because there is a new one."""
        self._talks.drop(post_id)

    def forget(self, names: Iterable[str]) -> None:
        """Drop what is kept of things that have changed: ``post:12`` with its comments, ``posts``, ``@ada``."""
        for name in names:
            kind, _, number = name.partition(":")
            if name == "posts":
                self._lists.drop_all()
                self._numbers.drop_all()
            elif name.startswith("@"):
                self._people.drop(name[1:].lower())
            elif kind == "post" and number.isdecimal():
                self.forget_post(int(number))
                self._talks.drop(int(number))

    def doubt_post(self, post_id: int) -> None:
        """Let the kept copy of a post be old, because another process may have changed it."""
        self._posts.age(post_id)

    def forget_post(self, post_id: int) -> None:
        """Drop the kept copy of a post, because it was changed."""
        self._posts.drop(post_id)
        self._outlines.pop(post_id, None)
        self._published.drop(_block_of(post_id))

    def latest(self, before_id: int | None = None) -> Part:
        """Read the newest posts with their counts.

        :param before_id: of the last one already seen; None for the front page.
        """
        return self.part(("latest", before_id), lambda limit: posts.posts_before(before_id, limit))

    def part(self, key: Hashable, read: Callable[[int], list[Post]]) -> Part:
        """Read one page of a list of posts, and keep it.

        :param key: names the list and where in it the page begins.
        :param read: reads at most so many posts, in their order.
        """
        return self.part_of(self.posts_kept(key, lambda: read(LINES_PER_PAGE + 1)))

    def part_of(self, found: list[Post]) -> Part:
        """Make one page of what was read of a list by id: one post more than a page has, when there are more."""
        lines = self.lines(found[:LINES_PER_PAGE])
        return Part(tuple(lines), str(lines[-1].post.id) if len(found) > LINES_PER_PAGE else None)

    def posts_kept(self, key: Hashable, read: Callable[[], list[Post]]) -> list[Post]:
        """Read a list of posts, and keep it.

        :param key: names the list.
        """
        return self._lists.get(key, lambda: self._read(read))

    def number_kept(self, key: Hashable, read: Callable[[], int]) -> int:
        """Read a number about a list of posts, and keep it."""
        return self._numbers.get(key, lambda: self._read(read))

    def _read(self, read: Callable[[], T]) -> T:
        with self._database.reading():
            return read()

    def lines_of(self, person: Person, before_id: int | None = None) -> Part:
        """Read what a person has published, newest first, below ``before_id``."""
        return self.part((person.id, before_id), lambda limit: posts.posts_of(person.id, before_id, limit=limit))

    def kept_by(self, person: Person, before_id: int | None = None) -> Part:
        """Read which posts a person keeps, newest post first, below ``before_id``; what was withdrawn is not shown."""
        with self._database.reading():
            ids = bookmarks.bookmarks_before(person.id, before_id, LINES_PER_PAGE + 1)
            found = posts.published_posts(ids[:LINES_PER_PAGE])
        lines = self.lines([found[post_id] for post_id in ids if post_id in found])
        return Part(tuple(lines), str(ids[LINES_PER_PAGE - 1]) if len(ids) > LINES_PER_PAGE else None)

    def get_profile(self, name: str) -> Profile:
        """Read a person with their totals.

        :raises NotFound: nobody has this name.
        """

        def read() -> Profile:
            with self._database.reading():
                person = people.get_person(name)
                published, claps = posts.totals_of_writer(person.id)
                followers, following = follows.follow_totals(person.id)
            return Profile(person, published, claps, followers, following)

        return self._people.get(name.lower(), read)

    def get_person(self, name: str) -> Person:
        """Read a person by name.

        :raises NotFound: nobody has it.
        """
        return self.get_profile(name).person

    def doubt_person(self, name: str) -> None:
        """Let what is kept of a person be old, because another process may have changed it."""
        self._people.age(name.lower())

    def find_person(self, person_id: int) -> Person | None:
        """Read a person by id."""
        with self._database.reading():
            return people.find_person(person_id)

    def tally_of(self, post: Post) -> Tally:
        """Read a post's counts."""
        return self.lines([post])[0].tally

    def hand_of(self, post: Post, reader: Reader | None) -> Hand:
        """Read what a reader gave to a post."""
        if reader is None:
            return Hand(post.id, 0)
        if reader.id == post.writer.id:
            return Hand(post.id, 0, own_post=True, kept=self._is_kept(post, reader))
        names = f"c:{reader.id}", f"l:{reader.id}"
        try:
            given = self._tallies.given(post.id, reader.id)
        except Unavailable:
            given = None
        if given is None:
            with self._database.reading():
                given = claps.totals_of_readers(post.id, names)
        yours, likes = (given[name] for name in names)
        return Hand(post.id, yours, liked=likes > 0, kept=self._is_kept(post, reader))

    def _is_kept(self, post: Post, reader: Reader) -> bool:
        if reader.is_guest:
            return False
        try:
            with self._database.reading():
                return bookmarks.has_bookmark(reader.id, post.id)
        except Unavailable:
            # What was given is in Redis, and is worth telling without this.
            return False

    def warm_up(self) -> None:
        """Keep copies of what is most likely asked for, so that they are here when SQL goes away."""
        try:
            lines = self.latest().lines
            # The texts first: they are here already.
            for line in lines:
                self._posts.get(line.post.id, lambda post=line.post: post)  # type: ignore[misc]
            for line in lines:
                self.talk_of(line.post.id)
        except Unavailable as error:
            log.info("nothing could be kept yet: %s", error.message)

    def lines(self, found: list[Post]) -> list[Line]:
        """Put posts beside their counts, as readers see them."""
        tallies = self.tallies_of(found)
        return [Line(post, self._veil(tallies[post.id])) for post in found]

    def tallies_of(self, found: list[Post]) -> dict[int, Tally]:
        """Read the counts of posts, those that are hidden from readers as well."""
        try:
            tallies = self._mending.read([post.id for post in found])
        except Unavailable as error:
            log.info("counts as far as they are known: %s", error.message)
            tallies = self._mending.find(post.id for post in found)
        return {post.id: tallies.get(post.id, post.stored) for post in found}


def _block_of(post_id: int) -> int:
    return post_id - post_id % IDS_PER_READING
