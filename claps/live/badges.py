"""Counts in a plain ``<img>`` that move: one picture after the other in one answer that never ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from claps.live.wires import Positions, Renderers, Wire, stream_head
from claps.plain.badges import POLICY, Look, draw_badge
from claps.plain.news import News
from claps.plain.tallies import Tally

LOOKS_KEPT = 200
_BOUNDARY = "claps"
_NEXT = f"\r\n--{_BOUNDARY}\r\n".encode()


class MovingBadge(Wire):
    """``multipart/x-mixed-replace`` of SVG pictures, which Chromium and Firefox show in the place of one picture.

    Chromium shows a part when the boundary behind it is here, so each is sent with it, and not with the next part
    (tried with Chromium 156 and Firefox 153; others show the first picture and no other).
    """

    name = "moving-badge"
    # Without script a picture does not come back, so nobody is moved who could stay.
    returns_soon = False
    # It may stand in any page: who sees it reads nothing here.
    listed = True

    def __init__(self, renderers: Renderers, look: Look) -> None:
        super().__init__(renderers)
        self._look = look

    def opening(self, positions: Positions) -> bytes:
        kind = f"multipart/x-mixed-replace; boundary={_BOUNDARY}"
        anywhere = "Cross-Origin-Resource-Policy: cross-origin"
        return stream_head(kind, anywhere, policy=f"Content-Security-Policy: {POLICY}") + _NEXT[2:]

    def tell(self, all_news: Sequence[News], positions: Positions, *, before: News | None) -> bytes:
        if before is not None and _shown(before) == _shown(all_news[-1]):
            return b""
        data = draw_badge(_shown(all_news[-1]), self._look).encode()
        return f"Content-Type: image/svg+xml\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data + _NEXT

    def heartbeat(self, positions: Positions) -> bytes:
        # A line more in the head of the picture that comes next: seen by whoever sits between, and by nobody else.
        return b"X-Claps: here\r\n"


def _shown(news: News) -> int | None:
    return None if not isinstance(news.value, Tally) or news.value.is_calm else news.value.claps


def make_badges(renderers: Renderers) -> Callable[[Look], MovingBadge]:
    """Give the wire of each look: one for all who want the same, so that a picture is drawn once for them."""

    @lru_cache(maxsize=LOOKS_KEPT)
    def badge(look: Look) -> MovingBadge:
        return MovingBadge(renderers, look)

    return badge
