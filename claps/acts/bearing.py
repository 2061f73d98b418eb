"""Who waits in this worker with a token: shown out when it ends, or is taken back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import gevent

from claps.acts.departed import LEFT
from claps.acts.passes import APP, PERMIT, Passes, digest_of
from claps.live.hub import Hub
from claps.live.places import show_out
from claps.live.subscribers import Subscriber
from claps.live.wires import TOKEN_ENDED
from claps.plain.errors import Unavailable
from claps.plain.limits import BEARERS_LOOK_SECONDS, RELOAD_SECONDS
from claps.plain.permits import Pass

log = logging.getLogger(__name__)
_WHY = "This token has ended, or was taken back."


@dataclass(frozen=True, slots=True)
class _Shown:
    digest: str
    bearer: Pass


class Bearing:
    """Those who wait with a token.

    What it opens is asked once, at the door. When it is taken back every worker is told, and SQL asked again for those
    inside: of one permit's tokens one may end alone. When it ends by itself, that is found within a second.
    """

    def __init__(self, passes: Passes, hub: Hub) -> None:
        self._passes = passes
        self._hub = hub
        # Who has gone is found with the next look: the hub has nothing to tell of most of those who go.
        self._shown: dict[Subscriber, _Shown] = {}

    def note(self, subscriber: Subscriber, token: str, bearer: Pass) -> None:
        """Somebody waits here with a token."""
        self._shown[subscriber] = shown = _Shown(digest_of(token), bearer)
        if not self._passes.is_at_hand(shown.digest):
            # It may have been taken back between the door and here, where that was not heard for this one.
            gevent.spawn(self._look_again, {shown.digest})

    def hear(self, message: str) -> None:
        """Take what a worker said of the house."""
        word, _, number = message.partition(" ")
        if word not in (PERMIT, APP, LEFT) or not number.isdecimal():
            return
        field = {PERMIT: "permit_id", APP: "app_id", LEFT: "person_id"}[word]
        heard = [one for one in self._shown.items() if getattr(one[1].bearer, field) == int(number)]
        if word == LEFT:
            self._show_out(subscriber for subscriber, _ in heard)
        elif heard:
            gevent.spawn(self._look_again, {shown.digest for _, shown in heard})

    def look_at_all(self) -> None:
        """Ask again for everybody inside: what was said while Redis was away was not heard."""
        gevent.spawn(self._look_again, {shown.digest for shown in self._shown.values()})

    def run_forever(self) -> None:
        """Show out whose token has ended."""
        while True:
            gevent.sleep(BEARERS_LOOK_SECONDS)
            try:
                self._end_some()
            except Exception:
                log.exception("looking for tokens that have ended stumbled")

    def _end_some(self) -> None:
        for subscriber in [one for one in self._shown if not _waits(one)]:
            del self._shown[subscriber]
        now = datetime.now(UTC)
        self._show_out_with(lambda shown: shown.bearer.expires_at is not None and shown.bearer.expires_at <= now)

    def _look_again(self, digests: set[str]) -> None:
        for digest in digests:
            while not self._is_settled(digest):
                gevent.sleep(RELOAD_SECONDS)
            gevent.sleep(0)

    def _is_settled(self, digest: str) -> bool:
        try:
            ended = not self._passes.is_good(digest)
        except Unavailable as error:
            log.info("who may wait with a token is asked again: %s", error.message)
            return False
        if ended:
            self._show_out_with(lambda shown: shown.digest == digest)
        return True

    def _show_out_with(self, has_ended: Callable[[_Shown], bool]) -> None:
        self._show_out([subscriber for subscriber, shown in self._shown.items() if has_ended(shown)])

    def _show_out(self, subscribers: Iterable[Subscriber]) -> None:
        for subscriber in subscribers:
            self._shown.pop(subscriber, None)
            if _waits(subscriber):
                show_out(self._hub, subscriber, TOKEN_ENDED, _WHY)


def _waits(subscriber: Subscriber) -> bool:
    is_ending = subscriber.unsent is not None and subscriber.unsent.ending
    return subscriber.alive and bool(subscriber.watches) and not is_ending
