"""The laws of figures: day rows add up to the counts, hours to their days, minutes to their hours.

Each is one statement, so both sides are of the same instant, whatever is flushed meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from claps.plain.figures import BLOCK, DAY, HOUR, MINUTE
from claps.plain.limits import HOURS_KEPT, MINUTES_OF_FIGURES_KEPT
from claps.store.bulk import sum_rows
from claps.store.database import Database, bound, on_sqlite
from claps.store.figures import POST_COUNTS, WRITER_COUNTS, now_minute
from claps.store.journal_positions import lock_position

Whose = Literal["post", "writer"]
_COUNTS: dict[Whose, tuple[str, ...]] = {"post": POST_COUNTS, "writer": WRITER_COUNTS}
_TOTALS: dict[Whose, str] = {
    "post": f"SELECT id, {', '.join(POST_COUNTS)} FROM post",
    "writer": f"SELECT person.id, {', '.join(f'COALESCE(SUM(post.{name}), 0) AS {name}' for name in POST_COUNTS)}, "
    "person.followers AS follows FROM person LEFT JOIN post ON post.writer_id = person.id "
    "GROUP BY person.id, person.followers",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A count that its figures do not add up to. ``begins`` is None for the whole of it, else of one hour or day."""

    whose: Whose
    id: int
    name: str
    told: int
    counted: int
    begins: int | None = None


def find_gaps(*, most: int) -> list[Gap]:
    """Compare the counts of all posts and writers with the sum of their days, and coarser rows with finer ones.

    :param most: gaps that are returned at most, of each kind.
    """
    found: list[Gap] = []
    for whose in _COUNTS:
        found += islice(_gaps_of_totals(whose), most)
        for coarse, fine, since in _kept(now_minute()):
            found += islice(_gaps_between(whose, coarse, fine, since), most)
    return found


def settle_gaps(database: Database) -> int:
    """Put what the days lack into the opening rows; call inside a transaction; return of how many posts and writers.

    A node of a version that knew no figures leaves gaps when it flushes after the migration. What has come into the
    counts meanwhile has come into the figures as well, so a gap stays what it is while it is closed.
    """
    lock_position(database, 0)  # One at a time; else a gap would be closed twice.
    settled = 0
    for whose, columns in _COUNTS.items():
        missing: dict[int, dict[str, int]] = defaultdict(dict)
        for gap in list(_gaps_of_totals(whose)):
            missing[gap.id][gap.name] = gap.told - gap.counted
        for subject_id, counts in sorted(missing.items()):
            row = (subject_id, DAY, 0, *(counts.get(name, 0) for name in columns))
            sum_rows(f"{whose}_figure", (f"{whose}_id", "grain", "begins"), columns, [row])
        settled += len(missing)
    return settled


def _kept(now: int) -> Iterator[tuple[int, int, int]]:
    # The first block would be that of the opening rows.
    yield BLOCK, DAY, BLOCK
    yield DAY, HOUR, (now - HOURS_KEPT * HOUR) // DAY * DAY
    yield HOUR, MINUTE, (now - MINUTES_OF_FIGURES_KEPT) // HOUR * HOUR


def _gaps_of_totals(whose: Whose) -> Iterator[Gap]:
    names = _COUNTS[whose]
    sums = ", ".join(f"SUM({name}) AS {name}" for name in names)
    days = f"SELECT {whose}_id, {sums} FROM {whose}_figure WHERE grain = {DAY} GROUP BY {whose}_id"
    columns = ", ".join(f"total.{name}, COALESCE(figure.{name}, 0)" for name in names)
    for subject_id, *counts in _rows(
        f"SELECT total.id, {columns} FROM ({_TOTALS[whose]}) AS total "
        f"LEFT JOIN ({days}) AS figure ON figure.{whose}_id = total.id"
    ):
        yield from _compare(whose, subject_id, counts)


def _gaps_between(whose: Whose, coarse: int, fine: int, since: int) -> Iterator[Gap]:
    names = _COUNTS[whose]
    sums = ", ".join(f"SUM({name}) AS {name}" for name in names)
    start = f"(begins - begins % {coarse})"
    finer = f"SELECT {whose}_id, {start} AS begins, {sums} FROM {whose}_figure "
    finer += f"WHERE grain = {fine} AND begins >= {since} GROUP BY {whose}_id, {start}"
    columns = ", ".join(f"c.{name}, COALESCE(f.{name}, 0)" for name in names)
    for subject_id, begins, *counts in _rows(
        f"SELECT c.{whose}_id, c.begins, {columns} FROM {whose}_figure AS c "
        f"LEFT JOIN ({finer}) AS f ON f.{whose}_id = c.{whose}_id AND f.begins = c.begins "
        f"WHERE c.grain = {coarse} AND c.begins >= {since}"
    ):
        yield from _compare(whose, subject_id, counts, begins=int(begins))


def _compare(whose: Whose, subject_id: int, counts: list[Any], *, begins: int | None = None) -> Iterator[Gap]:
    for index, name in enumerate(_COUNTS[whose]):
        told, counted = int(counts[2 * index]), int(counts[2 * index + 1])
        if told != counted:
            yield Gap(whose, int(subject_id), name, told, counted, begins)


def _rows(text: str) -> Iterator[tuple[Any, ...]]:
    # pymysql fills in values by "%", and so reads each of them as the beginning of one.
    yield from bound.execute_sql(text if on_sqlite() else text.replace("%", "%%"))
