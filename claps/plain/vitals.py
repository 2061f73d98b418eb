"""What a worker tells of itself to whoever watches over it: the names, once, with what each says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from claps.plain.meters import SECONDS_BOUNDS, Times

Kind = Literal["gauge", "counter", "histogram"]
PREFIX = "claps_"


@dataclass(frozen=True, slots=True)
class Vital:
    """One metric: its name as Prometheus has it, and what its numbers mean.

    ``label`` is what its samples differ in besides the worker, if anything; it has few values.
    """

    name: str
    kind: Kind
    text: str
    label: str = ""


# Of each worker, told by the worker itself.
OF_WORKERS = tuple(Vital(PREFIX + name, *rest) for name, *rest in (  # type: ignore[arg-type]
    ("subscribers", "gauge", "Open waits, by wire", "wire"),
    ("parked_bytes", "gauge", "Bytes that slow subscribers have not taken yet"),
    ("slow_subscribers", "gauge", "Subscribers whose sockets are full"),
    ("topics_watched", "gauge", "Topics that somebody here watches"),
    ("updates_sent_total", "counter", "News told: one for each topic and version, whoever watches"),
    ("deliveries_total", "counter", "The same times the subscribers that each went to"),
    ("fan_out_seconds", "histogram", "One update, until the last subscriber of this worker has it"),
    ("clap_to_sight_seconds", "histogram", "A clap on this worker's hidden topic through Redis, until a socket has it"),
    ("canary_silent_seconds", "gauge", "How long the oldest such clap has not come back; 0 when all is well"),
    ("moved_total", "counter", "Subscribers sent to less busy workers"),
    ("handshakes_known_total", "counter", "WebSockets let in like others before them"),
    ("requests_in_work", "gauge", "Requests that are being served now; parked readers are none"),
    ("arrivals_waiting", "gauge", "Readers who come to stay and wait for their turn to be let in"),
    ("turned_away_total", "counter", "Requests answered 503 because there was no time for them"),
    ("changes_waiting", "gauge", "Claps, likes and views on their way to Redis"),
    ("pages_kept", "gauge", "Rendered pages that are kept"),
    ("relay_connected", "gauge", "1 while this worker hears what others tell"),
    ("relay_reconnects_total", "counter", "How often it had to subscribe anew"),
    ("shards_unheard", "gauge", "Shards of a Redis Cluster whose news this worker cannot hear at present"),
    ("flush_seconds", "histogram", "A turn that carried journal entries into SQL"),
    ("flushed_entries_total", "counter", "Journal entries carried into SQL"),
    ("flushed_rows_total", "counter", "Readers' rows that these were about"),
    ("flushes_failed_total", "counter", "Turns that failed; what they would have carried waits in the journal"),
    ("redis_errors_total", "counter", "Calls that Redis did not answer, or refused", "error"),
    ("sql_errors_total", "counter", "Statements that SQL did not answer, or refused", "error"),
    ("answers_total", "counter", "Answers, by the first digit of their status; not what was parked", "status"),
    ("request_seconds", "histogram", "Requests until their answer was made; not what was parked"),
    ("webhook_tries_total", "counter", "Messages brought to webhooks: taken, refused, or not reached", "outcome"),
    ("webhook_seconds", "histogram", "One such try, whatever came of it"),
    ("spans_lost_total", "counter", "Parts of traces that could not be sent"),
    ("resident_bytes", "gauge", "Memory"),
    ("cpu_seconds_total", "counter", "Processor time"),
    ("started_seconds", "gauge", "When it began, in seconds since 1970"),
))
# Of all of them together, asked for by the worker that answers.
OF_SITE = tuple(Vital(PREFIX + name, *rest) for name, *rest in (  # type: ignore[arg-type]
    ("workers", "gauge", "Workers of this node that have told their figures"),
    ("workers_silent", "gauge", "Workers of this node that are there and have not answered within a second"),
    ("journal_entries", "gauge", "Journal entries that are not in SQL, of the whole site"),
    ("journal_age_seconds", "gauge", "How long the oldest of them has waited"),
    ("version_info", "gauge", "1, with the version that runs", "version"),
))


def times_told(times: Times) -> dict[str, Any]:
    """Counts of times, as one process tells another."""
    return {"counts": times.counts, "seconds": times.seconds}


def buckets_of(told: dict[str, Any]) -> list[tuple[str, float]]:
    """What was told of times as Prometheus counts it: each bucket with all below it."""
    total, buckets = 0, []
    for bound, count in zip([*map(str, SECONDS_BOUNDS), "+Inf"], told["counts"], strict=True):
        total += count
        buckets.append((bound, float(total)))
    return buckets
