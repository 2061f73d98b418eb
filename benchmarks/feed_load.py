"""Run as a process of its own: fills feeds and reads them, without any server.

Usage: python -m benchmarks.feed_load; settings as ``claps`` has them. Prints one JSON object.
"""

from __future__ import annotations

# Before anything else is imported: peewee, redis and the rest must find the patched modules.
from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from functools import partial  # noqa: E402
from statistics import median  # noqa: E402

from claps.acts.errands import Errands, Step  # noqa: E402
from claps.acts.feeds import Feeds  # noqa: E402
from claps.acts.posts import Library  # noqa: E402
from claps.app import Core, build_core  # noqa: E402
from claps.hot.channels import teller  # noqa: E402
from claps.plain.limits import FAN_OUT_FOLLOWERS, FEED_POSTS, LINES_PER_PAGE  # noqa: E402
from claps.settings import ROOT, read_settings  # noqa: E402
from claps.store.database import bound  # noqa: E402
from claps.store.errands import Errand, Task, add_errand  # noqa: E402
from claps.store.feeds import note_wide  # noqa: E402
from claps.store.migrations import migrate  # noqa: E402

WRITERS = 100_000
WIDE = 50
# Whom none of the readers of feeds follows.
PUBLISHER = WRITERS + 1
POSTS = 20_000
FOLLOWS = (10, 1_000, 100_000)
FOLLOWERS = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
# Numbers of people that are no writers: readers of feeds, and followers.
READER_ID, FOLLOWER_ID = 2_000_000, 3_000_000
READS = 60
PART = 50_000
AT = "'2026-11-21 12:00:00'"
BODY = "<p>" + "Ding dong, said the bell, and nobody minded. " * 200 + "</p>"


def fill(core: Core) -> None:
    """Write writers, of whom fifty are followed widely, their posts, and who follows whom."""
    empty, hashed = "''", "'no hash'"
    _repeat(core, PUBLISHER, f"INSERT INTO person (id, name, display_name, bio, password_hash, created_at, followers, "
            f"following) SELECT i, i, i, {empty}, {hashed}, {AT}, 0, 0 FROM n")
    # Ten write often, and the others now and then; the body is as long as one of two thousand words.
    _repeat(core, POSTS, "INSERT INTO post (id, writer_id, title, slug, body, body_html, summary, words, published_at, "
            "closed, claps, people, likes, views, comments, comments_offset) SELECT i, CASE WHEN i % 2 = 0 THEN "
            f"1 + i % 10 ELSE 1 + i % 1000 END, 'Bells', 'bells', '{BODY}', '{BODY}', 'Ding.', 1600, {AT}, "
            "0, 0, 0, 0, 0, 0, 0 FROM n", part=2_000)
    for number, follows in enumerate(FOLLOWS):
        reader_id = READER_ID + number
        _repeat(core, follows, "INSERT INTO follow (follower_id, writer_id, at) "
                f"SELECT {reader_id}, i, {AT} FROM n")
        # Every fifth writer up to the last wide one is read with the feed; the posts of the others were brought.
        _execute(
            core, f"INSERT INTO feed (reader_id, post_id) SELECT {reader_id}, id FROM post "
            f"WHERE writer_id <= {follows} AND NOT (writer_id % 5 = 0 AND writer_id <= {5 * WIDE}) "
            f"ORDER BY id DESC LIMIT {FEED_POSTS}"
        )
    for writer_id in range(5, 5 * WIDE + 1, 5):
        core.database.transact(partial(note_wide, writer_id))


def _repeat(core: Core, count: int, insert: str, *, part: int = PART) -> None:
    head, select = insert[: insert.index("SELECT")], insert[insert.index("SELECT"):]
    for start in range(0, count, part):
        numbers = (
            f"WITH RECURSIVE n(i) AS (SELECT {start + 1} UNION ALL SELECT i + 1 FROM n "
            f"WHERE i < {min(count, start + part)})"
        )
        _execute(core, f"{head} {numbers} {select}")


def _execute(core: Core, text: str) -> None:
    def work() -> None:
        if core.database.is_sqlite:
            bound.execute_sql(text)
        else:
            bound.execute_sql(f"SET SESSION max_recursive_iterations = {PART}")
            bound.execute_sql(text.replace("%", "%%"))

    core.database.transact(work)


def read_feeds(core: Core, feeds: Feeds) -> dict[str, dict[str, float]]:
    """Read the first and a later page of feeds."""
    library = Library(core.database, core.mending, core.tallies)
    told: dict[str, dict[str, float]] = {}
    for number, follows in enumerate(FOLLOWS):
        reader_id = READER_ID + number
        first = feeds.posts_of(reader_id, None, LINES_PER_PAGE + 1)
        assert len(first) == LINES_PER_PAGE + 1 and {post.writer.id for post in first} <= set(range(1, follows + 1))
        library.lines(first)
        before = feeds.posts_of(reader_id, None, 400)[-1].id
        told[str(follows)] = {
            "first": _time(partial(feeds.posts_of, reader_id, None, LINES_PER_PAGE + 1)),
            "later": _time(partial(feeds.posts_of, reader_id, before, LINES_PER_PAGE + 1)),
            "counts": _time(partial(library.lines, first)),
        }
    return told


def publish(core: Core, feeds: Feeds) -> dict[str, dict[str, float]]:
    """Bring a post to more and more followers."""
    told = {}
    have = 0
    for followers in FOLLOWERS:
        _repeat(core, followers - have, "INSERT INTO follow (follower_id, writer_id, at) "
                f"SELECT {FOLLOWER_ID + have} + i, {PUBLISHER}, {AT} FROM n")
        have = followers
        _execute(core, f"UPDATE person SET followers = {have} WHERE id = {PUBLISHER}")
        rounds = [_publish(core, feeds) for _ in range(5 if followers < 1_000 else 3)]
        assert rounds[0]["rows"] == (followers if followers <= FAN_OUT_FOLLOWERS else 0), rounds
        told[str(followers)] = {name: median(one[name] for one in rounds) for name in rounds[0]}
    return told


def _publish(core: Core, feeds: Feeds) -> dict[str, float]:
    fields = f"{PUBLISHER}, 'Bells', 'bells', '', '{BODY}', 'Ding.', 1600, {AT}, 0, 0, 0, 0, 0, 0, 0"
    columns = (
        "writer_id, title, slug, body, body_html, summary, words, published_at, closed, claps, people, likes, views, "
        "comments, comments_offset"
    )
    _execute(core, f"INSERT INTO post ({columns}) VALUES ({fields})")
    with core.database.reading():
        post_id = int(bound.execute_sql("SELECT MAX(id) FROM post").fetchone()[0])
    told = {"what": "published", "post_id": post_id, "writer_id": PUBLISHER}
    core.database.transact(lambda: add_errand("feed", told))
    longest, steps = 0.0, 0

    def timed(task: Task) -> Step:
        nonlocal longest, steps
        began = time.monotonic()
        step = feeds.do(task)
        longest, steps = max(longest, time.monotonic() - began), steps + 1
        return step

    began, used = time.monotonic(), time.process_time()
    assert Errands(core.database, {"feed": timed}).do_one()
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - used
    with core.database.reading():
        assert not Errand.select().exists()
        rows = int(bound.execute_sql(f"SELECT COUNT(*) FROM feed WHERE post_id = {post_id}").fetchone()[0])
    return {"seconds": seconds, "cpu": cpu_seconds, "longest": longest, "steps": steps, "rows": rows}


def _time(work: Callable[[], object]) -> float:
    times = []
    for _ in range(READS):
        began = time.monotonic()
        work()
        times.append(time.monotonic() - began)
    return median(times)


def main() -> None:
    """Measure both."""
    core = build_core(read_settings(os.environ))
    migrate(core.database, ROOT / "migrations")
    fill(core)
    feeds = Feeds(core.database, teller(core.redis), core.popularity)
    json.dump({"read": read_feeds(core, feeds), "publish": publish(core, feeds)}, sys.stdout)


if __name__ == "__main__":
    main()
