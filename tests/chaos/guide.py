"""Writes what was measured into ``docs/failures.md``, between its marks; the rest of the page is left as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.chaos import report
from tests.chaos.towns import KINDS, Kind

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "failures.md"


@dataclass(frozen=True, slots=True)
class Part:
    """A row of the table.

    :ivar towns: where it was broken, by ``faults``.
    :ivar by_itself: True when it comes back while the fault lasts, so that the time counts from the fault's begin;
        else from when somebody had mended it.
    """

    name: str
    towns: Sequence[Kind]
    faults: Sequence[str]
    by_itself: bool
    seen: str
    to_do: str
    shown_by: str


EVERYWHERE: Sequence[Kind] = tuple(KINDS)
ONE_REDIS: Sequence[Kind] = ("one-redis", "replica", "galera")
ONE_SQL: Sequence[Kind] = ("one-redis", "sentinels", "cluster")
NO_CLAPS = "Pages as ever; claps are answered 503 with Retry-After"
NO_WRITING = "Pages from kept copies, claps and live counts as ever; writing is answered 503"
PARTS: Sequence[Part] = (
    Part(
        "A worker, a node (no state)", EVERYWHERE,
        ("kill a worker", "kill a node", "kill flushers"), True,
        "A request under way fails; sockets come back by themselves and miss nothing",
        "Nothing; the supervisor and systemd start it again", "`claps_workers`, `claps_started_seconds`",
    ),
    Part(
        "A worker or node that hangs", EVERYWHERE, ("freeze a worker", "freeze flushers", "freeze a node"), True,
        "Who is connected to it waits, until the balancer or gunicorn gives it up",
        "Look for what it waits for; kill -9 loses nothing", "`claps_workers_silent`, or the scrape times out",
    ),
    Part(
        "The load balancer (no state)", EVERYWHERE, ("kill the balancer", "freeze the balancer"), False,
        "Nothing answers; open pages try again by themselves", "Start it; two of them with a floating address",
        "its own; `claps_subscribers` falls everywhere at once",
    ),
    Part(
        "The load balancer, reloaded", EVERYWHERE, ("reload the balancer",), True,
        "Next to nothing; who watches comes back once, within seconds", "`systemctl reload haproxy`",
        "its own; `claps_subscribers`",
    ),
    Part(
        "Redis, one", ONE_REDIS, ("kill redis", "freeze redis"), False, NO_CLAPS,
        "Start it with the file that it had", "`/readyz` “down: redis”, `claps_redis_errors_total`",
    ),
    Part(
        "Redis, its disk full", ONE_REDIS, ("fill the disk of redis",), False, NO_CLAPS,
        "Make room, start it: with `appendfsync always` it ends rather than acknowledge what it cannot keep",
        "`/readyz` “down: redis”; free bytes of its disk",
    ),
    Part(
        "Redis, restored from an old copy", ONE_REDIS,
        ("bring back an old redis", "bring back an hour old redis"), False,
        "Nothing but the time that it takes", "Stop the nodes, `claps flush`, restore, start: counts are read from SQL",
        "`claps_journal_entries`",
    ),
    Part(
        "Redis with Sentinels, the primary", ("sentinels",),
        ("kill the redis primary", "freeze the redis primary", "cut off the redis primary"), True,
        NO_CLAPS + " until one is promoted", "Bring the old one back; it follows by itself",
        "`claps_redis_errors_total`, Redis’s `connected_slaves`",
    ),
    Part(
        "Redis with Sentinels, a replica or a Sentinel", ("sentinels",),
        ("kill a redis replica", "freeze a redis replica", "kill a sentinel", "freeze a sentinel"), False,
        "Nothing", "Bring it back; it finds its place by itself", "Redis’s `connected_slaves`, `SENTINEL CKQUORUM`",
    ),
    Part(
        "Redis Cluster, a shard", ("cluster",), ("kill a shard", "freeze a shard", "cut off a shard"), False,
        "Pages as ever; claps for a third of the posts are answered 503, under `replica` until it has a copy again",
        "Bring the lost node back, or give every shard two replicas",
        "`claps_redis_errors_total`, `claps_shards_unheard`",
    ),
    Part(
        "Redis Cluster, a shard’s replica", ("cluster",),
        ("kill a shards replica", "freeze a shards replica", "cut off a shards replica"), False,
        "Under `replica` claps for a third of the posts are answered 503", "Bring it back, or give every shard two",
        "`claps_redis_errors_total`, Redis’s `connected_slaves`",
    ),
    Part(
        "MariaDB, one", ONE_SQL, ("kill sql", "freeze sql"), False, NO_WRITING,
        "Start it; the journal is carried in", "`/readyz` “down: sql”, `claps_journal_age_seconds` grows",
    ),
    Part(
        "MariaDB, its disk full", ("one-redis",), ("fill the disk of sql",), False, NO_WRITING,
        "Make room; nothing has to be started", "`claps_journal_age_seconds` grows; free bytes of its disk",
    ),
    Part(
        "MariaDB with a replica, the primary", ("replica",),
        ("kill the sql primary", "freeze the sql primary", "cut off the sql primary", "change the sql primary"), False,
        NO_WRITING, "`promote_sql.py promote two`, later `follow one`",
        "`/readyz` “down: sql”, `claps_journal_age_seconds` grows",
    ),
    Part(
        "MariaDB with a replica, the replica", ("replica",), ("kill the sql replica", "freeze the sql replica"), False,
        NO_WRITING,
        "Start it and `promote_sql.py follow two`; or let commits go on alone, at a risk: `SET GLOBAL "
        "rpl_semi_sync_master_enabled = OFF`", "`Rpl_semi_sync_master_clients` 0",
    ),
    Part(
        "Galera, a server of three", ("galera",),
        ("kill a galera server", "freeze a galera server", "cut off a galera server"), True,
        NO_WRITING + " until the others go on without it", "Start it; it fetches what it missed",
        "`wsrep_cluster_size` 2",
    ),
    Part(
        "The balancer in front of SQL", ("replica", "galera"),
        ("kill the sql balancer", "freeze the sql balancer"), False,
        NO_WRITING, "Start it", "`/readyz` “down: sql” on all nodes",
    ),
    Part(
        "A node’s way to SQL or Redis", EVERYWHERE,
        (
            "cut the way to sql", "slow the way to sql", "lose packets to sql", "drop all packets to sql",
            "cut the way to redis", "slow the way to redis", "lose packets to redis", "drop all packets to redis",
        ), False,
        "As when that part is away, at this node alone", "Take the node out of the balancer (`/readyz` says it)",
        "`/readyz` of one node alone",
    ),
    Part(
        "A node’s clock, an hour off", EVERYWHERE, ("jump a clock",), True, "Nothing", "Set it (chrony)",
        "the node’s own time: chrony’s, or node_exporter’s",
    ),
    Part(
        "Nodes, or all there is, restarted in turn", EVERYWHERE,
        ("restart nodes in turn", "restart everything in turn"), False,
        "With two of a part next to nothing; else as when it is away",
        "One after the other, each when `/readyz` of the last one says so", "`/readyz`",
    ),
)


def fill(page: Path = PAGE) -> None:
    """Write every marked part anew from the results that are kept."""
    told = {kind: report.read(kind) for kind in KINDS}
    text = page.read_text()
    blocks = {"parts": _parts(told), "faults": _faults(told), "runs": _runs(told), "promises": _promises()}
    for name, lines in blocks.items():
        pattern = rf"(<!-- measured: {name} -->\n).*?(<!-- end -->)"
        found = re.search(pattern, text, flags=re.DOTALL)
        assert found, f"{page} has no mark for {name}"
        text = f"{text[:found.start()]}{found[1]}{_join(lines)}{found[2]}{text[found.end():]}"
    page.write_text(text)


def _parts(told: dict[Kind, dict[str, Any]]) -> list[str]:
    lines = [
        "| part | acknowledged acts lost | back after | what people see | what you do | what shows it |",
        "|---|---|---|---|---|---|",
    ]
    for part in PARTS:
        towns = [kind for kind in part.towns if _named(told[kind], part.faults)]
        ones = [one for kind in towns for one in _named(told[kind], part.faults)]
        if not ones:
            continue
        key = "failing_seconds" if part.by_itself else "recovery_seconds"
        times = [one[key] for one in ones]
        since = "by itself" if part.by_itself else "after it was mended"
        back = f"{median(times):.1f} s {since} (worst {max(times):.1f} s; {len(ones)} times)"
        lost = f"{sum(told[kind]['lost'] for kind in towns)} of {sum(map(_count_acts, map(told.get, towns))):,}"
        lines.append(f"| {part.name} | {lost} | {back} | {part.seen} | {part.to_do} | {part.shown_by} |")
    return lines


def _faults(told: dict[Kind, dict[str, Any]]) -> list[str]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in told.values():
        for name, ones in report.by_name(one).items() if one else ():
            found.setdefault(name, []).extend(ones)
    lines = [
        "| fault | times | lasted (s) | claps (%) | pages (%) | writing (%) | last failure after its begin | its end |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, ones in sorted(found.items()):
        lasted = median(one["lasted_seconds"] for one in ones)
        times = [_middle_and_worst(one[key] for one in ones) for key in ("failing_seconds", "recovery_seconds")]
        shares = " | ".join(report.answered_percents(ones))
        lines.append(f"| {name} | {len(ones)} | {lasted:.1f} | {shares} | {times[0]} | {times[1]} |")
    return lines


def _runs(told: dict[Kind, dict[str, Any]]) -> list[str]:
    lines = [
        "| town | faults | seed | minutes | requests | answered | claps | comments | entries | lost | twice |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for kind, one in told.items():
        if one:
            figures = [f"{one[name]:,}" for name in ("claps", "comments", "entries", "lost", "twice")]
            lines.append(
                f"| `{kind}`: {KINDS[kind]} | {one['faults']} | {one['seed']} | {one['minutes']} | "
                f"{one['requests']:,} | {one['answered_percent']} % | {' | '.join(figures)} |"
            )
    faults = sum(one["faults"] for one in told.values() if one)
    return [*lines, "", f"{faults} faults in all."]


def _promises() -> list[str]:
    lines = ["| `CLAPS_ACK` | acknowledged while no replica followed | refused | lost |", "|---|---|---|---|"]
    for one in report.read("promises").get("losses", []):
        lines.append(f"| `{one['ack']}` | {one['acknowledged']} | {one['refused']} | {one['lost']} |")
    return lines


def _named(told: dict[str, Any], names: Iterable[str]) -> list[dict[str, Any]]:
    return [one for one in told.get("by_fault", []) if one["name"] in names]


def _count_acts(told: dict[str, Any] | None) -> int:
    return sum((told or {}).get(name, 0) for name in ("claps", "comments", "entries"))


def _middle_and_worst(values: Iterable[float]) -> str:
    all_of_them = list(values)
    return f"{median(all_of_them):.1f}, worst {max(all_of_them):.1f}"


def _join(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
