"""Do the tables agree with each other, and is what was promised being done?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from claps.app import Core, build_core
from claps.checks.references import check_references
from claps.demo.filling import fill_demo
from claps.plain.topics import comments_topic
from claps.settings import Settings
from claps.store.errands import Errand
from claps.store.notifications import take_turn
from tests.parts.inside import ON_SQLITE

# What somebody does by hand, and what is said of it.
BREACHES = {
    "UPDATE person SET followers = followers + 1 WHERE id = 2": "person 2 has followers 4, its rows 3",
    "UPDATE person SET following = 0 WHERE id = 4": "person 4 has following 0, its rows 3",
    "UPDATE comment SET likes = 70 WHERE id = 2": "comment 2 has likes 70",
    "INSERT INTO comment_like (comment_id, reader_id) VALUES (9999, 1)": "1 likes of comments that are not there",
    "UPDATE comment SET post_id = 9999 WHERE id = 3": "1 comments under posts that are not there",
    "UPDATE comment SET parent_id = 9999 WHERE id = 4": "2 answers to comments that are not there",
    "INSERT INTO follow (follower_id, writer_id, at) VALUES (9999, 1, '2026-01-01')": "1 follows of or by nobody",
    "INSERT INTO bookmark (person_id, post_id, at) VALUES (1, 9999, '2026-01-01')": "1 bookmarks of posts that are",
    "INSERT INTO post_tag (tag, post_id) VALUES ('bells', 9999)": "1 tags of posts that are not published",
    "INSERT INTO feed (reader_id, post_id) VALUES (1, 9999)": "1 rows of feeds with posts that are not there",
    "UPDATE site_page SET post_id = 9999": "1 addresses of pages that are not there; 1 pages of websites without an",
    "INSERT INTO site_origin (origin, site_id) VALUES ('https://a.example', 9999)": "1 origins of websites",
    "INSERT INTO post_tag (tag, post_id) SELECT 'bells', id FROM post WHERE site_id = 1":
        "1 tags of pages of",
    "UPDATE notice SET turn = 99": "1 notifications that are ahead",
    "UPDATE notice SET looked = people + 1": "1 notifications with more seen",
    "UPDATE notice_actor SET person_id = 2": "1 people named in notifications that are not there",
    "DELETE FROM event WHERE `offset` = 2 AND log_id = (SELECT id FROM log WHERE topic = 'post:8:comments')":
        "events and has",
}
TOLD = (
    "INSERT INTO notice (id, person_id, what, thing_id, turn, actor_id, people, looked, base, mark, at) "
    "VALUES (1, 1, 'followed', 1, 1, 2, 1, 0, 0, 1, '2026-01-01')",
    "INSERT INTO notice_actor (notice_id, actor_id, person_id, turn) VALUES (1, 2, 1, 1)",
)


def write(core: Core, *statements: str) -> None:
    """Write to the tables by hand."""
    core.database.transact(lambda: [core.database.peewee.execute_sql(one) for one in statements])


def test_a_site_that_was_written_to_by_nobody_else_is_lawful(core: Core) -> None:
    fill_demo(core)
    core.database.transact(lambda: take_turn(1))
    write(core, *TOLD)

    found = check_references(core)

    assert [(finding.grade, finding.remedy) for finding in found] == [("ok", "")] * 4


def test_every_breach_is_found_and_named(core: Core) -> None:
    fill_demo(core)
    core.database.transact(lambda: take_turn(1))
    write(core, *TOLD, *BREACHES)

    told = " ".join(finding.said for finding in check_references(core) if finding.grade == "unsafe")

    assert not [said for said in BREACHES.values() if said not in told], told
    assert str(comments_topic(8)) in told


@ON_SQLITE
@pytest.mark.parametrize(
    ("tries", "late_seconds", "said"),
    [(0, 30, ""), (0, 90, "1 errands wait for over 60 s"), (7, 0, "Errands fail and are tried again: feed 1")],
)
def test_errands_that_are_not_done_are_a_warning(core: Core, tries: int, late_seconds: int, said: str) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    row = {"kind": "feed", "body": "{}", "tries": tries, "created_at": now}
    core.database.transact(lambda: Errand.create(**row, due_at=now - timedelta(seconds=late_seconds)))

    last = check_references(core)[-1]

    assert (last.grade, last.said.startswith(said)) == ("warn" if said else "ok", True)


def test_tables_cannot_be_looked_at_before_they_are_there(tmp_path: Path) -> None:
    core = build_core(Settings(f"sqlite:///{tmp_path / 'none.db'}", None, "k" * 32))

    assert [finding.grade for finding in check_references(core)] == ["unseen"]
