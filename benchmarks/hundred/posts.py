"""Run as a process of its own: makes the posts of a run, or claps once for each of them, without any server.

Usage: python -m benchmarks.hundred.posts fill COUNT | clap; settings as ``claps`` has them.
``fill`` prints the id of the hot post, the others' follow; ``clap`` prints how many claps were taken.
"""

from __future__ import annotations

# Before anything else is imported: peewee, redis and the rest must find the patched modules.
from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import secrets  # noqa: E402
import sys  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from typing import Any  # noqa: E402

from gevent.event import AsyncResult  # noqa: E402

from claps.app import build_core  # noqa: E402
from claps.plain.changes import Change  # noqa: E402
from claps.plain.errors import ClapsError  # noqa: E402
from claps.plain.limits import CLAP_ANSWER_SECONDS  # noqa: E402
from claps.plain.people import GUEST_ID_LEAST  # noqa: E402
from claps.plain.prose import count_words, render_post_html  # noqa: E402
from claps.plain.tallies import Clapped  # noqa: E402
from claps.settings import ROOT, Settings, read_settings  # noqa: E402
from claps.store.database import Database  # noqa: E402
from claps.store.migrations import migrate  # noqa: E402
from claps.store.people import add_person  # noqa: E402
from claps.store.posts import Post, add_post  # noqa: E402

ROWS_PER_STATEMENT = 500
ARTICLE = ROOT / "claps" / "demo" / "posts"
AT_ONCE = 2_000


def fill(settings: Settings, count: int) -> int:
    """Make the tables, one long article that everybody will read, and ``count`` notes; return the article's id."""
    database = Database(settings.database_url)
    migrate(database, ROOT / "migrations")
    article = max((path.read_text() for path in ARTICLE.glob("*.md")), key=len).split("---\n", 2)[2]

    def write() -> int:
        writer_id = add_person("ada", "Ada", "no password fits this").id
        hot_id = add_post(_fields(writer_id, "The post that everybody reads", article))
        note = {**_fields(writer_id, None, "A note that a few people have open."), "slug": "note"}
        note["published_at"] = note["published_at"].replace(tzinfo=None)
        for start in range(0, count, ROWS_PER_STATEMENT):
            Post.insert_many([note] * min(ROWS_PER_STATEMENT, count - start)).execute()
        return hot_id

    hot_id = database.transact(write)
    database.close()
    return hot_id


def clap_everywhere(settings: Settings) -> int:
    """Give every post one clap by a new guest; return how many there were."""
    core = build_core(settings)
    with core.database.reading():
        rows: Any = Post.select(Post.id).tuples()
        ids = [int(row[0]) for row in rows]
    for start in range(0, len(ids), AT_ONCE):
        outcomes = []
        for post_id in ids[start : start + AT_ONCE]:
            outcome: AsyncResult[Clapped | ClapsError] = AsyncResult()
            guest = str(GUEST_ID_LEAST | secrets.randbits(62))
            core.ledger.submit(Change("clap", post_id, guest, 1), outcome.set)
            outcomes.append(outcome)
        for outcome in outcomes:
            answer = outcome.get(timeout=CLAP_ANSWER_SECONDS)
            if isinstance(answer, ClapsError):
                raise answer
    return len(ids)


def _fields(writer_id: int, title: str | None, body: str) -> dict[str, Any]:
    return {
        "writer_id": writer_id, "title": title, "slug": "the-post", "body": body, "body_html": render_post_html(body),
        "summary": body[:200], "words": count_words(body), "published_at": datetime.now(UTC).replace(microsecond=0),
    }


if __name__ == "__main__":
    told = read_settings(os.environ)
    print(fill(told, int(sys.argv[2])) if sys.argv[1] == "fill" else clap_everywhere(told))
