"""Notifications in the tests' own process: things happen, and everything is told that there is to tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from claps.acts.errands import Errands
from claps.acts.flush import flush_all
from claps.acts.notifications import NotificationsSource, read_page
from claps.acts.notifying import Notifier
from claps.app import Core
from claps.hot.channels import teller
from claps.plain.changes import Change, Kind
from claps.plain.notifications import person_topic
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store.errands import Errand, add_errand
from claps.store.follows import add_follow

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def make_notifier(core: Core) -> Notifier:
    """What tells; tests say when."""
    return Notifier(core.database, core.publish, teller(core.redis))


def settle(core: Core, notifier: Notifier) -> None:
    """Let everything be told that there is to tell."""
    flush_all(core.database, core.journal)
    while notifier.tell_stirred():
        pass
    core.database.transact(lambda: Errand.delete().where(Errand.kind != "notify").execute())
    errands = Errands(core.database, {"notify": notifier.do})
    while errands.do_one():
        pass


def give(core: Core, post: Post, kind: Kind, reader_id: int, amount: int = 1) -> None:
    """Clap or like."""
    core.ledger.take(Change(kind, post.id, str(reader_id), amount))


def texts(core: Core, person: Person) -> list[str]:
    """What a person is shown and has not read, newest first."""
    return [item.text for item in read_page(core.database, person).items if not item.is_read]


def events(core: Core, person: Person) -> list[dict[str, Any]]:
    """All that a person was told live."""
    return list(NotificationsSource(core.database).after(person_topic(person.id), 0).events)


def told(core: Core, person: Person) -> int:
    """How often a person was told something."""
    return len(events(core, person))


def follow(core: Core, follower: Person, writer: Person) -> None:
    """Let one follow another since long ago, and tell nobody."""
    core.database.transact(lambda: add_follow(follower.id, writer.id, at=LONG_AGO))


def promise(core: Core, what: str, **body: int) -> None:
    """Promise, as acts do."""
    core.database.transact(lambda: add_errand("notify", {"what": what, **body}))
