"""Everybody who uses the site meanwhile, and everybody who watches."""

from __future__ import annotations

from collections import Counter

from tests.chaos.people import TABLE, Bookkeeper, Clapper, Commenter, Pair, Street, Visitor, sign_in
from tests.chaos.rush import HANDS, Hurrier
from tests.chaos.town import Town
from tests.chaos.watchers import TableWatcher, Watcher
from tests.parts.processes import eventually

WATCHED = 1
CLAPPERS = 3
COMMENTERS = ("ben", "cyd")
OWNER = "dina"
WATCHERS = 2
RUSH_SECONDS = 300


class Crowd:
    """People and watchers of a started town; they come with :meth:`come` and go with :meth:`go`."""

    def __init__(self, town: Town) -> None:
        self.street = Street(town.balancer.open_client)
        self.clappers = [Clapper(self.street) for _ in range(CLAPPERS)]
        self._hurriers: list[Hurrier] = []
        self.commenters = [Commenter(self.street, name) for name in COMMENTERS]
        self.bookkeepers = [Bookkeeper(self.street, OWNER)]
        self._visitor = Visitor(self.street)
        self._port = port = town.balancer.port
        topics = (f"post:{WATCHED}", f"post:{WATCHED}:comments")
        self.watchers = [Watcher(port, topic) for topic in topics for _ in range(WATCHERS)]
        self.watchers += [TableWatcher(port, f"table:{TABLE}") for _ in range(WATCHERS)]

    def come(self) -> None:
        """Make the table that is written to, and let everybody begin."""
        owner = self.street.open_client()
        eventually(lambda: sign_in(owner, OWNER), seconds=60)
        answer = owner.post_json("/api/v1/tables", {"name": TABLE, "visibility": "public"})
        assert answer.status == 201, answer.text
        for one in (*self.watchers, *self.clappers, *self.commenters, *self.bookkeepers, self._visitor):
            one.start()

    def rush(self, claps: int) -> None:
        """Let others come who give so many claps as fast as they can, and return when they have."""
        hurriers = [Hurrier(self.street, self._port, -(-claps // HANDS)) for _ in range(HANDS)]
        self._hurriers += hurriers
        for one in hurriers:
            one.start()
        for one in hurriers:
            one.join(RUSH_SECONDS)
            assert not one.is_alive(), f"nobody can give {claps} claps in {RUSH_SECONDS} s"

    def go(self) -> None:
        """Send everybody home."""
        self.street.end()
        for watcher in self.watchers:
            watcher.end()

    def acknowledged_claps(self) -> Counter[Pair]:
        """The claps that were acknowledged, by post and reader."""
        return sum((one.acknowledged for one in (*self.clappers, *self._hurriers)), Counter())

    def unknown_claps(self) -> Counter[Pair]:
        """Those of which nobody knows."""
        return sum((one.unknown for one in (*self.clappers, *self._hurriers)), Counter())

    @property
    def deeds(self) -> dict[str, int]:
        """How much of what was acknowledged, and of how much nobody knows."""
        return {
            "claps": self.acknowledged_claps().total(),
            "comments": sum(len(texts) for one in self.commenters for texts in one.acknowledged.values()),
            "entries": sum(len(one.acknowledged) + one.counted for one in self.bookkeepers),
            "claps that nobody answered": self.unknown_claps().total(),
            "times that somebody came back to watch": sum(one.connections - 1 for one in self.watchers),
        }
