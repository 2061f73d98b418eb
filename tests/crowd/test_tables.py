"""What a watcher of the crowd makes of what it is told."""

from __future__ import annotations

from typing import Any

import pytest

from claps.crowd.connections import Loop
from claps.crowd.people import Company
from claps.crowd.tables import Board, TableWatcher
from claps.crowd.targets import find_target
from tests.parts.processes import find_free_port


@pytest.fixture
def board() -> Board:
    """A table that one watcher follows, and nobody has made yet."""
    loop = Loop(find_target(f"http://127.0.0.1:{find_free_port()}", anywhere=False))
    return Board(loop, Company(loop, [], people=0), watchers=1)


@pytest.fixture
def watcher(board: Board) -> TableWatcher:
    """Its watcher, who has seen a snapshot with two keys, and its end."""
    [watcher] = board.watchers
    entries = [{"key": "a", "value": 1}, {"key": "b", "value": 2}]
    watcher.take({"version": "e.2~YQ", "state": {"entries": entries}})
    watcher.take({"version": "e.2", "snapshot": "end"})
    return watcher


def event(version: str, op: str, key: str, value: Any = None) -> dict[str, Any]:
    """One change."""
    return {"version": version, "event": {"op": op, "key": key, "value": value}}


def test_a_watcher_has_the_snapshot_and_each_change_after_it(board: Board, watcher: TableWatcher) -> None:
    assert watcher.is_there
    watcher.take(event("e.3", "put", "c", {"sent_at": 0.0}))
    watcher.take(event("e.4", "delete", "a"))
    watcher.take(event("e.5", "expire", "b"))

    assert watcher.entries == {"c": {"sent_at": 0.0}}
    assert (board.told, board.times.pairs) == (3, 1)


def test_a_watcher_that_is_told_to_forget_begins_anew(watcher: TableWatcher) -> None:
    watcher.take({"version": "f.0", "resync": True})

    assert (watcher.entries, watcher.is_there) == ({}, False)


def test_without_people_nobody_has_a_table(board: Board) -> None:
    board.open()

    assert (board.watchers, board.write(), board.find_faults()) == ([], False, [])
