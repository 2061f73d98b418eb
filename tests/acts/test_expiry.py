"""What runs out goes by itself, once, as an event like any other."""

from __future__ import annotations

import json

import pytest

from claps.acts import expiry
from claps.acts.entries import changes_since, get_entry, put_entry
from claps.acts.expiry import Expiry
from claps.acts.tables import create_scratch, get_seat
from claps.app import Core
from claps.plain.errors import NotFound
from claps.plain.limits import LATENESS_SECONDS, SCRATCH_SECONDS
from claps.plain.versions import Version
from claps.store.entries import Entry
from tests.parts.inside import GUEST
from tests.parts.realtime import Hands, Room


@pytest.fixture
def room(shared_core: Core) -> Room:
    """Somebody with tables, later than all before."""
    room = Room(shared_core)
    Expiry(room.kit).sweep()
    room.hands.wall = max(room.hands.wall, room.kit.clock.now_ms() / 1000)
    return room


def test_what_has_run_out_is_swept_away_and_told(room: Room) -> None:
    name = room.make_table().name
    for key, seconds in (("a", 1), ("b", 2), ("c", None)):
        put_entry(room.kit, room.reader, name, key, 1, ttl_seconds=seconds)

    room.hands.pass_by(1)
    assert not Expiry(room.kit).sweep()

    table = room.table(name)
    [event] = changes_since(room.kit, None, name, Version(table.version.epoch, 3)).events
    assert (event["op"], event["key"], table.version.offset, table.entries) == ("expire", "a", 4, 2)
    told = room.told.of_table(name)[-1]
    assert told == f"{table.version} {json.dumps(event, separators=(',', ':'))}"


def test_two_workers_do_not_sweep_one_entry_twice(room: Room) -> None:
    name = room.make_table().name
    put_entry(room.kit, room.reader, name, "a", 1, ttl_seconds=1)
    room.hands.pass_by(2)
    first, second = Expiry(room.kit), Expiry(room.make_kit())

    # Both have seen that it is due.
    for sweeper in (first, second):
        sweeper._sweep_table(name, ["a"])

    assert room.table(name).version.offset == 2 and len(room.told.of_table(name)) == 2


def test_what_was_put_anew_meanwhile_stays(room: Room) -> None:
    name = room.make_table().name
    put_entry(room.kit, room.reader, name, "a", 1, ttl_seconds=1)
    room.hands.pass_by(2)
    put_entry(room.kit, room.reader, name, "a", 2, ttl_seconds=60)

    Expiry(room.kit)._sweep_table(name, ["a"])

    assert get_entry(room.kit, None, name, "a").value == 2


def test_a_turn_has_a_bound(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "SWEEP_ENTRIES", 2)
    name = room.make_table().name
    for key in "abc":
        put_entry(room.kit, room.reader, name, key, 1, ttl_seconds=1)
    room.hands.pass_by(1)

    more = [Expiry(room.kit).sweep() for _ in range(2)]

    assert more == [True, False] and room.table(name).entries == 0


def test_a_table_to_try_out_goes_with_all_that_is_in_it(room: Room) -> None:
    scratch = create_scratch(room.kit, GUEST)
    put_entry(room.kit, GUEST, scratch.name, "a", 1, ttl_seconds=2 * SCRATCH_SECONDS)

    room.hands.pass_by(SCRATCH_SECONDS)
    Expiry(room.kit).sweep()
    room.do_errands()

    with pytest.raises(NotFound):
        get_seat(room.kit, GUEST, scratch.name)
    with room.core.database.reading():
        assert not Entry.select().where(Entry.table_id == scratch.id).exists()


def test_a_clock_set_back_while_nothing_ran_is_found_out(room: Room) -> None:
    name = room.make_table().name
    put_entry(room.kit, room.reader, name, "a", 1, ttl_seconds=LATENESS_SECONDS + 60)
    room.hands.pass_by(LATENESS_SECONDS)
    Expiry(room.kit).sweep()

    # Another process begins an hour before.
    restarted = Room(room.core, hands=Hands())
    restarted.hands.wall = room.hands.wall - 3_600
    begun = Expiry(restarted.make_kit())
    begun.sweep()
    restarted.hands.pass_by(59)
    begun.sweep()
    assert room.table(name).entries == 1
    restarted.hands.pass_by(1)
    begun.sweep()

    assert room.table(name).entries == 0
