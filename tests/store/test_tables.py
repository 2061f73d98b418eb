"""Realtime tables in SQL: who writes to one waits for his turn, and for nobody who writes to another."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from claps.acts.tables import delete_table
from claps.app import Core
from claps.plain.errors import Conflict, NotFound
from claps.plain.tables import table_topic
from claps.settings import ROOT
from claps.store.logs import append, events_after
from claps.store.tables import (
    add_table,
    count_owned,
    find_table,
    find_tables,
    hold_table,
    owned_after,
    public_after,
    run_out,
)
from tests.parts.mariadb_server import MariadbServer
from tests.parts.processes import eventually
from tests.parts.realtime import Room

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PROCESSES, ROUNDS = 4, 15
WAITING = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'"
CIRCLES = "SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'"
ON_MARIADB = pytest.mark.parametrize("shared_core", ["mariadb"], indirect=True, scope="module")


@pytest.fixture
def room(shared_core: Core) -> Room:
    """Somebody with tables."""
    return Room(shared_core)


def begin_writing(room: Room, *names: str, processes: int = 1, rounds: int = 1) -> subprocess.Popen[str]:
    """Let processes write to tables."""
    command = [sys.executable, "-m", "tests.store.writing_at_once", room.core.settings.database_url]
    numbers = [str(room.person.id), str(processes), str(rounds)]
    return subprocess.Popen(
        [*command, *numbers, *names], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(writing: subprocess.Popen[str]) -> dict[str, list[int]]:
    """Wait for the writers; return the offsets they were given, by table."""
    out, err = writing.communicate(timeout=60)
    assert writing.returncode == 0, err
    offsets: dict[str, list[int]] = defaultdict(list)
    for line in out.splitlines():
        name, offset = line.split()
        offsets[name].append(int(offset))
    return offsets


def test_processes_that_write_at_once_never_get_one_offset_twice(room: Room, lasting_mariadb: MariadbServer) -> None:
    names = [room.make_table().name for _ in range(3)]
    circles = lasting_mariadb.run(CIRCLES)

    offsets = finish(begin_writing(room, *names, processes=PROCESSES, rounds=ROUNDS))

    with room.core.database.reading():
        heads = {table.name: table.version.offset for table in find_tables(names)}
        told = {name: events_after(table_topic(name), 0, limit=999)[1] or [] for name in names}
    assert {name: sorted(offsets[name]) for name in names} == {
        name: list(range(1, heads[name] + 1)) for name in names
    }
    assert all([event.offset for event in told[name]] == list(range(1, heads[name] + 1)) for name in names)
    # Nobody waited in a circle, that is.
    assert circles and lasting_mariadb.run(CIRCLES) == circles


@ON_MARIADB
def test_who_writes_to_another_table_waits_for_nobody(room: Room, mariadb: MariadbServer) -> None:
    held, other = room.make_table().name, room.make_table().name

    with room.core.database.reading(), room.core.database.peewee.atomic():
        hold_table(held)
        assert finish(begin_writing(room, other))[other]
        waiting = begin_writing(room, held)
        eventually(lambda: mariadb.run(WAITING)[0][1] == "1")

    assert finish(waiting)[held]


def test_a_table_of_the_same_name_is_another_one(room: Room) -> None:
    name = room.make_table().name
    room.core.database.transact(lambda: append(table_topic(name), ["one"]))
    first = room.table(name)

    delete_table(room.kit, room.reader, name)
    second = room.core.database.transact(lambda: add_table(name, room.person.id, "public", at=NOON))
    room.core.database.transact(lambda: append(table_topic(name), ["two"]))
    room.do_errands()

    with room.core.database.reading():
        assert [event.body for event in events_after(table_topic(name), 0, limit=9)[1] or []] == ["two"]
    assert second.version.epoch != first.version.epoch
    assert second.id != first.id and (second.entries, second.bytes) == (0, 0)


def test_a_name_is_given_once(room: Room) -> None:
    name = room.make_table().name

    with pytest.raises(Conflict):
        room.core.database.transact(lambda: add_table(name, 1, "public", at=NOON))
    with pytest.raises(NotFound):
        room.core.database.transact(lambda: hold_table("nowhere"))


def test_tables_are_found_behind_a_name(room: Room) -> None:
    names = sorted(room.make_table().name for _ in range(3))
    hidden = room.make_table(visibility="members").name

    with room.core.database.reading():
        mine, public = owned_after(room.person.id, names[0], 9), public_after(names[0], 999)
        assert count_owned(room.person.id, scratch=False) == 4
        assert count_owned(room.person.id, scratch=True) == 0
        assert find_table("nowhere") is None

    assert [table.name for table in mine] == [*names[1:], hidden]
    assert set(names[1:]) <= {table.name for table in public} and hidden not in [table.name for table in public]


def test_what_runs_out_is_found_when_its_time_has_come(room: Room) -> None:
    def add(name: str, expires_ms: int) -> None:
        room.core.database.transact(lambda: add_table(name, 1, "scratch", at=NOON, expires_ms=expires_ms))

    add("late", 3_000)
    add("early", 1_000)

    with room.core.database.reading():
        assert (run_out(999, 9), run_out(1_000, 9), run_out(9_000, 9)) == ([], ["early"], ["early", "late"])
        assert run_out(9_000, 1) == ["early"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM realtime_table WHERE name = 'a'",
        "SELECT * FROM realtime_table WHERE owner_id = 5 AND name > 'a' ORDER BY name LIMIT 50",
        "SELECT * FROM realtime_table WHERE access = 'public' AND name > 'a' ORDER BY name LIMIT 50",
        "SELECT name FROM realtime_table WHERE expires_ms <= 5 ORDER BY expires_ms LIMIT 20",
        "SELECT table_id, `key` FROM entry WHERE expires_ms <= 5 ORDER BY expires_ms LIMIT 500",
        "SELECT * FROM entry WHERE table_id = 5 AND `key` > 'a' ORDER BY `key` LIMIT 100",
        "SELECT name FROM table_member WHERE reader_id = 5 AND name > 'a' ORDER BY name LIMIT 50",
    ],
)
def test_no_question_reads_all_tables(shared_core: Core, sql: str) -> None:
    with shared_core.database.reading():
        plan = shared_core.database.peewee.execute_sql(
            f"EXPLAIN {'QUERY PLAN ' if shared_core.database.is_sqlite else ''}{sql}"
        ).fetchall()

    if shared_core.database.is_sqlite:
        assert all("SEARCH" in row[3] and "TEMP B-TREE" not in row[3] for row in plan), plan
    else:
        # It may still prefer to read all of so few.
        assert all(row[4] is not None or "const" in str(row[9]) for row in plan), plan
