"""A writer's dashboard as HTML: only what has changed, and rendered once for everybody who has it open."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from itertools import islice
from typing import Any

from claps.plain.dashboard import KINDS, Desk, DeskRow
from claps.plain.limits import DESK_ROWS
from claps.plain.tallies import changed_fields

# The counts that have a place on the page: of each post, and of all together.
_ROW_PARTS = frozenset({"claps", "people", "likes", "views", "comments", "readers"})
_SUM_PARTS = _ROW_PARTS - {"people"}
_KEPT = 64

Render = Callable[..., str]


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
    return {
        "desk": desk, "shown": desk.shown(), "lately": list(zip(KINDS, desk.minutes, strict=True)),
        "ticks": desk.ticks(), "remarks": desk.remarks,
    }


def news_values(desk: Desk, known: Desk | None) -> dict[str, Any]:
    """What of a dashboard differs from the one that was seen last."""
    shown = desk.shown()
    if known is None:
        rows = [(row, _ROW_PARTS) for row in shown]
        return {
            **page_values(desk), "sums": _SUM_PARTS, "is_new_list": True, "rows": rows, "counts": [],
        }
    is_new_list = [row.post for row in shown] != [row.post for row in known.shown()]
    moved = _moved(desk, known, shown)
    ticks, counts = _ticks(desk, known)
    return {
        "desk": desk,
        "shown": shown,
        "sums": changed_fields(known.sums, desk.sums) & _SUM_PARTS,
        "lately": [
            (kind, now) for kind, now, then in zip(KINDS, desk.minutes, known.minutes, strict=True) if now != then
        ],
        "is_new_list": is_new_list,
        "rows": [(row, parts) for row, parts in moved if parts],
        "ticks": ticks,
        "counts": counts,
        "remarks": None if desk.remarks == known.remarks else desk.remarks,
    }


def _moved(desk: Desk, known: Desk, shown: tuple[DeskRow, ...]) -> list[tuple[DeskRow, frozenset[str]]]:
    seen = {row.post.id: row for row in known.shown()}
    rows = [(row, _row_parts(row, seen[row.post.id]) if row.post.id in seen else _ROW_PARTS) for row in shown]
    # Those that the dashboard does not show are for the posts' own pages: whole, for what these have missed.
    listed = {row.post.id for row in shown}
    others = (row for row in desk.rows.values() if row.post.id not in listed and _has_moved(row, known))
    return rows + [(row, _ROW_PARTS) for row in islice(others, DESK_ROWS)]


def _has_moved(row: DeskRow, known: Desk) -> bool:
    before = known.rows.get(row.post.id)
    return before is not row and (before is None or before.tally != row.tally)


def _row_parts(row: DeskRow, seen: DeskRow) -> frozenset[str]:
    if row is seen:
        return frozenset()
    changed = changed_fields(seen.tally, row.tally) & _ROW_PARTS
    return changed if row.claps_minutes == seen.claps_minutes else changed | {"minutes"}


def _ticks(desk: Desk, known: Desk) -> tuple[Any, list[Any]]:
    now, then = desk.ticks(), {tick.key: tick.count for tick in known.ticks()}
    if [tick.key for tick in now] != list(then):
        return now, []
    return None, [tick for tick in now if tick.count != then[tick.key]]
