"""Do the laws of realtime tables hold?"""

from __future__ import annotations

from pathlib import Path

import pytest

from claps.acts.entries import delete_entry, put_entry
from claps.acts.expiry import Expiry
from claps.app import Core, build_core
from claps.checks.tables import check_tables
from claps.plain.tables import table_topic
from claps.settings import Settings
from claps.store.logs import compact
from tests.parts.realtime import Room


@pytest.fixture
def room(shared_core: Core) -> Room:
    """Somebody with a table in which something has happened."""
    room = Room(shared_core)
    name = room.make_table().name
    for key in "abcdé":
        put_entry(room.kit, room.reader, name, key, {"of": key}, ttl_seconds=1 if key == "d" else None)
    delete_entry(room.kit, room.reader, name, "a")
    room.hands.pass_by(1)
    Expiry(room.kit).sweep()
    shared_core.database.transact(lambda: compact(table_topic(name), keep=5))
    room.name = name
    return room


def check(room: Room) -> list[str]:
    """What is not ok."""
    return [finding.said for finding in check_tables(room.core) if finding.grade != "ok"]


def test_what_was_done_properly_is_lawful(room: Room) -> None:
    assert check(room) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE realtime_table SET entries = entries + 1 WHERE id = {id}", "as they say"),
        ("UPDATE realtime_table SET bytes = bytes + 1 WHERE id = {id}", "as they say"),
        ("UPDATE entry SET `offset` = 99 WHERE table_id = {id}", "have not come to"),
        ("UPDATE entry SET value = '{{\"of\":\"x\"}}' WHERE table_id = {id}", "what their logs say"),
        ("DELETE FROM event WHERE `offset` = 5 AND log_id IN (SELECT id FROM log WHERE topic = 'table:{name}')", "gap"),
        ("DELETE FROM event WHERE `offset` = 7 AND log_id IN (SELECT id FROM log WHERE topic = 'table:{name}')", "gap"),
        ("DELETE FROM log WHERE topic = 'table:{name}'", "gap"),
    ],
)
def test_what_was_written_by_hand_is_found(room: Room, sql: str, said: str) -> None:
    statement = sql.format(id=room.table(room.name).id, name=room.name)

    room.core.database.transact(lambda: room.core.database.peewee.execute_sql(statement))

    assert [finding for finding in check(room) if said in finding and room.name in finding]


def test_tables_cannot_be_looked_at_before_they_are_there(tmp_path: Path) -> None:
    core = build_core(Settings(f"sqlite:///{tmp_path / 'none.db'}", None, "k" * 32))

    assert [finding.grade for finding in check_tables(core)] == ["unseen"]
