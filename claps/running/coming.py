"""Who comes to stay and has to be asked about waits here for a turn, so that the others are served meanwhile."""

from __future__ import annotations

import heapq
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gevent

from claps.live.breath import breathe
from claps.plain.patience import STAYING_AT_ONCE, STAYING_IN_WORK, STAYING_PER_SECOND, STAYING_WAITING

# So many come in with one turn of the loop, in which everybody else has theirs as well.
EACH_TURN = 4
# While others knock, so many of them are looked at for one that is let in: that costs about as much.
KNOCKS_FIRST = 10
BUSY_SECONDS = 0.01
# Who says no more after its request may still listen (RFC 9293, section 3.6). After so long it hardly does.
GONE_SECONDS = 1.0
One = tuple[Any, Any, Any, float]


class Coming:
    """The connections that bring a wait which only the application can let in.

    That takes a third of a millisecond, and when thousands are cut off and come back the worker would do nothing else:
    who wants a page would stand behind all of them in the kernel's queue. So they are accepted, which takes a tenth
    of that, and let in so many a second, and few while others knock; those of one address after those of another.
    When too many wait, who came last of whoever has most is turned away.

    :param turn_away: answers a connection for which there is no time.
    """

    def __init__(self, turn_away: Callable[[Any], None], *, most: int = STAYING_WAITING) -> None:
        self._turn_away = turn_away
        self._most = most
        self._waiting: OrderedDict[str, deque[One]] = OrderedDict()
        self._in_work = 0
        self._due_at = 0.0
        self._running: gevent.Greenlet[[], None] | None = None
        self.count = 0
        # How many connections were accepted so far, whatever they want; whoever accepts counts.
        self.knocks = 0
        self._last_in_at = 0

    def keep(self, server: Any, client: Any, address: Any) -> None:
        """Keep one who has just come until it is its turn, which is at once when nobody else knocks."""
        name = address[0] if isinstance(address, tuple) else ""
        self._waiting.setdefault(name, deque()).append((server, client, address, time.monotonic()))
        self.count += 1
        if self.count > self._most:
            self._make_room()
        if self._running is None:
            self._running = gevent.spawn(self._let_in)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Ask the application about one of them until the block ends."""
        self._in_work += 1
        try:
            yield
        finally:
            self._in_work -= 1

    def turn_all_away(self) -> None:
        """Let nobody of them in any more."""
        while self.count:
            self._send_away(self._take_next()[1])

    def _may_pass(self) -> bool:
        ahead_seconds = STAYING_AT_ONCE / STAYING_PER_SECOND
        return self._in_work < STAYING_IN_WORK and self._due_at - ahead_seconds <= time.monotonic()

    def _let_in(self) -> None:
        try:
            while self.count:
                knocks = self.knocks
                if self._may_pass():
                    breathe()
                    # Whoever knocks in the same turn of the loop may be heard only after this.
                    gevent.sleep(0)
                else:
                    gevent.sleep(BUSY_SECONDS)
                if self.knocks == knocks:
                    self._let_some_in(EACH_TURN)
                elif self.knocks - self._last_in_at >= KNOCKS_FIRST:
                    self._let_some_in(1)
        finally:
            self._running = None

    def _let_some_in(self, most: int) -> None:
        self._last_in_at = self.knocks
        for _ in range(min(most, self.count)):
            if not self._may_pass():
                return
            server, client, address, came_at = self._take_next()
            if server.closed or time.monotonic() - came_at > GONE_SECONDS and client.has_gone():
                self._send_away(client)
            else:
                self._due_at = max(self._due_at, time.monotonic()) + 1 / STAYING_PER_SECOND
                server.do_handle(client, address)

    def _take_next(self) -> One:
        name, those = self._waiting.popitem(last=False)
        one = those.popleft()
        if those:
            self._waiting[name] = those  # behind the others
        self.count -= 1
        return one

    def _make_room(self) -> None:
        # Several at once: looking who has most costs as much as for one.
        longest = [(-len(those), name) for name, those in self._waiting.items()]
        heapq.heapify(longest)
        for _ in range(max(1, self._most // 50)):
            length, name = longest[0]
            heapq.heapreplace(longest, (length + 1, name))
            self.count -= 1
            self._send_away(self._waiting[name].pop()[1])
            if not self._waiting[name]:
                del self._waiting[name]

    def _send_away(self, client: Any) -> None:
        self._turn_away(client)
        client.close()
