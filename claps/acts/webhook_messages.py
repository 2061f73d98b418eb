"""Making messages of what has gathered for a webhook: claps, added up, and changes of tables, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from claps.acts.tables import check_may_watch_table
from claps.acts.webhook_news import post_fields
from claps.live.messages import dump
from claps.plain.errors import NotFound, Refused
from claps.plain.people import Reader
from claps.plain.tables import table_topic
from claps.plain.versions import Version, epoch_text
from claps.plain.webhook_limits import WEBHOOK_EVENTS, WEBHOOK_EVENTS_BYTES, WEBHOOK_POSTS
from claps.plain.webhooks import TABLE_CHANGED, Held, message_of, moment_of
from claps.store.database import Database
from claps.store.logs import Told, events_after
from claps.store.webhook_deliveries import add_delivery, is_full, waiting_lanes
from claps.store.webhook_news import Behind, counted_posts, drop_table, move_table, tables_behind, take_claps

POST_LANE = "post:"
TABLE_LANE = "table:"


def posts_waiting(webhook_id: int) -> list[int]:
    """Tell of which posts' claps a message waits: of each there is one at a time, and what comes meanwhile is added up.
    """
    lanes = waiting_lanes(webhook_id)
    return [int(lane.removeprefix(POST_LANE)) for lane in lanes if lane.startswith(POST_LANE)]


def tables_out_of_reach(database: Database, held: Held) -> set[str]:
    """Tell which of the tables that have changed the owner may not read any more, or are gone."""
    with database.reading():
        names = [behind.name for behind in tables_behind(held.id)]
    return {name for name in names if not _may_read(database, name, held.owner_id)}


def make_messages(held: Held, out_of_reach: set[str], *, now_ms: int) -> None:
    """Write messages of what has gathered; call inside a transaction that holds the webhook's row."""
    if is_full(held.id):
        return  # It goes on gathering, and takes no more room by that.
    _tell_claps(held, now_ms)
    for behind in tables_behind(held.id):
        _tell_table(held, behind, is_gone=behind.head is None or behind.name in out_of_reach, now_ms=now_ms)


def _tell_claps(held: Held, now_ms: int) -> None:
    found = take_claps(held.id, besides=posts_waiting(held.id), limit=WEBHOOK_POSTS)
    # After the claps were taken: whoever counts more of them waits for that row until this is committed.
    posts = counted_posts(post_id for post_id, _, _ in found)
    for post_id, claps, people in found:
        post = posts.get(post_id)
        if post is None:
            continue
        named = post_fields(held.root, post_id, post.title, post.slug)
        if post.page_url is not None:
            named["url"] = post.page_url
        total = {"claps": post.claps, "people": post.people}
        data = {"post": named, "claps": claps, "people": people, "total": total}
        _add(held, "post.clapped", data, lane=f"{POST_LANE}{post_id}", now_ms=now_ms)


def _tell_table(held: Held, behind: Behind, *, is_gone: bool, now_ms: int) -> None:
    lane = f"{TABLE_LANE}{behind.name}"
    if is_gone:
        # Also of one that is not to be read any more: more is not to be told of it.
        _add(held, TABLE_CHANGED, {"table": behind.name, "gone": True}, now_ms=now_ms)
        drop_table(held.id, behind.name)
        return
    told: Sequence[Told] | None = None
    if behind.is_same:
        _, told = events_after(table_topic(behind.name), behind.offset, limit=WEBHOOK_EVENTS)
    if not told:
        # Not all is kept of what came since: who wants to know how it is reads the table anew.
        offset = behind.head or 0
        data: dict[str, Any] = {"resync": True, "events": []}
    else:
        part = _fitting(told)
        offset, data = part[-1].offset, {"resync": False}
    version = str(Version(epoch_text(behind.epoch), offset))
    head = dump(message_of(TABLE_CHANGED, {"table": behind.name, "version": version, **data}, at=moment_of(now_ms)))
    if told:
        # As they were written, without reading what they say.
        head = f'{head[:-2]},"events":[{",".join(event.body for event in _fitting(told))}]}}}}'
    add_delivery(held.id, TABLE_CHANGED, head, lane=lane, now_ms=now_ms)
    move_table(held.id, behind.name, epoch=behind.epoch, offset=offset)


def _fitting(told: Sequence[Told]) -> Sequence[Told]:
    size_bytes = 0
    for count, event in enumerate(told):
        size_bytes += len(event.body.encode())
        if count and size_bytes > WEBHOOK_EVENTS_BYTES:
            return told[:count]
    return told


def _add(held: Held, event: str, data: dict[str, Any], *, now_ms: int, lane: str = "") -> None:
    body = dump(message_of(event, data, at=moment_of(now_ms)))
    add_delivery(held.id, event, body, lane=lane, now_ms=now_ms)


def _may_read(database: Database, name: str, owner_id: int) -> bool:
    try:
        check_may_watch_table(database, name, Reader(owner_id))
    except (NotFound, Refused):
        return False
    return True
