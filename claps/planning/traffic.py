"""What a load makes workers do in a second: updates, sends, messages heard."""

from __future__ import annotations

import math
from dataclasses import dataclass

from claps.plain.limits import FAN_OUT_SHARE, TABLE_CHANNELS, TICK_SECONDS
from claps.planning.figures import Figures
from claps.planning.loads import Load

# A worker must not spend more than this on hearing of one post; past it, publications are reckoned as bounded.
RELAY_SHARE = 0.25
# On one machine, when proxies choose it by the topic.
WORKERS_TOGETHER = 8
# A view is told as a view, and again as somebody more and somebody less who reads.
NEWS_PER_VIEW = 3


@dataclass(frozen=True, slots=True)
class Traffic:
    """Rates a second over all workers.

    :param hot_seconds: how long the hot post's fan-out takes, when nothing else is done.
    :param tick_seconds: the least time between two updates of the hot post.
    :param hot_published: how often Redis publishes the hot post; every worker hears each.
    :param small_updates: updates told by some worker of posts that few watch, and of tables.
    :param overheard: messages of tables that nobody in the worker watches, which share a channel with one of its own.
    :param sends: what is written to WebSockets and long-polls.
    """

    hot_seconds: float
    tick_seconds: float
    hot_updates: float
    hot_published: float
    small_updates: float
    overheard: float
    sends: float
    published: float
    heard: float


def mean_send_us(load: Load, figures: Figures) -> float:
    """What telling one reader costs, whichever way that reader is told."""
    return (1 - load.long_poll) * figures.send_us + load.long_poll * figures.poll_us


def flow(load: Load, figures: Figures, *, workers: int, lanes: int) -> Traffic:
    """Reckon with readers who are spread over the workers by chance.

    :param lanes: how many workers can run at the same time.
    """
    hot_changes = changes_of_hot(load)
    hot_seconds = load.hot * mean_send_us(load, figures) / 1e6 / lanes
    tick = max(TICK_SECONDS, hot_seconds / FAN_OUT_SHARE)
    hot_updates = paced(hot_changes, tick)
    hot_published = min(publications_of_hot(load, figures, workers=workers), RELAY_SHARE * 1e6 / figures.heard_us)

    posts, others = load.watched_posts, load.others
    post_changes = changes_of_others(load) / posts if posts else 0.0
    post_updates = paced(post_changes, TICK_SECONDS)
    post_workers = spread(others / posts, reach(load, workers)) if posts else 0.0
    table_workers = spread(load.subscribers_per_table, reach(load, workers))
    table_changes = load.changes_per_second if load.watched_tables else 0.0

    # What one worker hears of all tables at most, as with the hot post.
    most = RELAY_SHARE * 1e6 / figures.heard_us * workers
    overheard = min(most, max(0.0, heard_of_tables(load, workers) - table_changes * table_workers))

    small = post_updates * posts * post_workers + table_changes * table_workers
    small += load.comments_per_second * spread(max(1.0, others / max(posts, 1)), reach(load, workers))
    published = hot_published + post_changes * posts + load.comments_per_second + load.changes_per_second
    return Traffic(
        hot_seconds=hot_seconds, tick_seconds=tick, hot_updates=hot_updates, hot_published=hot_published,
        small_updates=small, overheard=overheard,
        sends=load.hot * hot_updates + others * post_updates + table_changes * load.subscribers_per_table
        + comment_sends(load),
        published=published,
        heard=hot_published * workers + post_changes * posts * post_workers + table_changes * table_workers + overheard
        + load.comments_per_second * reach(load, workers),
    )


def changes_of_hot(load: Load) -> float:
    """How often a second the hot post changes: claps, views, and who reads."""
    views = load.page_views_per_second * load.hot / load.readers if load.readers else 0.0
    return load.claps_per_second * load.hot_claps + NEWS_PER_VIEW * views


def changes_of_others(load: Load) -> float:
    """How often a second any of the other posts changes."""
    views = load.page_views_per_second * load.others / load.readers if load.readers else 0.0
    return load.claps_per_second * (1 - load.hot_claps) + NEWS_PER_VIEW * views


def comment_sends(load: Load) -> float:
    """To how many a second comments are told; they are not paced, and go where the readers are."""
    if not load.readers:
        return 0.0
    each_of_hot = load.comments_per_second * load.hot / load.readers
    each_of_others = load.comments_per_second * load.others / load.readers
    return each_of_hot * load.hot + each_of_others * load.others / max(load.watched_posts, 1)


def paced(changes: float, tick_seconds: float) -> float:
    """How many updates a second so many changes make, when the first is told at once and then one a tick."""
    return changes / (1 + changes * tick_seconds)


def table_channels(load: Load, workers: int) -> float:
    """On how many of the tables' channels one worker listens.

    By chance it may be any; when proxies choose the machine by the channel, a machine has its own.
    """
    if not load.watched_tables:
        return 0.0
    tables = load.watched_tables * spread(load.subscribers_per_table, reach(load, workers)) / workers
    return min(TABLE_CHANNELS, spread(tables, max(1, round(TABLE_CHANNELS * reach(load, workers) / workers))))


def heard_of_tables(load: Load, workers: int) -> float:
    """How many messages of tables all workers hear together in a second."""
    changes = load.changes_per_second if load.watched_tables else 0.0
    if load.by_topic and workers >= TABLE_CHANNELS * WORKERS_TOGETHER:
        return changes * WORKERS_TOGETHER
    return changes * workers * table_channels(load, workers) / TABLE_CHANNELS


def reach(load: Load, workers: int) -> int:
    """Among how many workers those of one small topic are spread."""
    return min(workers, WORKERS_TOGETHER) if load.by_topic else workers


def spread(readers: float, workers: int) -> float:
    """In how many workers somebody watches what so many readers watch."""
    if workers == 1 or readers <= 1:
        return min(1.0, readers)
    return -workers * math.expm1(readers * math.log1p(-1 / workers))


def publications_of_hot(load: Load, figures: Figures, *, workers: int) -> float:
    """How often a second Redis publishes the hot post: once for each call that changes it."""
    if not load.hot:
        return 0.0
    calls = min(workers * calls_per_worker(figures), figures.redis_calls)
    return min(changes_of_hot(load), calls, load.publish_most)


def calls_per_worker(figures: Figures) -> float:
    """How many calls for one shard a worker makes in a second: the next begins when the last is answered.

    A call waits for the fsync that is under way, and then for its own.
    """
    return 1000 / (2 * figures.commit_ms)
