"""Calm mode: numbers that are hidden, from readers with one post, or from oneself everywhere."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

import gevent

from claps.acts.logs import Publish
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import ClapsError, Refused, Unavailable
from claps.plain.limits import CALM_LOOK_SECONDS
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.tallies import Tally, calm_tally
from claps.store import calm
from claps.store.database import Database

log = logging.getLogger(__name__)
# On the house's channel: one of these words, a number, and 1 or 0.
POST, PERSON = "calm-post", "calm-person"


class Calm:
    """Whose numbers are hidden, at hand in every worker: it is asked with every clap, and never waits.

    Workers tell each other, and ask SQL now and then for what they did not hear. Before SQL was first read all numbers
    are hidden: one that is shown cannot be taken back.

    :param changed: is told of a post whose numbers have been hidden or shown.
    """

    def __init__(self, database: Database, publish: Publish) -> None:
        self._database = database
        self._publish = publish
        self._posts: set[int] = set()
        self._people: set[int] = set()
        self._is_read = False
        self.changed: Callable[[int], None] = lambda post_id: None

    def hides(self, post_id: int) -> bool:
        """Tell whether readers do not see a post's numbers."""
        return post_id in self._posts or not self._is_read

    def is_for(self, person_id: int) -> bool:
        """Tell whether somebody does not want to see numbers."""
        return person_id in self._people

    def veil(self, tally: Tally) -> Tally:
        """A post's counts as readers see them: without any, and always at one version, where they are hidden."""
        return calm_tally(tally.post_id) if self.hides(tally.post_id) else tally

    def hide_from_readers(self, me: Person, post: Post, *, is_calm: bool) -> None:
        """Hide the numbers of one's own post from readers, or show them.

        :raises Refused: somebody else wrote it.
        """
        if post.writer.id != me.id:
            raise Refused("Only who wrote a post decides what its readers see.")
        self._database.transact(lambda: calm.set_calm_post(post.id, is_calm=is_calm))
        self._tell(POST, post.id, is_calm)

    def hide_from_oneself(self, me: Person, *, is_calm: bool) -> None:
        """Hide all numbers from oneself, or show them."""
        self._database.transact(lambda: calm.set_calm_person(me.id, is_calm=is_calm))
        self._tell(PERSON, me.id, is_calm)

    def hear(self, message: str) -> None:
        """Take what another worker, or this one, said of the house."""
        word, _, rest = message.partition(" ")
        if word in (POST, PERSON):
            number, _, is_calm = rest.partition(" ")
            self._note(word, int(number), is_calm == "1")

    def look(self) -> None:
        """Read from SQL.

        :raises Unavailable: it does not answer.
        """
        with self._database.reading():
            posts, self._people = calm.calm_posts(), calm.calm_people()
        moved, self._posts = posts ^ self._posts, posts
        was_read, self._is_read = self._is_read, True
        for post_id in moved if was_read else ():
            self.changed(post_id)

    def run_forever(self) -> None:
        """Look now and then."""
        while True:
            gevent.sleep((CALM_LOOK_SECONDS if self._is_read else 1.0) * random.uniform(0.75, 1.25))
            try:
                self.look()
            except ClapsError as error:
                log.info("whose numbers are hidden is read later: %s", error.message)
            except Exception:
                log.exception("whose numbers are hidden was not read")

    def _tell(self, word: str, number: int, is_calm: bool) -> None:
        self._note(word, number, is_calm)
        try:
            self._publish(HOUSE_CHANNEL, f"{word} {number} {int(is_calm)}")
        except Unavailable as error:
            log.info("other workers find %s %d in SQL: %s", word, number, error.message)

    def _note(self, word: str, number: int, is_calm: bool) -> None:
        pile = self._posts if word == POST else self._people
        if (number in pile) == is_calm:
            return
        (pile.add if is_calm else pile.discard)(number)
        if word == POST:
            self.changed(number)
