"""A writer's dashboard as HTML: only what has changed, and rendered once for everybody who has it open."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from claps.plain.dashboard import KINDS, Desk, DeskPost, DeskRow
from claps.plain.tallies import changed_fields

# The counts that have a place on the page: of each post, and of all together.
_ROW_PARTS = frozenset({"claps", "people", "likes", "views", "comments", "readers"})
_SUM_PARTS = _ROW_PARTS - {"people"}
# Of a post that is named only because somebody is reading it.
_ALSO_PARTS = frozenset({"readers"})
_KEPT = 64

Render = Callable[..., str]
Rows = tuple[DeskRow, ...]


class DeskHtml:
    """Renders dashboards.

    A page names its writer's topic beside the person's, and so every long-poller's answer is put together for itself;
    what is costly of it, the HTML, is the same for all, and kept for the newest few.

    :param render: renders a template by name.
    """

    def __init__(self, render: Render) -> None:
        self._render = render
        self._kept: OrderedDict[tuple[int, int, str], tuple[Desk, Desk | None, str]] = OrderedDict()
        self.rendered = 0

    def partials(self, desk: Desk, known: Desk | None) -> str:
        """The partials of what differs; of everything that moves when nothing is known."""
        return self._once(desk, known, "dashboard/_news.html", news_values)

    def frame_line(self, desk: Desk) -> str:
        """The inside of one paragraph of the frame without script."""
        return self._once(desk, None, "live/_frame_desk.html", lambda desk, known: page_values(desk))

    def _once(
        self, desk: Desk, known: Desk | None, template: str, values: Callable[[Desk, Desk | None], dict[str, Any]]
    ) -> str:
        # By identity, which is safe because what is kept holds them.
        key = (id(desk), id(known), template)
        kept = self._kept.get(key)
        if kept is not None:
            return kept[2]
        self.rendered += 1
        html = self._render(template, **values(desk, known))
        self._kept[key] = desk, known, html
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return html


def page_values(desk: Desk) -> dict[str, Any]:
    """What the page and the frame show of a dashboard."""
    shown = desk.shown()
    return {
        "desk": desk, "shown": shown, "also": desk.also_read(shown),
        "lately": list(zip(KINDS, desk.minutes, strict=True)), "ticks": desk.ticks(), "remarks": desk.remarks,
    }


def news_values(desk: Desk, known: Desk | None) -> dict[str, Any]:
    """What of a dashboard differs from the one that was seen last."""
    shown = desk.shown()
    if known is None:
        rows = [(row, _ROW_PARTS) for row in shown]
        return {
            **page_values(desk), "sums": _SUM_PARTS, "is_new_list": True, "is_new_also": True, "rows": rows,
            "counts": [],
        }
    seen = known.shown()
    also, also_seen = desk.also_read(shown), known.also_read(seen)
    is_new_also = _posts(also) != _posts(also_seen)
    moved = _moved(shown, seen, _ROW_PARTS) + ([] if is_new_also else _moved(also, also_seen, _ALSO_PARTS))
    ticks, counts = _ticks(desk, known)
    return {
        "desk": desk,
        "shown": shown,
        "also": also,
        "sums": changed_fields(known.sums, desk.sums) & _SUM_PARTS,
        "lately": [
            (kind, now) for kind, now, then in zip(KINDS, desk.minutes, known.minutes, strict=True) if now != then
        ],
        "is_new_list": _posts(shown) != _posts(seen),
        "is_new_also": is_new_also,
        "rows": [(row, parts) for row, parts in moved if parts],
        "ticks": ticks,
        "counts": counts,
        "remarks": None if desk.remarks == known.remarks else desk.remarks,
    }


def _posts(rows: Rows) -> list[DeskPost]:
    return [row.post for row in rows]


def _moved(rows: Rows, seen: Rows, parts: frozenset[str]) -> list[tuple[DeskRow, frozenset[str]]]:
    before = {row.post.id: row for row in seen}
    return [
        (row, _row_parts(row, before[row.post.id], parts) if row.post.id in before else parts) for row in rows
    ]


def _row_parts(row: DeskRow, seen: DeskRow, parts: frozenset[str]) -> frozenset[str]:
    if row is seen:
        return frozenset()
    changed = changed_fields(seen.tally, row.tally) & parts
    is_still = parts is _ALSO_PARTS or row.claps_minutes == seen.claps_minutes
    return changed if is_still else changed | {"minutes"}


def _ticks(desk: Desk, known: Desk) -> tuple[Any, list[Any]]:
    now, then = desk.ticks(), {tick.key: tick for tick in known.ticks()}
    if [tick.key for tick in now] != list(then):
        return now, []
    return None, [tick for tick in now if tick != then[tick.key]]
