"""Leaving, at once or in some days: the account is gone, and what belonged to it is taken away after that, in steps."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

from gevent.event import AsyncResult

from claps.acts.comments import tell_comments
from claps.acts.counting import promise_count
from claps.acts.departed import LEFT
from claps.acts.errands import Errands, Step
from claps.acts.images import drop_images
from claps.acts.kept import CHANGED
from claps.acts.logs import Publish
from claps.acts.people import sign_in
from claps.acts.sites import let_go_sites_of
from claps.acts.tables import drop_tables_of
from claps.hot.ledger import Ledger
from claps.plain.changes import Change
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import ClapsError, Invalid, NotFound, Refused, Unavailable
from claps.plain.limits import (
    CLAP_ANSWER_SECONDS,
    CLAPS_PER_READER,
    LEAVE_AGAIN_SECONDS,
    LEAVE_DAYS,
    LEAVE_ROWS,
    LEAVE_TEXTS,
)
from claps.plain.notifications import person_topic
from claps.plain.people import Person
from claps.plain.tallies import Clapped
from claps.plain.versions import Version
from claps.store import comments, leaving, people
from claps.store.apps import apps_of, drop_app
from claps.store.claps import given_by
from claps.store.database import Database
from claps.store.errands import Task, add_errand
from claps.store.logs import compact
from claps.store.members import drop_memberships
from claps.store.notifications import drop_notices_of
from claps.store.repeats import drop_repeats_of
from claps.store.session_turns import drop_turn
from claps.store.tokens import drop_permits_of
from claps.store.webhooks import drop_webhooks_of

log = logging.getLogger(__name__)
Gift = Literal["clap", "like"]
_BACK = {"clap": -CLAPS_PER_READER, "like": -1}
# Claps on their way into SQL are there within a second, unless it is away.
_FLUSHED_SECONDS = 2


def leave(database: Database, errands: Errands, publish: Publish, person: Person, *, password: str) -> None:
    """Delete an account at once. Nobody can sign in to it from now on, and the name is not given out again.

    What it has written, given and kept goes by errands, and once more a minute later: what another window of the
    person's was doing in this moment came after the first.

    :raises Invalid: the password is not theirs.
    :raises Unavailable: SQL does not answer; nothing was done.
    """
    _check_password(database, person, password)
    database.transact(lambda: _let_go(person.id))
    errands.stir()
    _tell_house(publish, f"{LEFT} {person.id}")


def leave_soon(database: Database, person: Person, *, password: str) -> datetime:
    """Delete an account in seven days, unless its person signs in before that; nothing changes until then.

    :return: the moment; that of the first time for who leaves already.
    :raises Invalid: the password is not theirs.
    :raises Unavailable: SQL does not answer; nothing was done.
    """
    _check_password(database, person, password)

    def work() -> datetime:
        known = people.find_person(person.id)
        if known is not None and known.leaves_at is not None:
            return known.leaves_at
        leaves_at = (datetime.now(UTC) + timedelta(days=LEAVE_DAYS)).replace(microsecond=0)
        people.set_leaving(person.id, leaves_at)
        # A second late, so that the moment is over also for a clock that is a little behind.
        delay = LEAVE_DAYS * 24 * 3600 + 1
        add_errand("leave", {"what": "now", "person_id": person.id}, delay_seconds=delay)
        return leaves_at

    return database.transact(work)


def stay(database: Database, person: Person) -> None:
    """Let a person stay who was about to leave; who was not changes nothing.

    :raises Unavailable: SQL does not answer; nothing was done.
    """
    database.transact(lambda: people.set_leaving(person.id, None))


class Leaving:
    """Does the errands of kind ``leave``: one for each part of what belonged to somebody.

    Each looks for what is left and takes some of it, so that who is killed between two steps, and who does one
    twice, changes nothing.

    :param media: the folder of pictures' files.
    """

    def __init__(self, database: Database, ledger: Ledger, publish: Publish, media: Path) -> None:
        self._database = database
        self._ledger = ledger
        self._publish = publish
        self._parts: Mapping[str, Callable[[int, Task], Step]] = {
            "now": self._go,
            "posts": self._posts, "comments": self._comments, "comment_likes": self._comment_likes,
            "follows": self._follows,
            "claps": partial(self._gifts, "clap"), "likes": partial(self._gifts, "like"),
            "revisions": _until_none(partial(leaving.drop_revisions, limit=LEAVE_TEXTS)),
            "drafts": _until_none(partial(leaving.drop_drafts, limit=LEAVE_TEXTS)),
            "pictures": _until_none(partial(drop_images, media, limit=LEAVE_TEXTS)),
            "followers": _until_none(lambda person_id: len(leaving.drop_followers(person_id, LEAVE_ROWS))),
            "bookmarks": _until_none(partial(leaving.drop_bookmarks, limit=LEAVE_ROWS)),
            "lists": _drop_lists,
            "shares": _until_none(partial(leaving.drop_shares, limit=LEAVE_ROWS)),
            "calm": _until_none(partial(leaving.drop_calm, limit=LEAVE_ROWS)),
            "tables": self._tables,
            "sites": _until_none(let_go_sites_of),
            "repeats": _until_none(partial(drop_repeats_of, limit=LEAVE_ROWS)),
            "permits": _until_none(lambda person_id: len(drop_permits_of(person_id, LEAVE_ROWS))),
            "apps": _until_none(lambda person_id: len([drop_app(app.id, person_id) for app in apps_of(person_id)])),
            "webhooks": _until_none(drop_webhooks_of),
        }

    def do(self, task: Task) -> Step:
        """Do one step of an errand; call inside its transaction."""
        return self._parts[task.body["what"]](int(task.body["person_id"]), task)

    def _go(self, person_id: int, task: Task) -> Step:
        found = people.find_person(person_id)
        # Who has stayed, or left anew since, has another moment or none.
        if found is None or found.leaves_at is None or found.leaves_at > datetime.now(UTC):
            return Step()
        _let_go(person_id)
        return Step(tell=partial(self._tell_gone, person_id, found.name))

    def _tell_gone(self, person_id: int, name: str) -> None:
        _tell_house(self._publish, f"{LEFT} {person_id}")
        _tell_house(self._publish, " ".join((CHANGED, f"@{name}", "posts")))

    def _posts(self, person_id: int, task: Task) -> Step:
        ids = leaving.wipe_posts(person_id, task.cursor, LEAVE_TEXTS)
        names = [*(f"post:{post_id}" for post_id in ids), "posts"]
        tell = partial(_tell_house, self._publish, " ".join((CHANGED, *names))) if ids else None
        return Step(ids[-1] if len(ids) == LEAVE_TEXTS else None, tell)

    def _comments(self, person_id: int, task: Task) -> Step:
        found = leaving.comments_left(person_id, task.cursor, LEAVE_TEXTS)
        told = []
        for comment_id, is_answer in found:
            told.append(comments.wipe_comment(comment_id))
            what = "replied" if is_answer else "commented"
            _promise_notice(what, post_id=told[-1][0], comment_id=comment_id, actor_id=person_id)
        for post_id in sorted({one for one, version in told if version is not None}):
            promise_count(post_id)
        cursor = found[-1][0] if len(found) == LEAVE_TEXTS else None
        return Step(cursor, partial(self._tell_posts, told))

    def _comment_likes(self, person_id: int, task: Task) -> Step:
        found = leaving.likes_left(person_id, LEAVE_TEXTS)
        told = []
        for comment_id in found:
            told.append(comments.drop_like(comment_id, person_id))
            _promise_notice("liked", post_id=told[-1][0], comment_id=comment_id, actor_id=person_id)
        return Step(task.cursor + 1 if len(found) == LEAVE_TEXTS else None, partial(self._tell_posts, told))

    def _follows(self, person_id: int, task: Task) -> Step:
        found = leaving.drop_followed(person_id, LEAVE_ROWS)
        for writer_id in found:
            _promise_notice("followed", actor_id=person_id, person_id=writer_id)
        return Step(task.cursor + 1 if len(found) == LEAVE_ROWS else None)

    def _tables(self, person_id: int, task: Task) -> Step:
        names = drop_tables_of(person_id, LEAVE_TEXTS)
        seats = drop_memberships(person_id, LEAVE_ROWS)
        return Step(task.cursor + 1 if names or seats else None, partial(self._tell_tables, [*names, *seats]))

    def _tell_tables(self, names: Sequence[str]) -> None:
        for name in names:
            _tell_house(self._publish, f"table {name}")

    def _gifts(self, gift: Gift, person_id: int, task: Task) -> Step:
        """Take back a page of claps or likes after each step, through the same door as any.

        At the end it is looked whether SQL knows of all that: a process may have died before it took them back, and
        what was given a moment ago comes with the next flush.
        """
        post_ids = given_by(person_id, gift, task.cursor, LEAVE_ROWS)
        if post_ids:
            return Step(post_ids[-1], partial(self._take_back, gift, person_id, post_ids))
        if task.cursor:
            tries = int(task.body.get("tries", 0)) + 1
            delay = min(LEAVE_AGAIN_SECONDS, _FLUSHED_SECONDS * tries)
            add_errand("leave", {**task.body, "tries": tries}, delay_seconds=delay)
        return Step()

    def _take_back(self, gift: Gift, person_id: int, post_ids: Sequence[int]) -> None:
        waiting: list[tuple[int, AsyncResult[Clapped | ClapsError]]] = []
        for post_id in post_ids:
            answer: AsyncResult[Clapped | ClapsError] = AsyncResult()
            self._ledger.submit(Change(gift, post_id, str(person_id), _BACK[gift]), answer.set)
            waiting.append((post_id, answer))
        for post_id, answer in waiting:
            outcome = answer.wait(timeout=CLAP_ANSWER_SECONDS)
            if isinstance(outcome, NotFound):
                # Nothing in the journal is about a post that is withdrawn and that Redis does not hold.
                self._database.transact(partial(leaving.take_back_withdrawn, post_id, person_id))
            elif isinstance(outcome, ClapsError):
                log.info("what %d gave to post %d is taken back later: %s", person_id, post_id, outcome.message)

    def _tell_posts(self, told: Iterable[tuple[int, Version | None]]) -> None:
        last = {post_id: version for post_id, version in told if version is not None}
        for post_id, version in last.items():
            tell_comments(self._database, self._ledger, self._publish, post_id, version)
        if last:
            _tell_house(self._publish, " ".join((CHANGED, *(f"post:{post_id}" for post_id in last))))


PARTS = (
    "posts", "comments", "claps", "likes", "comment_likes", "follows", "followers", "revisions", "drafts", "pictures",
    "bookmarks", "lists", "tables", "permits", "apps", "repeats", "sites",
    "shares", "calm", "webhooks",
)


def _check_password(database: Database, person: Person, password: str) -> None:
    try:
        sign_in(database, person.name, password)
    except Refused as error:
        raise Invalid("password", "This is not your password.") from error


def _let_go(person_id: int) -> None:
    if people.let_go(person_id, at=datetime.now(UTC)):
        drop_turn(person_id)
        for delay_seconds in (0, LEAVE_AGAIN_SECONDS):
            for what in PARTS:
                add_errand("leave", {"what": what, "person_id": person_id}, delay_seconds=delay_seconds)


def _until_none(drop: Callable[[int], int]) -> Callable[[int, Task], Step]:
    return lambda person_id, task: Step(task.cursor + 1 if drop(person_id) else None)


def _drop_lists(person_id: int, task: Task) -> Step:
    leaving.drop_feed(person_id)
    drop_notices_of(person_id)
    compact(person_topic(person_id), keep=0)
    return Step()


def _promise_notice(what: str, **told: int) -> None:
    # Who was told of it is told what is left.
    add_errand("notify", {"what": what, **told})


def _tell_house(publish: Publish, message: str) -> None:
    try:
        publish(HOUSE_CHANNEL, message)
    except Unavailable as error:
        log.info("workers find it in SQL, and their copies get old: %s", error.message)
