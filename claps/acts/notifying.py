"""Telling people what happened: errands of kind ``notify``, and what the flush has noted of claps and likes."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import gevent

from claps.acts.errands import Step
from claps.acts.logs import Publish, tell_quietly
from claps.plain.errors import ClapsError, Unavailable
from claps.plain.limits import FAN_OUT_FOLLOWERS, FAN_OUT_STEP, NOTIFY_SECONDS, STIRRED_TAKEN
from claps.plain.notifications import Subject, person_topic
from claps.plain.topics import Topic
from claps.plain.versions import Version
from claps.store.database import Database
from claps.store.errands import Task
from claps.store.follows import count_followers, followers_after
from claps.store.noticing import (
    standing_of_comment_likes,
    standing_of_followers,
    standing_of_gifts,
    standing_of_talk,
    standing_of_webhook,
)
from claps.store.notifications import Since, bring_published, note
from claps.store.posts import find_writer_id
from claps.store.stirred import is_stirred, take_stirred
from claps.store.wide_posts import add_wide_post

log = logging.getLogger(__name__)
# On a person's channel: the log has come further, read how far.
MORE = "+"
# Of a worker's time, claps and likes are told in so much.
SHARE = 0.25
Heard = list[tuple[Topic, Version]]


class Notifier:
    """Brings notifications to how things stand.

    What an errand and the flush say is only that something has moved. How many it is, and who, is read when they
    are told: so nothing is told twice, whoever dies between, and what was taken back meanwhile is not told at all.

    :param publish: tells on one channel.
    :param tell_many: tells one message on many channels.
    """

    def __init__(self, database: Database, publish: Publish, tell_many: Callable[[Sequence[str], str], None]) -> None:
        self._database = database
        self._publish = publish
        self._tell_many = tell_many

    def do(self, task: Task) -> Step:
        """Do one step of an errand; call inside its transaction."""
        body = task.body
        what = body["what"]
        if what == "published":
            return self._bring(task, int(body["post_id"]), int(body["writer_id"]))
        if what in ("commented", "replied"):
            return self._step(standing_of_talk(int(body["comment_id"])))
        if what == "liked" and "comment_id" in body:
            standing = standing_of_comment_likes(int(body["comment_id"]), int(body["actor_id"]))
            return self._step([standing] if standing is not None else [])
        if what == "followed":
            return self._step([standing_of_followers(int(body["person_id"]), int(body["actor_id"]))])
        if what == "webhook":
            return self._step([standing_of_webhook(int(body["person_id"]), int(body["webhook_id"]))])
        log.warning("nobody is told of “%s”", what)
        return Step()

    def tell_stirred(self) -> bool:
        """Tell writers of claps and likes that were flushed; False when there are none.

        :raises Unavailable: SQL does not answer.
        """
        with self._database.reading():
            if not is_stirred():
                return False
        heard = self._database.transact(lambda: _note_all(standing_of_gifts(take_stirred(STIRRED_TAKEN))))
        self._tell(heard)
        return True

    def run_forever(self) -> None:
        """Tell of claps and likes, about once a second. Every worker does it."""
        while True:
            gevent.sleep(NOTIFY_SECONDS * random.uniform(0.75, 1.25))
            try:
                began = time.monotonic()
                while self.tell_stirred():
                    gevent.sleep((time.monotonic() - began) * (1 / SHARE - 1))
                    began = time.monotonic()
            except ClapsError as error:
                log.info("claps are told later: %s", error.message)
            except Exception:
                log.exception("telling of claps failed")

    def _bring(self, task: Task, post_id: int, writer_id: int) -> Step:
        if not task.cursor and count_followers(writer_id) > FAN_OUT_FOLLOWERS:
            add_wide_post(post_id)
            return Step()
        readers = followers_after(writer_id, task.cursor, FAN_OUT_STEP)
        # Of a post that was withdrawn already, nobody hears; but when it comes back nobody is asked again.
        brought = bring_published(post_id, writer_id, readers, at=datetime.now(UTC))
        channels = [str(person_topic(reader_id)) for reader_id in brought] if find_writer_id(post_id) else []
        cursor = readers[-1] if len(readers) == FAN_OUT_STEP else None
        return Step(cursor, tell=lambda: self._tell_all(channels))

    def _step(self, standings: Iterable[tuple[Subject, Since]]) -> Step:
        heard = _note_all(standings)
        return Step(tell=lambda: self._tell(heard))

    def _tell(self, heard: Heard) -> None:
        for topic, version in heard:
            tell_quietly(self._publish, topic, version)

    def _tell_all(self, channels: Sequence[str]) -> None:
        if not channels:
            return
        try:
            self._tell_many(channels, MORE)
        except Unavailable as error:
            # What is not heard is found in SQL within seconds.
            log.info("%d people were not told yet: %s", len(channels), error.message)


def _note_all(standings: Iterable[tuple[Subject, Since]]) -> Heard:
    now = datetime.now(UTC)
    heard: dict[Topic, Version] = {}
    for subject, since in standings:
        version = note(subject, since, at=now)
        if version is not None:
            heard[person_topic(subject.person_id)] = version
    return list(heard.items())
