"""Long-polls whose answers a page of another site may read: the same bytes, with lines in their heads that say so."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from claps.live.wires import Positions, Wire
from claps.plain.news import News


class ReadElsewhere(Wire):
    """The same answers as another long-poll's, with further lines in their heads."""

    stays = False
    shared_by_many_topics = False

    def __init__(self, wire: Wire, lines: tuple[str, ...]) -> None:
        super().__init__(wire.renderers)
        self.name, self.tells_snapshots = wire.name, wire.tells_snapshots
        self._wire = wire
        self._lines = "".join(f"{line}\r\n" for line in lines).encode()

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        return self._wire.tell(all_news, positions, before=before)

    def nothing_new(self, all_news: Sequence[News], positions: Positions) -> bytes:
        return self._wire.nothing_new(all_news, positions)

    def personal(self, data: bytes) -> bytes:
        status, _, rest = self._wire.personal(data).partition(b"\r\n")
        return status + b"\r\n" + self._lines + rest


@lru_cache(maxsize=500)
def elsewhere(wire: Wire, lines: tuple[str, ...]) -> Wire:
    """The wire for a page of another site: one for all who ask from there, so that they are told together.

    :param lines: what lets it read; without them nobody else's page asks, and the wire is as it was.
    """
    return ReadElsewhere(wire, lines) if lines else wire
