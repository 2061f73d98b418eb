"""The course of a simulation: readers gather, guests clap, everybody gets to see it."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from claps.crowd.clappers import (
    CLAPS_PER_SOCKET_SECOND,
    HTTP_CLAPPERS,
    SOCKET_CLAPPERS,
    Applause,
)
from claps.crowd.connections import Loop
from claps.crowd.desks import DeskWatcher, Writer
from claps.crowd.people import Company
from claps.crowd.readers import Audience, PollReader, Reader, SocketReader
from claps.crowd.sightings import UNSEEN, WatchedPost
from claps.crowd.tables import WRITERS, Board
from claps.crowd.targets import Target, source_addresses

UNDER_WAY = 200
GATHER_SECONDS = 30
READERS_PER_SECOND = 200
SETTLE_SECONDS = 10
TELL_SECONDS = 0.2
LAG_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for.

    ``long_poll`` is the share of readers without WebSocket, ``sockets`` the share of claps that go up one. ``people``
    have accounts, and comment, like, follow and look at lists. One of them has a realtime table and writes to it;
    ``watchers`` follow it.
    """

    readers: int = 2_000
    claps_per_second: float = 300.0
    seconds: float = 30.0
    long_poll: float = 0.1
    sockets: float = 0.5
    people: int = 10
    acts_per_second: float = 5.0
    watchers: int = 10
    puts_per_second: float = 5.0

    @property
    def socket_clappers(self) -> int:
        """How many guests clap over WebSockets."""
        wanted = int(self.claps_per_second * self.sockets / CLAPS_PER_SOCKET_SECOND) + 1
        return min(SOCKET_CLAPPERS, wanted) if self.sockets else 0

    @property
    def clappers(self) -> int:
        """The most connections that clapping may take."""
        return self.socket_clappers + HTTP_CLAPPERS + self.people + self.watchers + WRITERS


@dataclass(frozen=True, slots=True)
class Moment:
    """Where it stands; ``clapped_seconds`` is how much of the clapping is over."""

    watching: int
    clapped_seconds: float
    sent: int
    acknowledged: int
    refused: int
    updates: int


Tell = Callable[[Moment], None]


class Simulation:
    """One crowd, from its first reader to its last.

    :param tell: called some times a second with where it stands.
    :param writer: whose note is clapped for as well, and whose dashboard is watched meanwhile.
    """

    def __init__(
        self, plan: Plan, target: Target, post_ids: Sequence[int], *, tell: Tell, writer: Writer | None = None
    ) -> None:
        self.plan = plan
        self.posts = [WatchedPost(post_id) for post_id in post_ids]
        self.stopped = False
        self.clapped_seconds = 0.0
        self.loop = Loop(target)
        self.desk = None if writer is None else DeskWatcher(self.loop, writer, self._add_post(writer.post_id))
        self.audience = Audience(self.loop)
        self._tell = tell
        self._told_at = 0.0
        self._updates_before = 0
        self.readers = self._make_readers(target)
        self.applause = Applause(self.loop, self.posts, socket_clappers=plan.socket_clappers)
        self.company = Company(self.loop, self.posts, people=plan.people)
        self.board = Board(self.loop, self.company, watchers=plan.watchers)

    @property
    def updates(self) -> int:
        """How many counts readers were told since the clapping began."""
        return self.audience.updates - self._updates_before

    def stop(self) -> None:
        """End early: what is under way is still waited for."""
        self.stopped = True

    def gather(self) -> None:
        """Connect the readers, some hundred at a time, until all of them see their post, or patience is out."""
        waiting = deque(self.readers)
        deadline = time.monotonic() + GATHER_SECONDS + self.plan.readers / READERS_PER_SECOND
        started = 0
        if self.desk is not None:
            self.desk.open()
        while not self.stopped and time.monotonic() < deadline:
            while waiting and started - self.audience.watching < UNDER_WAY:
                waiting.popleft().open()
                started += 1
            if self.audience.watching == len(self.readers) and self._clappers_are_there() and self._desk_is_there():
                break
            self._turn(0.05)

    def clap(self) -> None:
        """Clap at the plan's pace; where answers take too long, the pace drops, and it shows in what was sent."""
        for post in self.posts:
            post.start = max((reader.claps for reader in self.readers if reader.post is post), default=post.start)
        self._updates_before = self.audience.updates
        began = time.monotonic()
        done = acts = puts = 0
        pause = min(0.05, max(0.002, 0.5 / self.plan.claps_per_second))
        while not self.stopped and self.clapped_seconds < self.plan.seconds:
            due = int(self.clapped_seconds * self.plan.claps_per_second)
            # What could not be sent for a second is not made up for: nobody claps twice because a page hung.
            done = max(done, due - int(self.plan.claps_per_second * LAG_SECONDS))
            while done < due and self._clap_once():
                done += 1
            while acts < int(self.clapped_seconds * self.plan.acts_per_second) and self.company.act():
                acts += 1
            while puts < int(self.clapped_seconds * self.plan.puts_per_second) and self.board.write():
                puts += 1
            self._turn(pause)
            self.clapped_seconds = min(self.plan.seconds, time.monotonic() - began)

    def settle(self) -> None:
        """Wait until everything is answered and every reader sees the last clap, at most ten seconds."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline and (
            self.applause.outstanding or self.company.outstanding or self.board.outstanding
            or self.readers_behind() or self.desk_is_behind()
        ):
            self.wait(0.1)

    def wait(self, seconds: float) -> None:
        """Let the crowd go on looking for some time."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._turn(left)

    def readers_behind(self) -> int:
        """How many readers do not see the last acknowledged clap of their post."""
        return sum(reader.claps < reader.post.goal for reader in self.readers)

    def desk_is_behind(self) -> bool:
        """True when the dashboard does not show the last acknowledged clap."""
        return self.desk is not None and self.desk.claps < self.desk.post.goal

    def shown(self) -> dict[int, list[int]]:
        """What the readers' pages show now, by post; without those who never saw anything."""
        shown: dict[int, list[int]] = {post.id: [] for post in self.posts}
        for reader in self.readers:
            if reader.claps >= 0:
                shown[reader.post.id].append(reader.claps)
        return shown

    def tell(self) -> None:
        """Say where it stands."""
        applause = self.applause
        self._tell(
            Moment(
                self.audience.watching, self.clapped_seconds, applause.sent, applause.acknowledged,
                applause.refused, self.updates,
            )
        )

    def close(self) -> None:
        """Everybody leaves."""
        self.loop.close()

    def leave(self) -> int:
        """Let everybody delete the account, with all that belongs to it; return how many are still there."""
        return self.company.leave() + (self.desk is not None and not self.desk.leave())

    def _make_readers(self, target: Target) -> list[Reader]:
        sources = source_addresses(target, self.plan.readers)
        pollers = round(self.plan.readers * self.plan.long_poll)
        kinds: list[type[Reader]] = [PollReader] * pollers + [SocketReader] * (self.plan.readers - pollers)
        random.shuffle(kinds)
        return [
            kind(self.audience, self.posts[number % len(self.posts)], sources[number % len(sources)])
            for number, kind in enumerate(kinds)
        ]

    def _add_post(self, post_id: int) -> WatchedPost:
        self.posts.append(WatchedPost(post_id))
        return self.posts[-1]

    def _desk_is_there(self) -> bool:
        return self.desk is None or self.desk.claps != UNSEEN

    def _clappers_are_there(self) -> bool:
        return self.applause.sockets_open == self.plan.socket_clappers

    def _clap_once(self) -> bool:
        if random.random() < self.plan.sockets:
            return self.applause.clap_by_socket()
        return self.applause.clap_by_http()

    def _turn(self, seconds: float) -> None:
        self.loop.turn(seconds)
        now = time.monotonic()
        if now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            self.tell()
