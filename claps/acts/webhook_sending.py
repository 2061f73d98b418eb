"""Telling webhooks what there is for them: in turns, so that none waits for another, and again until it is taken."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Protocol

import gevent
from gevent.event import Event
from gevent.pool import Pool

from claps.acts.webhook_messages import (
    TABLE_LANE,
    make_messages,
    posts_waiting,
    tables_out_of_reach,
)
from claps.plain.errors import ClapsError
from claps.plain.webhook_limits import (
    AWAY_FAILS,
    DELIVERIES_AT_ONCE,
    DELIVERIES_AT_ONCE_FAILING,
    DELIVERIES_AT_ONCE_PER_PERSON,
    TRIED_SECONDS,
    WEBHOOK_LOG_SECONDS,
    WEBHOOK_LOOK_SECONDS,
    WEBHOOK_LOOK_SHARE,
    WEBHOOK_SWEEP_SECONDS,
    WEBHOOK_TURN,
    WEBHOOK_TURN_SECONDS,
)
from claps.plain.webhooks import Answer, Delivery, Held, moment_of, next_try_ms, rest_ms, secret_of, signed_headers
from claps.store.database import Database
from claps.store.errands import add_errand
from claps.store.webhook_deliveries import (
    bring_forward,
    drop_old,
    due_deliveries,
    next_due_ms,
    note_answer,
    trim_log,
)
from claps.store.webhook_news import free_table, has_claps
from claps.store.webhook_turns import (
    Due,
    due_webhooks,
    go_on,
    let_go,
    lock_held,
    note_failure,
    stir_webhooks,
    take_webhook,
    webhooks_behind,
)
from claps.store.webhooks import set_off

log = logging.getLogger(__name__)
_LOOKED_AT = 64
# A last try comes a little less than three days after the first.
_FAILING_MS = (TRIED_SECONDS - 3_600) * 1000


class Carrier(Protocol):
    """Who brings messages."""

    def carry(self, url: str, body: str, headers: dict[str, str]) -> Answer:
        """Bring a message, and say how it went."""


def read_clock() -> int:
    """The time in milliseconds of Unix time."""
    return int(time.time() * 1000)


class Sender:
    """Tells webhooks.

    Every worker does it. A webhook is in one hand at a time, so what is in order stays so; its row in SQL says in
    whose, and until when, so that one who is killed is followed by another. A turn has ten messages or five seconds,
    then others come first; of a worker's eight places two at most are for webhooks of one person, and four for
    webhooks that failed last time.

    :param key: the site's, from which the secrets are made.
    """

    def __init__(
        self, database: Database, carrier: Carrier, key: str, *, clock: Callable[[], int] = read_clock
    ) -> None:
        self._database = database
        self._carrier = carrier
        self._key = key
        self._clock = clock
        self._stirred = Event()
        self._pool = Pool(DELIVERIES_AT_ONCE)
        self._busy: dict[int, Due] = {}
        self._next_look = 0.0
        self._next_sweep = 0.0

    def stir(self) -> None:
        """There is something to tell; call after the commit. Without it, it is found within a second."""
        self._stirred.set()

    def run_forever(self) -> None:
        """Look for webhooks that have something to tell, and give each its turn."""
        while True:
            self._stirred.clear()
            try:
                self._look_at_tables()
                self._sweep()
                self.begin_turns()
            except ClapsError as error:
                log.info("webhooks wait: %s", error.message)
            except Exception:
                log.exception("looking for webhooks stumbled")
            self._stirred.wait(WEBHOOK_LOOK_SECONDS * random.uniform(0.75, 1.25))

    def begin_turns(self) -> int:
        """Begin the turns for which there is room; return how many.

        :raises Unavailable: SQL does not answer.
        """
        if not self._pool.free_count():
            return 0
        with self._database.reading():
            found = due_webhooks(self._clock(), _LOOKED_AT)
        begun = 0
        for due in found:
            if not self._has_room(due):
                continue
            held = self._database.transact(partial(take_webhook, due.id, now_ms=self._clock()))
            if held is not None:
                self._busy[due.id] = due
                self._pool.spawn(self._have_turn, held)
                begun += 1
        return begun

    def finish(self) -> None:
        """Wait until all turns that were begun are over."""
        self._pool.join()

    def _has_room(self, due: Due) -> bool:
        if due.id in self._busy or not self._pool.free_count():
            return False
        if due.fails and sum(1 for busy in self._busy.values() if busy.fails) >= DELIVERIES_AT_ONCE_FAILING:
            return False
        owners = Counter(busy.owner_id for busy in self._busy.values())
        return owners[due.owner_id] < DELIVERIES_AT_ONCE_PER_PERSON

    def _have_turn(self, held: Held) -> None:
        try:
            self._tell(held)
        except ClapsError as error:
            # It comes out of this hand by itself.
            log.info("webhook %d waits: %s", held.id, error.message)
        except Exception:
            log.exception("telling webhook %d stumbled", held.id)
        finally:
            del self._busy[held.id]
            self.stir()

    def _tell(self, held: Held) -> None:
        until = time.monotonic() + WEBHOOK_TURN_SECONDS
        out_of_reach = tables_out_of_reach(self._database, held)
        for delivery in self._database.transact(partial(self._prepare, held, out_of_reach)):
            at = moment_of(self._clock())
            secrets = [secret_of(self._key, salt) for salt in held.salts]
            headers = signed_headers(secrets, delivery.message, delivery.body, at=at)
            answer = self._carrier.carry(held.url, delivery.body, headers)
            after = self._database.transact(partial(self._note, held, delivery, answer))
            if after is None:
                return
            held = after
            if time.monotonic() > until:
                break
        self._database.transact(partial(self._let_go, held))

    def _prepare(self, held: Held, out_of_reach: set[str]) -> list[Delivery]:
        if lock_held(held) is None:
            return []
        now_ms = self._clock()
        make_messages(held, out_of_reach, now_ms=now_ms)
        return due_deliveries(held.id, now_ms=now_ms, limit=WEBHOOK_TURN)

    def _note(self, held: Held, delivery: Delivery, answer: Answer) -> Held | None:
        """Note how a try went; None when the turn is over: not taken, or in another one's hand by now."""
        row = lock_held(held)
        if row is None:
            # Whoever has it now tries again what this one has brought; the receiver knows it by its name.
            log.info("webhook %d was taken over", held.id)
            return None
        now_ms = self._clock()
        if answer.is_taken:
            note_answer(delivery, answer, now_ms=now_ms, due_ms=None)
            _free_lane(held, delivery)
            if row.fails >= AWAY_FAILS:
                bring_forward(held.id, now_ms=now_ms)
            return go_on(held, now_ms=now_ms)
        due_ms = None if answer.is_gone else next_try_ms(
            delivery.tries + 1, until_ms=delivery.until_ms, now_ms=now_ms, spread=random.uniform(0.9, 1.1),
            asked_seconds=answer.retry_after_seconds,
        )
        note_answer(delivery, answer, now_ms=now_ms, due_ms=due_ms)
        if due_ms is None:
            _free_lane(held, delivery)
        failing_ms = now_ms if row.failing_ms is None else int(row.failing_ms)
        note_failure(
            held, failing_ms=failing_ms, fails=row.fails + 1, rest_ms=rest_ms(row.fails + 1, now_ms=now_ms)
        )
        self._let_go(held)
        # Not while a message is tried once more: one may come within the last hour, and its last after it.
        if answer.is_gone or (due_ms is None and now_ms - failing_ms >= _FAILING_MS):
            _turn_off(held, is_gone=answer.is_gone, now_ms=now_ms)
        return None

    def _let_go(self, held: Held) -> None:
        if lock_held(held) is None:
            return
        trim_log(held.id)
        now_ms = self._clock()
        has_more = has_claps(held.id, besides=posts_waiting(held.id))
        let_go(held, due_ms=now_ms if has_more else next_due_ms(held.id))

    def _look_at_tables(self) -> None:
        # Who writes to a table knows nothing of webhooks. Looking takes longer the more tables are told of.
        began = time.monotonic()
        if began < self._next_look:
            return
        now_ms = self._clock()
        with self._database.reading():
            behind = webhooks_behind(now_ms, _LOOKED_AT)
        if behind:
            self._database.transact(lambda: stir_webhooks(behind, now_ms=now_ms))
        self._next_look = time.monotonic() + (time.monotonic() - began) / WEBHOOK_LOOK_SHARE

    def _sweep(self) -> None:
        if time.monotonic() < self._next_sweep:
            return
        self._next_sweep = time.monotonic() + WEBHOOK_SWEEP_SECONDS * random.uniform(0.75, 1.25)
        before_ms = self._clock() - WEBHOOK_LOG_SECONDS * 1000
        while self._database.transact(lambda: drop_old(before_ms)):
            gevent.sleep(0)


def _free_lane(held: Held, delivery: Delivery) -> None:
    if delivery.lane.startswith(TABLE_LANE):
        free_table(held.id, delivery.lane.removeprefix(TABLE_LANE))


def _turn_off(held: Held, *, is_gone: bool, now_ms: int) -> None:
    why = "The receiver said that it is gone for good (410)." if is_gone else "It took nothing for three days."
    set_off(held.id, why=why, now_ms=now_ms)
    add_errand("notify", {"what": "webhook", "webhook_id": held.id, "person_id": held.owner_id})
    log.info("webhook %d is off: %s", held.id, why)
