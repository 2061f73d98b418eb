"""Reconciliation: what posts say, the sums of their readers' rows, the journal, and the tallies in Redis.

It may run beside a site in full use. Of some posts at a time the shard's position is held, so that nothing moves from
the journal into SQL meanwhile; each tally is read in one piece and names the last journal entry that is in it. So what
SQL has, with the journal's entries up to that one, must be exactly what Redis has.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from claps.app import Core
from claps.checks.findings import Finding, ok, unsafe, unseen
from claps.checks.laws import ABOUT, LOOK_SECONDS, LOOKS, parse_id
from claps.checks.sql import has_file
from claps.hot.inspection import TallyFacts, read_tallies
from claps.plain.changes import JournalEntry
from claps.plain.errors import Unavailable
from claps.plain.limits import PEOPLE_KEPT_HOT
from claps.plain.topics import shard_of
from claps.plain.versions import epoch_text
from claps.settings import ROOT
from claps.store.claps import totals_of_posts, totals_of_readers
from claps.store.journal_positions import lock_position
from claps.store.laws import Drift, count_impossible_claps, find_drifts, post_ids_after
from claps.store.migrations import pending
from claps.store.posts import tallies_and_offsets

POSTS_PER_LOOK = 200
ENTRIES_MOST = 50_000
_NAMES = {"c": "claps", "l": "likes"}
REMEDY = (
    "SQL is what counts: restart that Redis, and the workers read all counts from SQL anew. If it comes again, "
    "something else writes to it, or something counts wrongly."
)


@dataclass(slots=True)
class Compared:
    """How much was compared so far: posts, those of them in Redis, and their readers' totals there."""

    posts: int = 0
    hot: int = 0
    readers: int = 0


def check_counts(core: Core) -> list[Finding]:
    """Compare everything that is counted, and say each difference."""
    try:
        if not has_file(core) or pending(core.database, ROOT / "migrations"):
            return [unseen(ABOUT, "cannot be compared before the tables are there.", "claps migrate")]
        with core.database.reading():
            drifts, impossible = find_drifts(most=1_000_000), count_impossible_claps()
    except Unavailable as error:
        return [unseen(ABOUT, f"cannot be compared: {error.message}")]
    found = [_tell_drift(drift) for drift in drifts]
    if impossible:
        found.append(unsafe(ABOUT, f"{impossible:,} readers have given a post more than 50 claps, or none.", ""))
    if not found:
        found.append(ok(ABOUT, "In SQL every post’s claps, people, likes and comments are the sums of their rows."))
    try:
        return [*found, *_compare_with_redis(core)]
    except Unavailable as error:
        return [*found, unseen(ABOUT, f"Redis and SQL cannot be compared: {error.message}")]


def _tell_drift(drift: Drift) -> Finding:
    said = f"post {drift.post_id}: {drift.name} {drift.told:,} in SQL, and the sum of their rows is {drift.counted:,}."
    return unsafe(ABOUT, said, "Somebody wrote to these tables by hand, or a backup was restored in part.")


def _compare_with_redis(core: Core) -> list[Finding]:
    compared, differing, after_id = Compared(), dict[int, list[str]](), 0
    while True:
        with core.database.reading():
            post_ids = post_ids_after(after_id, POSTS_PER_LOOK)
        if not post_ids:
            break
        after_id = post_ids[-1]
        compared.posts += len(post_ids)
        differing.update(_look_again(core, post_ids, compared))
    said = f"{compared.posts:,} posts, {compared.hot:,} of them and {compared.readers:,} readers’ totals in Redis"
    if not differing:
        return [ok(ABOUT, f"Redis has what SQL and the journal have ({said}).")]
    return [unsafe(ABOUT, text, "") for texts in differing.values() for text in texts] + [
        unsafe(ABOUT, f"{len(differing):,} posts differ ({said}).", REMEDY)
    ]


def _look_again(core: Core, post_ids: Sequence[int], compared: Compared) -> dict[int, list[str]]:
    # A comment is in SQL a moment before Redis has its number.
    differing = _look(core, post_ids, compared)
    for _ in range(LOOKS - 1):
        if not differing:
            break
        time.sleep(LOOK_SECONDS)
        differing = _look(core, list(differing), Compared())
    return differing


def _look(core: Core, post_ids: Sequence[int], compared: Compared) -> dict[int, list[str]]:
    by_shard: dict[int, list[int]] = defaultdict(list)
    for post_id in post_ids:
        by_shard[shard_of(post_id)].append(post_id)
    differing: dict[int, list[str]] = {}
    for shard, ids in by_shard.items():
        differing.update(core.database.transact(partial(_compare_shard, core, shard, ids, compared)))
    return differing


def _compare_shard(core: Core, shard: int, post_ids: list[int], compared: Compared) -> dict[int, list[str]]:
    position = lock_position(core.database, shard)
    life = core.journal.life(shard)
    epoch = epoch_text(position.epoch)
    if not life.verified or life.epoch != epoch:
        return {}  # Nothing in it is told to anybody before it was compared with SQL.
    hot = {post_id: facts for post_id, facts in read_tallies(core.redis, post_ids).items() if facts.epoch == epoch}
    if not hot:
        return {}
    entries = _entries_of(core, shard, position.entry_id, hot)
    stored = tallies_and_offsets(hot)
    differing = {}
    for post_id, facts in hot.items():
        if post_id in stored:
            compared.hot += 1
            compared.readers += len(facts.totals)
            texts = find_differences(post_id, stored[post_id][0].counts(), facts, entries[post_id])
            if texts:
                differing[post_id] = texts
    return differing


def _entries_of(core: Core, shard: int, entry_id: str, hot: dict[int, TallyFacts]) -> dict[int, list[JournalEntry]]:
    found: dict[int, list[JournalEntry]] = defaultdict(list)
    read = 0
    while entries := core.journal.entries_after(shard, entry_id):
        entry_id = entries[-1].entry_id
        read += len(entries)
        if read > ENTRIES_MOST:
            raise Unavailable("The journal is too long; run “claps flush” first.")
        for entry in entries:
            facts = hot.get(entry.post_id)
            if facts is not None and facts.entry_id and parse_id(entry.entry_id) <= parse_id(facts.entry_id):
                found[entry.post_id].append(entry)
    return found


def find_differences(
    post_id: int, counts: dict[str, int], facts: TallyFacts, entries: Iterable[JournalEntry]
) -> list[str]:
    """Add a post's journal entries to what SQL has of it, and say in what Redis has something else."""
    entries = list(entries)
    before = _totals_before(post_id, facts, entries)
    after = _add_entries(before, entries)
    wanted = {name: counts[name] for name in facts.counts}
    wanted["views"] += sum(entry.views for entry in entries)
    for field in after:
        given, had = max(0, after[field]), max(0, before.get(field, 0))
        if field.startswith("c:"):
            wanted["claps"] += given - had
            wanted["people"] += (given > 0) - (had > 0)
        else:
            wanted["likes"] += given - had
    texts = [
        f"post {post_id}: {name} {facts.counts[name]:,} in Redis, {wanted[name]:,} in SQL and the journal."
        for name in facts.counts if facts.counts[name] != wanted[name]
    ]
    fields = {*facts.totals, *after} if facts.full else facts.totals
    for field in sorted(fields):
        there, here = facts.totals.get(field, 0), after.get(field, 0)
        if there != here:
            whose = f"post {post_id}, reader {field[2:]}"
            texts.append(f"{whose}: {_NAMES[field[0]]} {there:,} in Redis, {here:,} in SQL and the journal.")
    return texts


def _totals_before(post_id: int, facts: TallyFacts, entries: list[JournalEntry]) -> dict[str, int]:
    if facts.full:
        totals = totals_of_posts([post_id], most=2 * PEOPLE_KEPT_HOT)
        if totals is not None:
            return totals[post_id]
    moved = {f"c:{who}" for entry in entries for who, _ in (*entry.claps, *entry.held)}
    liked = {f"l:{who}" for entry in entries for who, _ in entry.likes}
    return totals_of_readers(post_id, {*facts.totals, *moved, *liked})


def _add_entries(before: dict[str, int], entries: list[JournalEntry]) -> dict[str, int]:
    # What is held back is remembered below zero; nobody has claps of both kinds.
    after = dict(before)
    counted = {field: max(0, total) for field, total in before.items()}
    held = {field: max(0, -total) for field, total in before.items()}
    for entry in entries:
        for who, amount in entry.claps:
            counted[f"c:{who}"] = counted.get(f"c:{who}", 0) + amount
        for who, amount in entry.held:
            held[f"c:{who}"] = held.get(f"c:{who}", 0) + amount
        for who, amount in entry.likes:
            counted[f"l:{who}"] = counted.get(f"l:{who}", 0) + amount
    for field in {*counted, *held}:
        after[field] = counted.get(field, 0) - held.get(field, 0)
    return after
