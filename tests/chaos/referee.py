"""Says after each fault whether everything is as it was promised."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress

from tests.chaos.crowd import WATCHED, Crowd
from tests.chaos.people import COUNTER, TABLE
from tests.chaos.town import Town
from tests.chaos.watchers import TableWatcher, Watcher
from tests.faults.crowd import Pair, check_claps
from tests.parts.processes import eventually

CALM_SECONDS = 0.7
CALM_REQUESTS = 5
RECENT = 100
RECOVERY_SECONDS = 120
SETTLE_SECONDS = 60


class Referee:
    """Knows what everybody was told, and looks into the books.

    :param before: claps by post when the people came.
    """

    def __init__(self, town: Town, crowd: Crowd, before: dict[int, int]) -> None:
        self._town = town
        self._crowd = crowd
        self._street = crowd.street
        self._before = before

    def wait_for_recovery(self) -> None:
        """Wait until everybody has been served for a while."""
        began = time.monotonic()

        def is_calm() -> bool:
            now, outcomes = time.monotonic(), self._street.outcomes
            since = max((one.at for one in outcomes[-RECENT:] if not one.good), default=began)
            recent = sum(one.at > since for one in outcomes[-RECENT:])
            assert now - since > CALM_SECONDS and recent >= CALM_REQUESTS, self._street.refusals.most_common(5)
            return True

        eventually(is_calm, seconds=RECOVERY_SECONDS)

    def check(self) -> None:
        """Let the people rest, and say that the laws hold, and that everybody ended in the true state."""
        self._street.rest()
        try:
            with self._town.books.kept_open():
                # A request that nobody waits for any more may still be under way in a server.
                eventually(self._adds_up, seconds=SETTLE_SECONDS)
                for watcher in self._crowd.watchers:
                    eventually(lambda watcher=watcher: self._has_seen_all(watcher), seconds=SETTLE_SECONDS)
                    assert not watcher.complaints, watcher.complaints
        finally:
            self._street.go_on()

    def count_wrong(self) -> dict[str, int]:
        """Count what was acknowledged and is not there, and what is there more often than it was done."""
        self._street.rest()
        with suppress(AssertionError):
            # What was acknowledged in the last moment is on its way into SQL.
            eventually(self._adds_up, seconds=SETTLE_SECONDS)
        acknowledged, unknown = self._claps()
        given, entries = self._town.books.given(), self._entries()
        comments = self._comments()
        told = [
            (post, text) for one in self._crowd.commenters for post, texts in one.acknowledged.items() for text in texts
        ]
        lost = sum(max(0, count - given.get(pair, 0)) for pair, count in acknowledged.items())
        lost += sum(comments[one] == 0 for one in told)
        lost += sum(key not in entries for one in self._crowd.bookkeepers for key in one.acknowledged)
        twice = sum(max(0, given.get(pair, 0) - count) for pair, count in (acknowledged + unknown).items())
        return {"lost": lost, "twice": twice + sum(comments[one] > 1 for one in told)}

    def _claps(self) -> tuple[Counter[Pair], Counter[Pair]]:
        return self._crowd.acknowledged_claps(), self._crowd.unknown_claps()

    def _comments(self) -> Counter[tuple[int, str]]:
        return Counter((post_id, body) for post_id, body in self._town.books.query("SELECT post_id, body FROM comment"))

    def _adds_up(self) -> bool:
        check_claps(self._town.books, self._before, *self._claps())
        self._check_comments()
        self._check_table()
        return True

    def _check_comments(self) -> None:
        found = self._comments()
        for commenter in self._crowd.commenters:
            for post_id, texts in commenter.acknowledged.items():
                wrong = {text: found[post_id, text] for text in texts if found[post_id, text] != 1}
                assert not wrong, f"acknowledged comments are not there once: {wrong}"
            for post_id, texts in commenter.unknown.items():
                twice = [text for text in texts if found[post_id, text] > 1]
                assert not twice, f"comments are there twice: {twice}"
        counted = dict(self._town.books.query("SELECT id, comments FROM post"))
        rows_of: Counter[int] = Counter()
        for (post_id, _), count in found.items():
            rows_of[post_id] += count
        assert all(rows_of[post_id] == count for post_id, count in counted.items()), "comments are not their rows"

    def _check_table(self) -> None:
        entries = self._entries()
        for bookkeeper in self._crowd.bookkeepers:
            missing = [key for key in bookkeeper.acknowledged if entries.get(key) != int(key.rpartition("-")[2])]
            assert not missing, f"acknowledged entries are missing: {missing}"
        surely = sum(one.counted for one in self._crowd.bookkeepers)
        most = surely + sum(one.maybe_counted for one in self._crowd.bookkeepers)
        assert surely <= entries.get(COUNTER, 0) <= most, f"{entries.get(COUNTER)} was counted, not {surely} to {most}"

    def _entries(self) -> dict[str, int]:
        table = f"SELECT id FROM realtime_table WHERE name = '{TABLE}'"
        rows = self._town.books.query(f"SELECT `key`, value FROM entry WHERE table_id = ({table})")
        return {key.decode() if isinstance(key, bytes) else key: int(value) for key, value in rows}

    def _has_seen_all(self, watcher: Watcher) -> bool:
        if isinstance(watcher, TableWatcher):
            assert watcher.entries == self._entries(), f"{watcher.topic} is not what it was told to be"
        if watcher.state:
            [row] = self._town.books.query(f"SELECT claps, comments FROM post WHERE id = {WATCHED}")
            assert (watcher.state["claps"], watcher.state["comments"]) == row, f"{watcher.state} is not {row}"
            return True
        heads = self._town.books.query(f"SELECT head FROM log WHERE topic = '{watcher.topic}'")
        head = heads[0][0] if heads else 0
        offset = watcher.version.offset if watcher.version else -1
        assert offset == head, f"{watcher.topic} is at {offset} and not {head}"
        return True
