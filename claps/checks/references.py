"""Do the tables agree with each other, and is what was promised being done?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from claps.app import Core
from claps.checks.findings import Finding, ok, unsafe, unseen, warn
from claps.checks.sql import has_file
from claps.plain.errors import Unavailable
from claps.settings import ROOT
from claps.store.errands import Task, errands_failing, errands_late
from claps.store.migrations import pending
from claps.store.references import Hole, Miscount, Stray, find_holes, find_miscounts, find_strays

ABOUT = "People"
SHOWN = 5
LATE_SECONDS = 60
FAILED_TRIES = 5
_BY_HAND = "Somebody wrote to these tables by hand, or a backup was restored in part: restore all of them together."


def check_references(core: Core) -> list[Finding]:
    """Look at follows, comments, feeds, notifications and logs, and at the errands behind them."""
    try:
        if not has_file(core) or pending(core.database, ROOT / "migrations"):
            return [unseen(ABOUT, "cannot be looked at before the tables are there.", "claps migrate")]
        before = datetime.now(UTC) - timedelta(seconds=LATE_SECONDS)
        with core.database.reading():
            return [
                check_totals(find_miscounts(most=SHOWN)), check_strays(find_strays()),
                check_holes(find_holes(most=SHOWN)),
                check_errands(errands_late(before), errands_failing(FAILED_TRIES, limit=SHOWN)),
            ]
    except Unavailable as error:
        return [unseen(ABOUT, f"cannot be looked at: {error.message}")]


def check_totals(miscounts: Sequence[Miscount]) -> Finding:
    """Followers, follows and likes of comments are as many as their rows."""
    if not miscounts:
        return ok(ABOUT, "Everybody’s followers and follows, and each comment’s likes, are as many as their rows.")
    told = "; ".join(f"{m.whose} {m.id} has {m.name} {m.told:,}, its rows {m.counted:,}" for m in miscounts[:SHOWN])
    return unsafe(ABOUT, f"do not add up in SQL: {told}.", _BY_HAND)


def check_strays(strays: Sequence[Stray]) -> Finding:
    """What a row names is there."""
    if not strays:
        return ok(ABOUT, "Comments, feeds, bookmarks, tags, websites and notifications are of what is there.")
    return unsafe(ABOUT, f"There are {'; '.join(f'{stray.rows:,} {stray.said}' for stray in strays)}.", _BY_HAND)


def check_holes(holes: Sequence[Hole]) -> Finding:
    """Who follows a log is told every event."""
    if not holes:
        return ok(ABOUT, "The logs of comments, notifications and tables have no gap.")
    told = "; ".join(f"{hole.topic} should have {hole.told:,} events and has {hole.counted:,}" for hole in holes)
    return unsafe(ABOUT, f"Logs have gaps: {told}.", _BY_HAND)


def check_errands(late: int, failing: Sequence[Task]) -> Finding:
    """Feeds are filled and people told soon after what they are told of."""
    if failing:
        told = "; ".join(f"{task.kind} {task.id} for the {task.tries + 1}th time" for task in failing)
        return warn(
            ABOUT, f"Errands fail and are tried again: {told}. Nothing is lost, but somebody is not told.",
            "Look at the log for what they say.",
        )
    if late:
        return warn(
            ABOUT, f"{late:,} errands wait for over {LATE_SECONDS} s: feeds and notifications are behind.",
            "Start the site; if it runs, it is doing more than its processors can, or SQL is slow.",
        )
    return ok(ABOUT, "What was promised to feeds and notifications is done, or being done.")
