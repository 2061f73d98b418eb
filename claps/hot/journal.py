"""The journal: the changes to tallies that Redis has taken and SQL has not; and the lives of its shards."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from claps.hot.connection import answering, load_script
from claps.hot.durability import Confirmation
from claps.hot.keys import journal_key, life_key, tally_key
from claps.plain.changes import JournalEntry
from claps.plain.limits import FLUSH_CHANGES, FLUSH_ENTRIES, SHARDS, TALLY_IDLE_SECONDS

ENTRIES_AT_FIRST = 16


@dataclass(frozen=True, slots=True)
class Life:
    """What Redis says of a shard: is it the process that was compared with SQL, and in which epoch."""

    verified: bool
    epoch: str | None


class Journal:
    """The journals of all shards.

    :param client: a client as :func:`open_redis` makes it.
    """

    def __init__(self, client: Any, confirmation: Confirmation) -> None:
        self._client = client
        self._confirmation = confirmation
        self._close = load_script(client, "close")
        self._open = load_script(client, "open")
        self._life = load_script(client, "life")
        self._settle = load_script(client, "settle")

    def lengths(self) -> list[int]:
        """Count the entries of every shard that are not trimmed yet."""
        with answering("read the journal"):
            pipe = self._client.pipeline(transaction=False)
            for shard in range(SHARDS):
                pipe.xlen(journal_key(shard))
            return [int(length) for length in pipe.execute()]

    def oldest(self) -> float | None:
        """When the oldest entry came that is not trimmed yet, in seconds since 1970 by Redis' clock, if any is."""
        with answering("read the journal"):
            pipe = self._client.pipeline(transaction=False)
            for shard in range(SHARDS):
                pipe.xrange(journal_key(shard), count=1)
            first = [entries[0][0] for entries in pipe.execute() if entries]
        return min(int(entry_id.partition("-")[0]) for entry_id in first) / 1000 if first else None

    def newest_ids(self) -> dict[int, str]:
        """The id of the newest entry of each shard that has any which is not trimmed yet."""
        with answering("read the journal"):
            pipe = self._client.pipeline(transaction=False)
            for shard in range(SHARDS):
                pipe.xrevrange(journal_key(shard), count=1)
            return {shard: entries[0][0] for shard, entries in enumerate(pipe.execute()) if entries}

    def entries_after(self, shard: int, entry_id: str) -> list[JournalEntry]:
        """Read the next entries, oldest first: at most ``FLUSH_ENTRIES``, and about ``FLUSH_CHANGES`` rows.

        In portions that grow: an entry is about one reader on a calm day and about five hundred in a rush.
        """
        entries: list[JournalEntry] = []
        changes, portion = 0, ENTRIES_AT_FIRST
        while changes < FLUSH_CHANGES and len(entries) < FLUSH_ENTRIES:
            count = min(portion, FLUSH_ENTRIES - len(entries))
            with answering("read the journal"):
                raw = self._client.xrange(journal_key(shard), min=f"({entry_id}", count=count)
            for entry_id, fields in raw:
                entries.append(_parse_entry(entry_id, fields))
                changes += entries[-1].changes
                if changes >= FLUSH_CHANGES:
                    break
            if len(raw) < count:
                break
            portion *= 4
        return entries

    def settle(self, shard: int, entry_id: str, post_ids: Iterable[int]) -> None:
        """Trim what SQL has committed, up to ``entry_id``, and let its idle tallies expire one day."""
        ms, _, seq = entry_id.partition("-")
        ids = sorted(post_ids)
        with answering("trim the journal"):
            self._settle(
                keys=[journal_key(shard), *map(tally_key, ids)],
                args=[ms, seq, TALLY_IDLE_SECONDS],
            )

    def life(self, shard: int) -> Life:
        """Look whether a shard's data belongs to the Redis process that holds it."""
        with answering("answer"):
            verified, epoch = self._life(keys=[life_key(shard)])
        return Life(verified=bool(verified), epoch=epoch)

    def close(self, shard: int) -> str:
        """Stop all counting in a shard; nothing enters its journal until it is opened again.

        :return: the token with which only this closing can be opened.
        :raises Unavailable: it was not closed; or no replica follows this Redis, though one should.
        """
        token = secrets.token_hex(8)
        self._confirmation.fence(self._close, [life_key(shard)], [token])
        return token

    def open(self, shard: int, token: str, *, epoch: str, entry_id: str) -> bool:
        """Begin a new epoch of a closed shard whose journal is in SQL up to ``entry_id``.

        :return: False when somebody else closed the shard meanwhile, and will open it.
        """
        ms, _, seq = entry_id.partition("-")
        with answering("open a shard"):
            return bool(self._open(keys=[life_key(shard), journal_key(shard)], args=[token, epoch, ms, seq]))


def _parse_entry(entry_id: str, fields: dict[str, str]) -> JournalEntry:
    return JournalEntry(
        entry_id=entry_id,
        post_id=int(fields["post"]),
        claps=_parse_pairs(fields.get("claps", "")),
        likes=_parse_pairs(fields.get("likes", "")),
        views=int(fields.get("views", 0)),
        held=_parse_pairs(fields.get("held", "")),
        viewers=tuple(fields.get("viewers", "").split()),
    )


def _parse_pairs(text: str) -> tuple[tuple[int, int], ...]:
    if not text:
        return ()
    return tuple((int(who), int(amount)) for who, _, amount in (pair.partition(":") for pair in text.split()))
