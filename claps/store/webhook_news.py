"""What webhooks have to tell and no message tells yet: claps, added up, and how far tables were told.

Neither grows while a receiver is away: a post's claps are one row, into which the flush adds in its own transaction,
and of a table there is the offset of the event that was told last. Who makes a message takes from here in the
transaction that writes it, so that what all messages tell is exactly what was counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from peewee import JOIN, BigIntegerField, BooleanField, CharField, CompositeKey

from claps.plain.tables import table_topic
from claps.store.bulk import sum_rows
from claps.store.database import Model, locked
from claps.store.logs import Log
from claps.store.posts import Post


class WebhookClap(Model):
    """Claps for a post, and people who began or ceased to clap, that a webhook is still to be told of."""

    webhook_id = BigIntegerField()
    post_id = BigIntegerField()
    claps = BigIntegerField()
    people = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("webhook_id", "post_id")


class WebhookTable(Model):
    """How far a webhook was told of a table; ``is_waiting`` while a message about it waits."""

    webhook_id = BigIntegerField()
    topic = CharField(max_length=80)
    epoch = BigIntegerField()
    offset = BigIntegerField()
    is_waiting = BooleanField(default=False)

    class Meta:
        primary_key = CompositeKey("webhook_id", "topic")


class Counted(NamedTuple):
    """A post as a message about its claps names it, with what SQL has counted.

    ``page_url`` is where it is when it stands for a page of a website.
    """

    title: str | None
    slug: str
    claps: int
    people: int
    page_url: str | None


class Behind(NamedTuple):
    """A table of which something is to be told; ``head`` is None when there is no such table any more.

    ``is_same`` says that the offset is one of the log that is there.
    """

    name: str
    offset: int
    epoch: int
    head: int | None
    is_same: bool


def add_claps(moves: Mapping[tuple[int, int], tuple[int, int]]) -> None:
    """Add claps and people, by webhook and post; call inside the transaction that counts them, with the webhooks held.
    """
    rows = [(*pair, claps, people) for pair, (claps, people) in sorted(moves.items())]
    if rows:
        sum_rows("webhook_clap", ("webhook_id", "post_id"), ("claps", "people"), rows)


def take_claps(webhook_id: int, *, besides: Iterable[int], limit: int) -> list[tuple[int, int, int]]:
    """Take away what is to be told of some posts; call inside the transaction that tells it.

    :param besides: posts that are left out.
    :return: post, claps and people; what has come to nothing meanwhile is not among them.
    """
    query = WebhookClap.select().where(WebhookClap.webhook_id == webhook_id)
    left_out = sorted(besides)
    if left_out:
        query = query.where(WebhookClap.post_id.not_in(left_out))
    rows = list(locked(query.order_by(WebhookClap.post_id).limit(limit)))
    if rows:
        ids = [row.post_id for row in rows]
        taken = (WebhookClap.webhook_id == webhook_id) & WebhookClap.post_id.in_(ids)
        WebhookClap.delete().where(taken).execute()
    return [(int(row.post_id), int(row.claps), int(row.people)) for row in rows if row.claps or row.people]


def has_claps(webhook_id: int, *, besides: Iterable[int]) -> bool:
    """Tell whether there are claps to tell of, of other posts than these."""
    query: Any = WebhookClap.select().where(WebhookClap.webhook_id == webhook_id)
    left_out = sorted(besides)
    return bool((query.where(WebhookClap.post_id.not_in(left_out)) if left_out else query).exists())


def counted_posts(post_ids: Iterable[int]) -> dict[int, Counted]:
    """Read posts with their claps, withdrawn ones among them."""
    ids = sorted(set(post_ids))
    if not ids:
        return {}
    query: Any = Post.select(Post.id, Post.title, Post.slug, Post.claps, Post.people, Post.site_id, Post.summary)
    return {
        int(post_id): Counted(title, slug, int(claps), int(people), None if site_id is None else summary)
        for post_id, title, slug, claps, people, site_id, summary in query.where(Post.id.in_(ids)).tuples()
    }


def set_tables(webhook_id: int, names: Iterable[str], *, anew: bool = False) -> None:
    """Say of which tables a webhook is told; those that are new, or all of them, from now on."""
    wanted = {str(table_topic(name)) for name in names}
    query: Any = WebhookTable.select(WebhookTable.topic).where(WebhookTable.webhook_id == webhook_id)
    there = {str(topic) for (topic,) in query.tuples()}
    gone = there if anew else there - wanted
    if gone:
        is_gone = (WebhookTable.webhook_id == webhook_id) & WebhookTable.topic.in_(sorted(gone))
        WebhookTable.delete().where(is_gone).execute()
    new = sorted(wanted - (there - gone))
    heads = {row.topic: row for row in Log.select().where(Log.topic.in_(new))} if new else {}
    for topic in new:
        log: Any = heads.get(topic)
        epoch, offset = (0, 0) if log is None else (int(log.epoch), int(log.head))
        WebhookTable.create(webhook_id=webhook_id, topic=topic, epoch=epoch, offset=offset)


def tables_of(webhook_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Read of which tables webhooks are told, by name."""
    found: dict[int, tuple[str, ...]] = {webhook_id: () for webhook_id in webhook_ids}
    if found:
        query: Any = WebhookTable.select(WebhookTable.webhook_id, WebhookTable.topic)
        query = query.where(WebhookTable.webhook_id.in_(list(found))).order_by(WebhookTable.topic)
        for webhook_id, topic in query.tuples():
            found[int(webhook_id)] = (*found[int(webhook_id)], _name_of(topic))
    return found


def tables_behind(webhook_id: int) -> list[Behind]:
    """Read of which tables a webhook is to be told something, and no message about them waits."""
    query: Any = (
        WebhookTable.select(WebhookTable.topic, WebhookTable.offset, WebhookTable.epoch, Log.head, Log.epoch)
        .join(Log, JOIN.LEFT_OUTER, on=(Log.topic == WebhookTable.topic))
        .where((WebhookTable.webhook_id == webhook_id) & is_behind())
        .order_by(WebhookTable.topic)
    )
    return [
        Behind(_name_of(topic), int(offset), int(present or 0), None if head is None else int(head), epoch == present)
        for topic, offset, epoch, head, present in query.tuples()
    ]


def move_table(webhook_id: int, name: str, *, epoch: int, offset: int) -> None:
    """Note how far a message tells of a table, and that it waits; call inside the transaction that writes it."""
    moved = WebhookTable.update(epoch=epoch, offset=offset, is_waiting=True)
    moved.where(_is_table(webhook_id, name)).execute()


def free_table(webhook_id: int, name: str) -> None:
    """Note that no message about a table waits any more."""
    WebhookTable.update(is_waiting=False).where(_is_table(webhook_id, name)).execute()


def drop_table(webhook_id: int, name: str) -> None:
    """Tell a webhook nothing more of a table."""
    WebhookTable.delete().where(_is_table(webhook_id, name)).execute()


def drop_claps(webhook_id: int) -> None:
    """Forget what a webhook is still to be told of claps."""
    WebhookClap.delete().where(WebhookClap.webhook_id == webhook_id).execute()


def is_behind() -> Any:
    """True of a row of ``webhook_table``, joined with its log, of which something is to be told."""
    moved = Log.id.is_null() | (Log.epoch != WebhookTable.epoch) | (Log.head != WebhookTable.offset)
    return ~WebhookTable.is_waiting & moved


def _is_table(webhook_id: int, name: str) -> Any:
    return (WebhookTable.webhook_id == webhook_id) & (WebhookTable.topic == str(table_topic(name)))


def _name_of(topic: str) -> str:
    return topic.partition(":")[2]
