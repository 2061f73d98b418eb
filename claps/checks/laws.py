"""Do the laws of counting hold now, and do Redis and SQL belong to each other?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from claps.app import Core
from claps.checks.findings import Finding, ok, unsafe, unseen, warn
from claps.checks.sql import has_file
from claps.hot.inspection import JournalFacts, read_journal
from claps.plain.errors import Unavailable
from claps.plain.figures import time_of
from claps.plain.limits import JOURNAL_ENTRIES
from claps.plain.versions import epoch_text
from claps.settings import ROOT
from claps.store.figure_laws import Gap, find_gaps
from claps.store.journal_positions import Position, all_positions
from claps.store.laws import Drift, count_impossible_claps, find_drifts
from claps.store.migrations import pending

ABOUT = "Counts"
SHOWN = 5
LATE_SECONDS = 60
LOOKS, LOOK_SECONDS = 4, 0.5


def check_laws(core: Core) -> list[Finding]:
    """Look whether SQL adds up, and how far the journal has come."""
    try:
        if not has_file(core) or pending(core.database, ROOT / "migrations"):
            return [unseen(ABOUT, "cannot be added up before the tables are there.", "claps migrate")]
        with core.database.reading():
            found = [
                check_sums(find_drifts(most=SHOWN)), check_figures(find_gaps(most=SHOWN)),
                check_rows(count_impossible_claps()),
            ]
    except Unavailable as error:
        return [unseen(ABOUT, f"cannot be added up: {error.message}")]
    return [*found, *_check_journals(core)]


def _check_journals(core: Core) -> list[Finding]:
    try:
        return check_journals(lambda: _read_journals(core), now=time.time())
    except Unavailable as error:
        return [unseen(ABOUT, f"The journal cannot be looked at: {error.message}")]


def check_sums(drifts: Sequence[Drift]) -> Finding:
    """A post's counts are the sums of their rows."""
    if not drifts:
        return ok(ABOUT, "Every post’s claps, people, likes and comments are the sums of their rows in SQL.")
    told = "; ".join(f"post {d.post_id} has {d.name} {d.told:,}, its rows {d.counted:,}" for d in drifts[:SHOWN])
    return unsafe(
        ABOUT, f"do not add up in SQL: {told}.",
        "Somebody wrote to these tables by hand, or a backup was restored in part: restore all of them together.",
    )


def check_figures(gaps: Sequence[Gap]) -> Finding:
    """Figures add up: days to the counts, hours to days, minutes to hours."""
    if not gaps:
        return ok(ABOUT, "Figures by day, hour and minute add up to the counts of every post and writer.")
    told = "; ".join(_tell_gap(gap) for gap in gaps[:SHOWN])
    return unsafe(
        ABOUT, f"The figures of posts and writers do not add up: {told}.",
        "“claps migrate” puts what days lack into the opening rows: a node of an older version may still have counted "
        "after the migration. If it comes again, somebody writes to these tables by hand.",
    )


def _tell_gap(gap: Gap) -> str:
    of = "in all" if gap.begins is None else f"from {time_of(gap.begins):%Y-%m-%d %H:%M}"
    return f"{gap.whose} {gap.id} has {gap.name} {gap.told:,} {of}, its figures {gap.counted:,}"


def check_rows(impossible: int) -> Finding:
    """Nobody gives less than one clap or more than fifty."""
    if not impossible:
        return ok(ABOUT, "No reader has given a post more than 50.")
    return unsafe(
        ABOUT, f"{impossible:,} readers have given a post more than 50 claps, or none.",
        "Somebody wrote to the table clap by hand: restore it.",
    )


def check_journals(read: Callable[[], list[tuple[Position, JournalFacts]]], *, now: float) -> list[Finding]:
    """Redis and SQL must be of one epoch, and SQL not ahead of Redis; a flush under way is waited for."""
    strange: list[str] = []
    for look in range(LOOKS):
        if look:
            time.sleep(LOOK_SECONDS)
        pairs = read()
        strange = [text for position, journal in pairs if (text := find_strange(position, journal))]
        if not strange:
            break
    if strange:
        return [
            unsafe(
                ABOUT, f"Redis and SQL do not belong together: {'; '.join(strange[:SHOWN])}.",
                "Look whether CLAPS_REDIS_URL and CLAPS_DATABASE_URL are one site’s, and no other site uses them; "
                "restarting that Redis makes the workers compare both again.",
            )
        ]
    return [_check_lag(pairs, now), *_check_length(pairs)]


def find_strange(position: Position, journal: JournalFacts) -> str:
    """Say what cannot be of a shard's two sides, or nothing."""
    if not journal.verified:
        return ""  # Nobody has compared it since that Redis started; the first clap or look does.
    epoch = epoch_text(position.epoch)
    if journal.epoch != epoch:
        return f"shard {position.shard} is in epoch {journal.epoch} there and {epoch} here"
    if parse_id(journal.last_id or "0-0") < parse_id(position.entry_id):
        return f"shard {position.shard}’s journal ends at {journal.last_id}, and SQL is at {position.entry_id}"
    return ""


def parse_id(entry_id: str) -> tuple[int, int]:
    """A journal id as numbers that compare: milliseconds of Redis' clock, and a number within them."""
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)


def _check_lag(pairs: Sequence[tuple[Position, JournalFacts]], now: float) -> Finding:
    waiting = [journal for position, journal in pairs if _waits(position, journal)]
    if not waiting:
        return ok(ABOUT, "Everything in the journal is in SQL.")
    entries = sum(journal.entries for journal in waiting)
    oldest = min(parse_id(journal.first_id or "0")[0] for journal in waiting) / 1000
    seconds = max(0.0, now - oldest)
    if seconds < LATE_SECONDS:
        return ok(ABOUT, f"{entries:,} journal entries are on their way into SQL.")
    return warn(
        ABOUT, f"{entries:,} journal entries wait for SQL, the oldest for {seconds:,.0f} s: safe, but not flushed.",
        "Start the site, or run “claps flush”; if it runs, look at its log.",
    )


def _waits(position: Position, journal: JournalFacts) -> bool:
    if not journal.entries or journal.last_id is None:
        return False
    return not journal.verified or parse_id(journal.last_id) > parse_id(position.entry_id)


def _check_length(pairs: Sequence[tuple[Position, JournalFacts]]) -> list[Finding]:
    longest = max((journal.entries for _, journal in pairs), default=0)
    if longest < JOURNAL_ENTRIES // 2:
        return []
    return [
        warn(
            ABOUT, f"A journal has {longest:,} entries; at {JOURNAL_ENTRIES:,} claps are refused.",
            "The database has been away too long, or is too slow: look at the log.",
        )
    ]


def _read_journals(core: Core) -> list[tuple[Position, JournalFacts]]:
    # SQL first: what it has come to then, the journal has had before.
    with core.database.reading():
        positions = all_positions()
    return [(position, read_journal(core.redis, position.shard)) for position in positions]
