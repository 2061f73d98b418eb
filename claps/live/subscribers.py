"""One open wait: a socket, the wire it speaks, and what it waits for. Tens of thousands of these are kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from claps.live.framing import MessageReader
    from claps.live.returning import Rest
    from claps.live.watches import Watch
    from claps.live.wires import Wire
    from claps.plain.people import Reader


class Subscriber:
    """One open wait.

    Every attribute costs eight bytes times everybody who reads; what only few need is in ``unsent``,
    ``parser`` or ``rest``, which are None for the others.
    """

    __slots__ = (
        "alive", "counted", "due", "fd", "parser", "reader", "rest", "seen", "unsent", "watches", "wire",
    )

    def __init__(self, fd: int, wire: Wire, reader: Reader | None) -> None:
        self.fd = fd
        self.wire = wire
        self.reader = reader
        self.watches: tuple[Watch, ...] = ()
        self.counted: Watch | None = None
        self.parser: MessageReader | None = None
        self.unsent: Unsent | None = None
        self.rest: Rest | None = None
        self.due = 0
        self.seen = True
        self.alive = True


class Unsent:
    """What a slow subscriber's socket did not take.

    ``tail`` is the rest of what was begun, and log events and acknowledgements behind it, in order;
    ``stale`` are the state topics whose newest must be told when the tail is gone, and only then.
    """

    __slots__ = ("ending", "since", "stale", "tail")

    def __init__(self, tail: bytes) -> None:
        self.tail = bytearray(tail)
        self.stale: dict[Any, None] = {}
        self.since = time.monotonic()
        self.ending = False
