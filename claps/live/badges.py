"""Counts in a plain ``<img>`` that move: one picture after the other in one answer that never ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from cachetools import LRUCache

from claps.live.wires import Positions, Renderers, Wire, stream_head
from claps.plain.badges import POLICY, Look, draw_badge
from claps.plain.news import News
from claps.plain.tallies import Tally
from claps.plain.topics import Topic

LOOKS_KEPT = 200
PICTURES_KEPT = 1_000
KIND = "multipart/x-mixed-replace; boundary=claps"
_NEXT = b"\r\n--claps\r\nContent-Type: image/svg+xml\r\n\r\n"


class MovingBadge(Wire):
    """``multipart/x-mixed-replace`` of SVG pictures, which Chromium and Firefox show in the place of one picture.

    Chromium shows a part, and ends the loading of the page for the first one, when it has read the head of the next: so
    each is sent with that, and not with the next picture.
    """

    name = "moving-badge"
    # Without script a picture does not come back, so nobody is moved who could stay.
    returns_soon = False
    # It may stand in any page: who sees it reads nothing here.
    listed = True

    def __init__(self, renderers: Renderers, look: Look) -> None:
        super().__init__(renderers)
        self._look = look
        # The newest picture of each topic, because the sign of life is that picture again.
        self._shown: LRUCache[Topic, bytes] = LRUCache(PICTURES_KEPT)

    def opening(self, positions: Positions) -> bytes:
        anywhere = "Cross-Origin-Resource-Policy: cross-origin"
        head = stream_head(KIND, anywhere, policy=f"Content-Security-Policy: {POLICY}")
        return head + _NEXT.lstrip()

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        if before is not None and _shown(before) == _shown(all_news[-1]):
            return b""
        data = draw_badge(_shown(all_news[-1]), self._look).encode() + _NEXT
        self._shown[all_news[-1].topic] = data
        return data

    def heartbeat(self, positions: Positions) -> bytes:
        # A whole one: where a connection ends within a picture, be it an empty line, Chromium shows a broken one.
        return self._shown.get(positions[0][0], b"")


def _shown(news: News) -> int | None:
    return None if not isinstance(news.value, Tally) or news.value.is_calm else news.value.claps


def make_badges(renderers: Renderers) -> Callable[[Look], MovingBadge]:
    """Give the wire of each look: one for all who want the same, so that a picture is drawn once for them."""

    @lru_cache(maxsize=LOOKS_KEPT)
    def badge(look: Look) -> MovingBadge:
        return MovingBadge(renderers, look)

    return badge
