"""Brings Redis and SQL together: when Redis starts, comes back empty or older, or does not know a post."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from gevent.lock import RLock

from claps.acts.flush import write_entries
from claps.hot.journal import Journal
from claps.hot.tallies import HalfFound, Tallies, Unverified
from claps.plain.errors import NotFound, Unavailable
from claps.plain.limits import PEOPLE_KEPT_HOT, SHARDS
from claps.plain.tallies import Tally
from claps.plain.topics import shard_of
from claps.plain.versions import epoch_text
from claps.store.claps import totals_of_posts, totals_of_readers
from claps.store.database import Database
from claps.store.journal_positions import Position, lock_position, set_position
from claps.store.posts import tallies_and_offsets

log = logging.getLogger(__name__)
TRIES = 4


class Mending:
    """What the ledger and the readers of tallies ask when Redis does not know something.

    The whole rests on one sentence: **a tally that Redis does not hold in the present epoch has nothing in
    the journal**. So what SQL says of it is all there is. An epoch begins with an empty journal
    (:meth:`reopen`), and a tally may expire only when what it wrote is in SQL (``settle.lua``).
    """

    def __init__(self, database: Database, journal: Journal, tallies: Tallies) -> None:
        self._database = database
        self._journal = journal
        self._tallies = tallies
        self._locks = [RLock() for _ in range(SHARDS)]

    def reopen(self, shard: int) -> None:
        """Compare a shard with SQL and begin a new epoch, unless it has a good one.

        The shard is closed first: from then on nothing enters its journal. What is left in the journal goes
        to SQL with the new epoch in one transaction, then the shard opens. Whoever is killed between leaves
        it closed, and the next one begins again; of two at once, the one who closed it last opens it.

        :raises Unavailable: Redis or SQL does not answer.
        """
        # Within this process one is enough; between processes the row of the position decides.
        with self._locks[shard]:
            closed = self._database.transact(lambda: self._close_and_carry(shard))
            if closed is None:
                return
            token, position = closed
            opened = self._journal.open(
                shard, token, epoch=epoch_text(position.epoch), entry_id=position.entry_id
            )
            if opened:
                log.debug("shard %d begins epoch %s", shard, epoch_text(position.epoch))

    def renew(self, shard: int, also: Callable[[], None] = lambda: None) -> None:
        """Begin a new epoch of a shard, whether or not its present one is good.

        At that moment SQL has everything, and Redis knows no tally of the shard: each is read from SQL when it is next
        asked for. Claps that come meanwhile wait.

        :param also: is done in the transaction in which SQL has everything; may be called again.
        :raises Unavailable: Redis or SQL does not answer.
        """
        with self._locks[shard]:
            closed = self._database.transact(lambda: self._close(shard, lock_position(self._database, shard), also))
            token, position = closed
            self._journal.open(shard, token, epoch=epoch_text(position.epoch), entry_id=position.entry_id)

    def _close_and_carry(self, shard: int) -> tuple[str, Position] | None:
        position = lock_position(self._database, shard)
        life = self._journal.life(shard)
        if life.verified and life.epoch == epoch_text(position.epoch):
            return None
        return self._close(shard, position, lambda: None)

    def _close(self, shard: int, position: Position, also: Callable[[], None]) -> tuple[str, Position]:
        token = self._journal.close(shard)
        last_id = position.entry_id
        while entries := self._journal.entries_after(shard, last_id):
            write_entries(entries)
            last_id = entries[-1].entry_id
        also()
        # Seconds since 1970, so that an epoch is not used again even when SQL itself came back older.
        position = replace(position, epoch=max(int(time.time()), position.epoch + 1), entry_id=last_id)
        set_position(position)
        return token, position

    def warm(self, post_ids: Iterable[int]) -> set[int]:
        """Read posts' tallies from SQL into Redis, all of them in as many queries as one.

        :return: the posts that do not exist.
        :raises Unavailable: Redis or SQL does not answer.
        """
        wanted, missing = set(post_ids), set[int]()

        def put() -> bool:
            epochs = {shard: self._open_epoch(shard) for shard in sorted({shard_of(post_id) for post_id in wanted})}
            with self._database.reading():
                stored = tallies_and_offsets(wanted)
                totals = _totals_of(tally for tally, _ in stored.values())
            missing.update(wanted - stored.keys())
            for post_id, (tally, offset) in stored.items():
                epoch = epochs[shard_of(post_id)]
                if self._tallies.warm(tally, totals.get(post_id), epoch=epoch, comments_offset=offset):
                    wanted.discard(post_id)
            wanted.difference_update(missing)
            return not wanted

        self._until_it_stands(put)
        return missing

    def warm_for_claps(self, post_id: int) -> None:
        """Read one post's tally from SQL into Redis.

        :raises NotFound: it is not published.
        """
        if self.warm([post_id]):
            raise NotFound("There is no such post.")

    def seed(self, post_id: int, fields: set[str]) -> None:
        """Read single readers' totals from SQL into Redis, for a post with too many readers to keep all."""

        def put() -> bool:
            epoch = self._open_epoch(shard_of(post_id))
            with self._database.reading():
                totals = totals_of_readers(post_id, fields)
            return self._tallies.seed(post_id, totals, epoch=epoch)

        self._until_it_stands(put)

    def read(self, post_ids: Iterable[int]) -> dict[int, Tally]:
        """Read tallies, mending what stands in the way; posts that do not exist are missing from the answer.

        :raises Unavailable: Redis does not answer, or SQL does not and is needed.
        """
        wanted = list(dict.fromkeys(post_ids))
        found: dict[int, Tally] = {}
        for _ in range(TRIES):
            try:
                found.update(self._tallies.find([post_id for post_id in wanted if post_id not in found]))
            except Unverified as unverified:
                for shard in unverified.shards:
                    self.reopen(shard)
                continue
            cold = [post_id for post_id in wanted if post_id not in found]
            if not cold:
                return found
            missing = self.warm(cold)
            wanted = [post_id for post_id in wanted if post_id not in missing]
        raise Unavailable("Counts cannot be read right now.")

    def find(self, post_ids: Iterable[int]) -> dict[int, Tally]:
        """Read those tallies that Redis has, mending nothing: SQL is not asked, and nothing is raised."""
        try:
            return self._tallies.find(post_ids)
        except HalfFound as half:
            return half.found
        except (Unverified, Unavailable):
            return {}

    def _open_epoch(self, shard: int) -> str:
        for _ in range(TRIES):
            life = self._journal.life(shard)
            if life.verified and life.epoch is not None:
                return life.epoch
            # When it is still closed afterwards, another process has closed it after us, and is about to open it.
            self.reopen(shard)
        raise Unavailable("Counting is not possible right now.")

    def _until_it_stands(self, put: Callable[[], bool]) -> None:
        # False means that an epoch began between reading SQL and writing Redis: what was read may be old.
        for _ in range(TRIES):
            if put():
                return
        raise Unavailable("Counting is not possible right now.")


def _totals_of(tallies: Iterable[Tally]) -> dict[int, dict[str, int]]:
    """Read what readers gave to posts, at once from as many readers as Redis keeps of one post.

    A post that has more than that is missing: of it each reader is asked for who claps.
    """
    parts: list[list[int]] = [[]]
    rows = 0
    for tally in tallies:
        own = tally.people + tally.likes
        if parts[-1] and rows + own > PEOPLE_KEPT_HOT:
            parts.append([])
            rows = 0
        parts[-1].append(tally.post_id)
        rows += own
    totals: dict[int, dict[str, int]] = {}
    for part in parts:
        found = totals_of_posts(part, most=PEOPLE_KEPT_HOT)
        if found is None and len(part) > 1:
            # Claps that are held back are rows as well, and in no post's counts.
            for post_id in part:
                totals.update(totals_of_posts([post_id], most=PEOPLE_KEPT_HOT) or {})
        totals.update(found or {})
    return totals
