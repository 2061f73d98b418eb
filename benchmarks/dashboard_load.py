"""Run as a process of its own: gives the demo's Ada 1,000 posts and a year of figures, without any server.

Usage: python -m benchmarks.dashboard_load; settings as ``claps`` has them.
"""

from __future__ import annotations

# Before anything else is imported: peewee, redis and the rest must find the patched modules.
from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import time  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402

from claps.app import Core, build_core  # noqa: E402
from claps.plain.figures import BLOCK, DAY, HOUR  # noqa: E402
from claps.plain.sketches import EMPTY, add_to, pack  # noqa: E402
from claps.settings import read_settings  # noqa: E402
from claps.store.database import bound  # noqa: E402
from claps.store.people import get_person  # noqa: E402

POSTS = 1_000
DAYS = 366
HOURS = 35 * 24
# Hours and readers are kept of all posts; the page reads those of the writer and of what it shows.
POSTS_WITH_HOURS = 100
PART = 500


def fill(core: Core) -> None:
    """Write the posts, and figures of each for every day of a year."""
    with core.database.reading():
        ada = get_person("ada").id
    begun = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=400)
    rows = [
        (ada, f"Bells, part {n}", "bells", "Ding.", "<p>Ding.</p>", "Ding.", 1, begun + timedelta(hours=n), False, 0,
         0, 0, 0, 0, 0, "", 1)
        for n in range(POSTS)
    ]
    _insert(core, "post", "writer_id title slug body body_html summary words published_at closed claps people likes "
            "views comments comments_offset tags revision", rows)
    with core.database.reading():
        ids = [row[0] for row in bound.execute_sql(f"SELECT id FROM post WHERE writer_id = {ada} ORDER BY id DESC")]
    today = int(time.time()) // 60 // DAY
    hour = int(time.time()) // 60 // HOUR
    days = [(DAY, (today - n) * DAY) for n in range(DAYS)]
    hours = [(HOUR, (hour - n) * HOUR) for n in range(HOURS)]
    names = "grain begins views claps people likes comments"
    _insert_figures(core, ada, DAY, today, DAYS)
    _insert_figures(core, ada, HOUR, hour, HOURS, above=ids[POSTS_WITH_HOURS])
    _insert(core, "writer_figure", f"writer_id {names} follows", [
        (ada, grain, begins, 40_000 + begins % 977, 12_000, 3_000, 2_000, 1_000, 7)
        for grain, begins in days[1:] + hours[1:]
    ])
    _insert_blocks(core)
    _insert_readers(core, ada, ids, today)
    _insert(core, "writer_referrer", "writer_id day host visits", [
        (ada, today - n % DAYS, f"site-{n % 20}.example", 1 + n % 9) for n in range(20 * 30) if n % 7
    ])


def _insert_figures(core: Core, writer_id: int, grain: int, last: int, count: int, *, above: int = 0) -> None:
    text = (
        "INSERT INTO post_figure (post_id, grain, begins, views, claps, people, likes, comments) "
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1}) "
        f"SELECT id, {grain}, ({last} - i) * {grain}, 40 + id * i - (id * i / 17) * 17, 9, 3, 2, 1 FROM post, n "
        f"WHERE writer_id = {writer_id} AND id > {above} AND title LIKE 'Bells, part"
    )
    # What is no whole number on MariaDB is rounded when it is written.
    like = " %'" if core.database.is_sqlite else " %%'"
    core.database.transact(lambda: bound.execute_sql(text + like))


def _insert_blocks(core: Core) -> None:
    for whose, more in (("post", ""), ("writer", " follows")):
        columns = f"views claps people likes comments{more}".split()
        is_sqlite = core.database.is_sqlite
        start = f"(begins / {BLOCK} * {BLOCK})" if is_sqlite else f"(begins - MOD(begins, {BLOCK}))"
        text = (
            f"INSERT INTO {whose}_figure ({whose}_id, grain, begins, {', '.join(columns)}) "
            f"SELECT {whose}_id, {BLOCK}, {start}, {', '.join(f'SUM({name})' for name in columns)} FROM {whose}_figure "
            f"WHERE grain = {DAY} AND begins > 0 GROUP BY {whose}_id, {start}"
        )
        drop = f"DELETE FROM {whose}_figure WHERE grain = {BLOCK}"
        core.database.transact(lambda: [bound.execute_sql(sql) for sql in (drop, text)])  # noqa: B023


def _insert_readers(core: Core, writer_id: int, post_ids: list[int], today: int) -> None:
    """Forty readers on each day of the posts that are shown, and twenty thousand of the writer."""
    few, many = ([pack(add_to(EMPTY, (f"{n} {m}" for m in range(size)))) for n in range(30)] for size in (40, 20_000))
    first = -(-(today - DAYS) * DAY // BLOCK)
    spans = [(DAY, (today - n) * DAY) for n in range(1, DAYS)]
    spans += [(BLOCK, n * BLOCK) for n in range(first, today * DAY // BLOCK + 1)]
    names = "grain begins readers sketch"
    _insert(core, "writer_sketch", f"writer_id {names}", [
        (writer_id, grain, begins, 20_000, many[begins // DAY % 30]) for grain, begins in spans
    ])
    for post_id in post_ids[:POSTS_WITH_HOURS]:
        _insert(core, "post_sketch", f"post_id {names}", [
            (post_id, grain, begins, 40, few[begins // DAY % 30]) for grain, begins in spans
        ])


def _insert(core: Core, table: str, names: str, rows: list[tuple[object, ...]]) -> None:
    columns = names.split()
    mark = "?" if core.database.is_sqlite else "%s"
    verb = "INSERT OR IGNORE" if core.database.is_sqlite else "INSERT IGNORE"
    row_marks = f"({', '.join(mark for _ in columns)})"

    def work() -> None:
        for start in range(0, len(rows), PART):
            part = rows[start : start + PART]
            values = ", ".join(row_marks for _ in part)
            flat = [value for row in part for value in row]
            bound.execute_sql(f"{verb} INTO {table} ({', '.join(columns)}) VALUES {values}", flat)

    core.database.transact(work)


if __name__ == "__main__":
    fill(build_core(read_settings(os.environ)))
