"""Do the laws of counting hold?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from claps.app import Core, build_core
from claps.checks.laws import check_journals, check_laws, find_strange
from claps.demo.filling import fill_demo
from claps.hot.inspection import JournalFacts
from claps.settings import ROOT, Settings
from claps.store.journal_positions import Position
from claps.store.migrations import migrate
from tests.parts.redis_server import RedisServer

HERE = Position(3, 7, "1000-5")
THERE = JournalFacts(3, True, "7", 0, None, "1000-5")


@pytest.fixture
def core(redis: RedisServer, tmp_path: Path) -> Iterator[Core]:
    core = build_core(Settings(f"sqlite:///{tmp_path / 'claps.db'}", redis.url, "k" * 32))
    migrate(core.database, ROOT / "migrations")
    fill_demo(core)
    yield core
    core.database.close()


def unsafe_ones(core: Core) -> list[str]:
    """What a check of these counts calls unsafe."""
    return [finding.said for finding in check_laws(core) if finding.grade == "unsafe"]


def test_a_fresh_demo_is_lawful(core: Core) -> None:
    assert {finding.grade for finding in check_laws(core)} == {"ok"}


def test_a_count_that_was_changed_by_hand_is_found(core: Core) -> None:
    core.database.transact(lambda: core.database.peewee.execute_sql("UPDATE post SET claps = claps + 1 WHERE id = 1"))

    assert [said for said in unsafe_ones(core) if "post 1 has claps" in said]


def test_figures_that_were_changed_by_hand_are_found(core: Core) -> None:
    wrong = "UPDATE post_figure SET likes = likes + 1 WHERE grain = 60"
    core.database.transact(lambda: core.database.peewee.execute_sql(wrong))

    assert [said for said in unsafe_ones(core) if "do not add up" in said and "has likes" in said]


def test_another_sites_redis_is_found(core: Core, redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.checks.laws.LOOK_SECONDS", 0)
    core.mending.read([1])

    core.database.transact(lambda: core.database.peewee.execute_sql("UPDATE journal_position SET epoch = epoch + 5"))

    assert [said for said in unsafe_ones(core) if "do not belong together" in said]


def test_what_belongs_together_is_not_strange() -> None:
    unverified = JournalFacts(3, False, "9", 0, None, None)

    assert not find_strange(HERE, THERE)
    assert not find_strange(HERE, unverified)


def test_a_journal_that_ends_before_sql_is_strange() -> None:
    assert find_strange(HERE, JournalFacts(3, True, "7", 0, None, "1000-4"))
    assert find_strange(HERE, JournalFacts(3, True, "7", 0, None, "999-9"))


def test_a_journal_that_waits_long_is_a_warning() -> None:
    waiting = JournalFacts(3, True, "7", 12, "1000-6", "1500-0")

    fresh = check_journals(lambda: [(HERE, waiting)], now=2)
    late = check_journals(lambda: [(HERE, waiting)], now=500)

    assert [finding.grade for finding in (*fresh, *late)] == ["ok", "warn"]
    assert "claps flush" in late[0].remedy


def test_a_flush_between_two_looks_is_not_strange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.checks.laws.LOOK_SECONDS", 0)
    looks = [JournalFacts(3, True, "6", 0, None, "1000-5"), THERE]

    found = check_journals(lambda: [(HERE, looks.pop(0))], now=2)

    assert [finding.grade for finding in found] == ["ok"]


def test_counts_cannot_be_added_up_before_there_are_tables(tmp_path: Path) -> None:
    core = build_core(Settings(f"sqlite:///{tmp_path / 'none.db'}", None, "k" * 32))

    assert [finding.grade for finding in check_laws(core)] == ["unseen"]
