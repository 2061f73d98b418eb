"""What the bearers of tokens may do, at hand in every worker for seconds."""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import gevent
from cachetools import TTLCache

from claps.acts.logs import Publish
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import ClapsError, Unavailable
from claps.plain.limits import (
    ENDED_TOKENS_SECONDS,
    PASS_FRESH_SECONDS,
    PASSES_KEPT,
    TOKENS_SWEEP_SECONDS,
    TOKENS_SWEPT,
    USE_NOTED_SECONDS,
)
from claps.plain.permits import Pass
from claps.store import tokens
from claps.store.database import Database

log = logging.getLogger(__name__)
# On the house's channel: one of these words, and the number of the permit or the app that ended.
PERMIT, APP = "unpermit", "unapp"


def digest_of(secret: str) -> str:
    """Hash a token, a code or a secret as it is stored.

    It is 256 random bits, which nobody finds by trying: a slow hash with salt, as for passwords, would protect
    nothing more, and be asked for with every request.
    """
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


class Passes:
    """Finds what the bearer of a token may do.

    What was found is kept for seconds, so that a busy program does not ask SQL with every request. What is taken back
    is forgotten at once in all workers, by the house's channel; where that message is lost, after those seconds.
    """

    def __init__(self, database: Database, publish: Publish) -> None:
        self.database = database
        self._publish = publish
        self._kept: TTLCache[str, Pass] = TTLCache(PASSES_KEPT, PASS_FRESH_SECONDS)
        self._forgotten = 0

    def find(self, token: str) -> Pass | None:
        """Find what the bearer of an access token, or of a person's own, may do.

        :raises Unavailable: SQL does not answer, and the token is not known here.
        """
        digest = digest_of(token)
        kept = self._kept.get(digest) or self._read(digest)
        if kept is None or kept.expires_at is not None and kept.expires_at <= datetime.now(UTC):
            return None
        return kept

    def is_at_hand(self, digest: str) -> bool:
        """True while what a token opens is known here, and nobody has said that it ended."""
        return digest in self._kept

    def is_good(self, digest: str) -> bool:
        """Ask SQL, whatever is at hand, whether a token opens anything.

        :raises Unavailable: SQL does not answer.
        """
        with self.database.reading():
            return tokens.find_pass(digest) is not None

    def forget_permit(self, permit_id: int) -> None:
        """A permit was taken back: nobody lets its tokens pass from now on. Call after the commit."""
        self._tell(f"{PERMIT} {permit_id}")

    def forget_app(self, app_id: int) -> None:
        """An app was deleted: nobody lets its tokens pass from now on. Call after the commit."""
        self._tell(f"{APP} {app_id}")

    def hear(self, message: str) -> None:
        """Take what another worker, or this one, said of the house."""
        word, _, number = message.partition(" ")
        if word not in (PERMIT, APP) or not number.isdecimal():
            return
        # Whoever is reading one right now has read it before this was said.
        self._forgotten += 1
        field = "permit_id" if word == PERMIT else "app_id"
        for digest, kept in list(self._kept.items()):
            if getattr(kept, field) == int(number):
                self._kept.pop(digest, None)

    def sweep(self) -> int:
        """Delete some codes and tokens that ended a while ago; return how many.

        :raises Unavailable: SQL does not answer; nothing was deleted.
        """
        moment = datetime.now(UTC) - timedelta(seconds=ENDED_TOKENS_SECONDS)
        return self.database.transact(lambda: tokens.drop_ended(moment, TOKENS_SWEPT))

    def run_forever(self) -> None:
        """Sweep now and then."""
        while True:
            gevent.sleep(TOKENS_SWEEP_SECONDS * random.uniform(0.5, 1.5))
            _try("sweeping tokens", self._sweep_all)

    def _sweep_all(self) -> None:
        while self.sweep():
            gevent.sleep(1)

    def _read(self, digest: str) -> Pass | None:
        forgotten = self._forgotten
        with self.database.reading():
            found = tokens.find_pass(digest)
        if found is None or found[0].kind == "refresh":
            return None
        if forgotten == self._forgotten:
            self._kept[digest] = found[0]
        gevent.spawn(_try, "noting the use of a token", lambda: self._note_use(found[0].permit_id))
        return found[0]

    def _note_use(self, permit_id: int) -> None:
        self.database.transact(lambda: tokens.note_use(permit_id, every_seconds=USE_NOTED_SECONDS))

    def _tell(self, message: str) -> None:
        self.hear(message)
        try:
            self._publish(HOUSE_CHANNEL, message)
        except Unavailable as error:
            log.info("other workers find it in SQL: %s", error.message)


def _try(what: str, work: Callable[[], None]) -> None:
    try:
        work()
    except ClapsError as error:
        log.info("%s waits: %s", what, error.message)
    except Exception:
        log.exception("%s failed", what)
