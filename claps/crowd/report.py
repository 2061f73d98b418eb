"""What a crowd has seen, as a table for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from claps.crowd.counts import Counts
from claps.crowd.sightings import DASHBOARD, EVERY_WIRE, Sights, measure
from claps.crowd.simulation import Simulation

POSTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class People:
    """What those with accounts did, and what the site has of it.

    :ivar done: by kind, what was acknowledged.
    :ivar faults: what is missing, or too much.
    """

    count: int
    done: dict[str, int]
    refused: int
    unanswered: int
    times: Sights
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The dashboard of a writer of the crowd's own.

    :ivar sights: how long claps took to move it.
    :ivar faults: what it said in the end that was not acknowledged.
    """

    sights: Sights
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """What was written into the realtime table, and whether all who watch it have it as it is.

    :ivar told: how many changes all watchers together were told.
    :ivar times: from put to watcher.
    :ivar faults: who has it otherwise.
    """

    watchers: int
    sent: int
    acknowledged: int
    told: int
    refused: int
    unanswered: int
    times: Sights
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of one simulation.

    ``busy`` is the share of a processor that the crowd itself took while it clapped: near 1 it measures itself.
    ``claps_left`` stay with posts that are not the crowd's own.
    """

    readers: int
    watching: int
    posts: int
    seconds: float
    sent: int
    acknowledged: int
    refused: int
    unanswered: int
    updates: int
    sights: dict[str, Sights]
    unseen: int
    connections_lost: int
    busy: float
    counts: tuple[Counts, ...]
    people: People
    table: Tables
    dashboard: Dashboard | None = None
    claps_left: int = 0

    @property
    def claps_agree(self) -> bool:
        """True when every count is one number everywhere, and no clap that was acknowledged is missing."""
        return all(post.agree and not post.lost for post in self.counts)

    @property
    def agree(self) -> bool:
        """True when that is so of claps, of what people did, of the dashboard, and of the table that some watched."""
        return self.claps_agree and not (self.people.faults or _faults_of(self.dashboard) or self.table.faults)


def sum_up(
    simulation: Simulation, counts: Sequence[Counts], faults: Sequence[str], desk_faults: Sequence[str],
    table_faults: Sequence[str], *, busy: float,
) -> Outcome:
    """Put together what happened."""
    company, desk, board = simulation.company, simulation.desk, simulation.board
    applause, shown, sights = simulation.applause, simulation.shown(), measure(simulation.posts)
    return Outcome(
        readers=simulation.plan.readers,
        watching=simulation.audience.watching,
        posts=len(simulation.posts),
        seconds=simulation.clapped_seconds,
        sent=applause.sent,
        acknowledged=applause.acknowledged,
        refused=applause.refused,
        unanswered=applause.unanswered + applause.outstanding,
        updates=simulation.updates,
        sights=sights,
        unseen=sum(post.unseen_by(shown[post.id]) for post in simulation.posts),
        connections_lost=simulation.audience.lost,
        busy=busy,
        counts=tuple(counts),
        people=People(
            len(company.members), dict(company.acknowledged), company.refused,
            company.unanswered + company.outstanding, company.times(), tuple(faults),
        ),
        table=Tables(
            len(board.watchers), board.sent, board.acknowledged, board.told, board.refused,
            board.unanswered + board.outstanding, board.times, tuple(table_faults),
        ),
        dashboard=None if desk is None else Dashboard(sights.get(DASHBOARD, Sights()), tuple(desk_faults)),
        claps_left=sum(post.acknowledged for post in simulation.posts if desk is None or post is not desk.post),
    )


def show(outcome: Outcome, console: Console) -> None:
    """Print the table, and where counts differ the posts concerned."""
    table = Table(title="What the crowd saw", show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column()
    claps = [*_rows_of_claps(outcome), *_rows_of_sights(outcome), *_rows_of_dashboard(outcome.dashboard)]
    people = [*_rows_of_people(outcome.people), *_rows_of_table(outcome.table)]
    for row in [*claps, *_rows_of_counts(outcome), *people]:
        table.add_row(*row)
    console.print(table)
    for fault in outcome.table.faults[:POSTS_SHOWN]:
        console.print(fault)
    differing = [post for post in outcome.counts if not post.agree or post.lost]
    for fault in (*_faults_of(outcome.dashboard), *outcome.people.faults[:POSTS_SHOWN]):
        console.print(fault)
    if outcome.claps_left:
        console.print(
            f"{outcome.claps_left:,} claps stay with posts of others. They come from a machine, and may be marked as "
            "that on the dashboards of those writers within some minutes; a button there takes them out of the count."
        )
    if differing:
        console.print(_table_of(differing[:POSTS_SHOWN]))
        console.print("Are CLAPS_DATABASE_URL, CLAPS_REDIS_URL and CLAPS_VAR here the ones of that site?")


def _rows_of_claps(outcome: Outcome) -> list[tuple[str, str, str]]:
    pace = outcome.sent / outcome.seconds if outcome.seconds else 0
    rows = [
        ("readers", f"{outcome.watching:,}", f"of {outcome.readers:,}, on {outcome.posts:,} posts"),
        ("sent", f"{outcome.sent:,}", f"claps in {outcome.seconds:.1f} s, {pace:,.0f} a second"),
        ("acknowledged", f"{outcome.acknowledged:,}", ""),
        ("refused", f"{outcome.refused:,}", ""),
    ]
    if outcome.unanswered:
        rows.append(("unanswered", f"{outcome.unanswered:,}", "counted or not, nobody was told"))
    return rows


def _rows_of_sights(outcome: Outcome) -> list[tuple[str, str, str]]:
    sights = outcome.sights[EVERY_WIRE]
    each = outcome.updates / outcome.seconds if outcome.seconds else 0
    rows = [("delivered", f"{outcome.updates:,}", f"updates to readers, {each:,.0f} a second")]
    if sights.pairs:
        rows += [
            ("clap to sight, p50", f"{sights.p50:,} ms", f"over {sights.pairs:,} pairs of clap and reader"),
            ("p95", f"{sights.p95:,} ms", ""),
            ("p99", f"{sights.p99:,} ms", ""),
            ("max", f"{sights.most:,} ms", ""),
        ]
    for wire, part in outcome.sights.items():
        if wire not in (EVERY_WIRE, DASHBOARD) and part.pairs < sights.pairs:
            spelled = f"p95 {part.p95:,}, p99 {part.p99:,}, max {part.most:,} ms"
            rows.append((f"by {wire}, p50", f"{part.p50:,} ms", spelled))
    if outcome.unseen:
        rows.append(("never seen", f"{outcome.unseen:,}", "pairs of clap and reader"))
    if outcome.connections_lost:
        rows.append(("connections lost", f"{outcome.connections_lost:,}", "and opened again"))
    rows.append(("crowd’s own work", f"{outcome.busy:.0%}", "of one processor"))
    return rows


def _faults_of(dashboard: Dashboard | None) -> tuple[str, ...]:
    return () if dashboard is None else dashboard.faults


def _rows_of_dashboard(dashboard: Dashboard | None) -> list[tuple[str, str, str]]:
    if dashboard is None:
        return []
    sights = dashboard.sights
    spelled = f"p99 {sights.p99:,}, max {sights.most:,} ms, over {sights.pairs:,} claps for a note of the crowd’s own"
    return [
        ("clap to dashboard, p50", f"{sights.p50:,} ms", spelled),
        ("dashboard", "NOT SO" if dashboard.faults else "agrees", "totals, last 30 minutes with what was acknowledged"),
    ]


def _rows_of_counts(outcome: Outcome) -> list[tuple[str, str, str]]:
    counted = sum(post.counted for post in outcome.counts)
    known = ["readers"]
    known += ["Redis"] if all(post.redis is not None for post in outcome.counts) else []
    known += ["SQL"] if all(post.rows is not None for post in outcome.counts) else []
    missing = [name for name in ("Redis", "SQL") if name not in known]
    lost = sum(post.lost for post in outcome.counts)
    rows = [
        ("counted", f"{counted:,}", f"claps added; {lost:,} acknowledged ones are missing" if lost else "claps added"),
        ("final counts", "agree" if outcome.claps_agree else "DIFFER", f"in the view of {', '.join(known)}"),
    ]
    if missing:
        rows.append(("not compared", "", f"{', '.join(missing)}: cannot be read with these settings"))
    return rows


def _rows_of_people(people: People) -> list[tuple[str, str, str]]:
    if not people.count:
        return []
    done = {kind: f"{people.done.get(kind, 0):,}" for kind in ("comment", "like", "follow", "look")}
    lost = [(word, count) for word, count in (("refused", people.refused), ("unanswered", people.unanswered)) if count]
    times = f"p50 {people.times.p50:,}, p95 {people.times.p95:,}, max {people.times.most:,} ms"
    return [
        ("people", f"{people.count:,}", "; ".join([times, *(f"{count:,} {word}" for word, count in lost)])),
        ("comments", done["comment"], f"{done['like']} likes, {done['follow']} follows, {done['look']} looks at lists"),
        ("kept", "NOT SO" if people.faults else "once each", "in the view of what each of them can download"),
    ]


def _rows_of_table(table: Tables) -> list[tuple[str, str, str]]:
    if not table.watchers:
        return []
    lost = [(word, count) for word, count in (("refused", table.refused), ("unanswered", table.unanswered)) if count]
    changes = [f"of {table.sent:,} changes of a table", *(f"{count:,} {word}" for word, count in lost)]
    times = f"p50 {table.times.p50:,}, p99 {table.times.p99:,}, max {table.times.most:,} ms from put to watcher"
    same = "DIFFER" if table.faults else "the same"
    return [
        ("put", f"{table.acknowledged:,}", "; ".join(changes)),
        ("told to watchers", f"{table.told:,}", f"to {table.watchers:,}; {times}"),
        ("their tables", same, "as the table is in the end"),
    ]


def _table_of(differing: Sequence[Counts]) -> Table:
    table = Table(title="Where they differ", title_justify="left")
    for name in ("post", "start", "acknowledged", "readers", "Redis", "SQL post", "SQL rows"):
        table.add_column(name, justify="right")
    for post in differing:
        seen = "–".join(f"{count:,}" for count in sorted({min(post.shown), max(post.shown)})) if post.shown else "?"
        cells = ["?" if count is None else f"{count:,}" for count in (post.redis, post.row, post.rows)]
        table.add_row(str(post.post_id), f"{post.start:,}", f"{post.acknowledged:,}", seen, *cells)
    return table
