"""One's own notifications: shown, looked at, read, muted; and their log, which tells them live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from claps.acts.logs import Publish, StoredLog, tell_quietly
from claps.acts.notifying import MORE
from claps.plain.errors import Invalid, NotFound
from claps.plain.limits import BADGE_MOST, NOTICES_PER_PAGE, WIDE_POSTS_TOLD
from claps.plain.news import News
from claps.plain.notifications import KINDS, Kind, Notification, What, person_topic
from claps.plain.people import Person
from claps.plain.topics import Topic
from claps.plain.versions import Version
from claps.store import boxes
from claps.store.database import Database
from claps.store.logs import Told, heads
from claps.store.notifications import bring_published, take_turn, tell
from claps.store.wide_posts import newest_wide_id, wide_posts_for

T = TypeVar("T")
_WHATS: dict[Kind, tuple[What, ...]] = {kind: (kind,) for kind in KINDS} | {"liked": ("liked", "liked_comment")}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of notifications, newest first; ``next_turn`` is where the next one begins, None on the last."""

    items: tuple[Notification, ...]
    next_turn: int | None
    turn: int
    version: Version
    muted: tuple[Kind, ...]

    @property
    def has_unread(self) -> bool:
        """True when something on this page is not read."""
        return any(not item.is_read for item in self.items)


class NotificationsSource(StoredLog):
    """The log of one person: it keeps which notification has changed, and is read together with what it says now."""

    def hear(self, news: News, channel: str, message: str) -> News | None:
        """Take that a log has come further, where many are told the same."""
        if message == MORE:
            return News(news.topic, Version(news.version.epoch, news.version.offset + 1))
        return super().hear(news, channel, message)

    def decode(self, topic: Topic, told: Sequence[Told]) -> Iterable[dict[str, Any]]:
        """Tell each notification as it is now, and how many people are new."""
        badge = badge_text(boxes.count_new(topic.number))
        found = boxes.notifications(int(event.body) for event in told if event.body.isdecimal())
        return [_event(event.body, found, badge) for event in told]


def _event(body: str, found: dict[int, Notification], badge: str) -> dict[str, Any]:
    if not body.isdecimal():
        return {"op": "look", "badge": badge}
    item = found.get(int(body))
    if item is None:
        return {"op": "remove", "id": int(body), "badge": badge}
    return {**notification_event(item), "badge": badge}


def notification_event(item: Notification) -> dict[str, Any]:
    """A notification as programs are told of it."""
    actor = item.actor
    return {
        "op": "put", "id": item.id, "what": item.what, "people": item.people,
        "person": None if actor is None else {"name": actor.name, "display_name": actor.display_name},
        "post": item.post_id, "comment": item.comment_id, "text": item.text, "url": item.url, "read": item.is_read,
        "at": item.at.isoformat().replace("+00:00", "Z"),
    }


def badge_text(count: int) -> str:
    """The badge: a number of people, ``99+`` for more than it counts, and empty for nobody."""
    return f"{BADGE_MOST}+" if count > BADGE_MOST else str(count or "")


def read_page(database: Database, person: Person, *, before_turn: int | None = None) -> Page:
    """Read a page of one's notifications; what only those are told who look is brought first.

    :raises Unavailable: SQL does not answer.
    """
    _catch_up(database, person.id)
    with database.reading():
        version = heads([person_topic(person.id)])[person_topic(person.id)]
        box = boxes.box_of(person.id)
        items, next_turn = boxes.notifications_before(person.id, before_turn, NOTICES_PER_PAGE)
    return Page(tuple(items), next_turn, box.turn, version, box.muted)


def version_of(database: Database, person: Person) -> Version:
    """Tell how far the log of a person's notifications has come."""
    topic = person_topic(person.id)
    with database.reading():
        return heads([topic])[topic]


def count_new(database: Database, person_id: int) -> str:
    """The badge of one who comes to a page: people who have done something since he looked last."""
    _catch_up(database, person_id)
    with database.reading():
        return badge_text(boxes.count_new(person_id))


def look(database: Database, publish: Publish, person: Person, *, shown: Page) -> Version:
    """Note that a person has looked at the newest page; the badge begins anew on every page he has open.

    :return: the version behind which there is news for this page.
    """
    with database.reading():
        if boxes.box_of(person.id).looked_turn >= shown.turn:
            return shown.version
    _, version = _change(database, publish, person, lambda: boxes.look(person.id, shown.turn))
    is_next = version is not None and version.offset == shown.version.offset + 1
    # What the page has done itself is no news to it; whatever came between is.
    return version if version is not None and is_next else shown.version


def read_all(database: Database, publish: Publish, person: Person, *, upto_turn: int) -> int | None:
    """Mark as read what a person was shown; what came after it stays unread.

    :return: what :func:`unread` takes it back by; None when there was nothing to read.
    """
    return _change(database, publish, person, lambda: boxes.read_all(person.id, upto_turn))[0]


def read_one(database: Database, publish: Publish, person: Person, notice_id: int, *, is_read: bool) -> None:
    """Mark one notification as read, or as not read.

    :raises NotFound: it is not this person's.
    """

    def work() -> object:
        if boxes.owner_of(notice_id) != person.id:
            raise NotFound("There is no such notification.")
        return boxes.read_one(person.id, notice_id) if is_read else boxes.unread_one(person.id, notice_id)

    _change(database, publish, person, work)


def unread(database: Database, publish: Publish, person: Person, *, read_turn: int) -> None:
    """Take back what :func:`read_all` has marked."""
    _change(database, publish, person, lambda: boxes.unread(person.id, read_turn))


def mute(database: Database, publish: Publish, person: Person, kind: str, *, muted: bool) -> None:
    """Tell a person nothing more of one kind, or tell it again from now on.

    :raises Invalid: there is no such kind.
    """
    found = next((one for one in KINDS if one == kind), None)
    if found is None:
        raise Invalid("kind", f"“{kind[:20]}” is nothing that can be muted.")

    def work() -> bool:
        if (found in boxes.box_of(person.id).muted) == muted:
            return False
        boxes.set_muted(person.id, found, _WHATS[found], muted=muted)
        return True

    _change(database, publish, person, work)


def _change(
    database: Database, publish: Publish, person: Person, work: Callable[[], T]
) -> tuple[T, Version | None]:
    def change() -> tuple[T, Version | None]:
        answer = work()
        return answer, tell(person.id) if answer else None

    answer, version = database.transact(change)
    if version is not None:
        tell_quietly(publish, person_topic(person.id), version)
    return answer, version


def _catch_up(database: Database, person_id: int) -> None:
    # Nearly always there is nothing, and then nothing is written.
    with database.reading():
        newest, after = newest_wide_id(), boxes.box_of(person_id).caught_up
    if newest <= after:
        return

    def work() -> None:
        held = take_turn(person_id)
        for wide in reversed(wide_posts_for(person_id, held.caught_up, newest, limit=WIDE_POSTS_TOLD)):
            bring_published(wide.post_id, wide.writer_id, [person_id], at=wide.at)
        boxes.catch_up(person_id, newest)

    database.transact(work)
