"""Counts in Redis of how often somebody has asked (limits)."""

from __future__ import annotations

import hashlib
import logging
import math
import time
from typing import Any

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from claps.hot.connection import answering
from claps.plain.errors import Unavailable
from claps.plain.failing import REDIS
from claps.plain.patience import REDIS_SILENT_SECONDS
from claps.plain.rates import Rate, Standing
from claps.plain.silence import Silence

log = logging.getLogger(__name__)
SAID_EVERY_SECONDS = 60.0


class _Storage(RedisStorage):
    """The library's storage over the house's own client, which follows Sentinels and knows a cluster's nodes."""

    def __init__(self, client: Any) -> None:
        super().__init__("redis://", key_prefix="rate")  # nothing is connected by that
        self.storage = client
        self.initialize_storage("")


class Rates:
    """How often somebody has asked, in a window that slides.

    While Redis does not answer everybody may ask: a limit protects what works, and is not worth stopping it. The log
    says so once a minute.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._limiter: SlidingWindowCounterRateLimiter | None = None
        self._silence = Silence(REDIS, REDIS_SILENT_SECONDS)
        self._said_at = -math.inf

    def take(self, rate: Rate, who: str) -> Standing:
        """Count that somebody asks, unless it is once too often."""
        return self._ask(rate, who, counted=True)

    def look(self, rate: Rate, who: str) -> Standing:
        """Tell how somebody stands, without counting."""
        return self._ask(rate, who, counted=False)

    def _ask(self, rate: Rate, who: str, *, counted: bool) -> Standing:
        item = RateLimitItemPerSecond(rate.most, rate.seconds)
        # What somebody typed as a name is nobody's to read in Redis, and has any length.
        key = (rate.name, hashlib.sha256(who.encode(errors="replace")).hexdigest()[:32])
        try:
            with self._silence.asking(), answering("count how often somebody asks"):
                limiter = self._limiter = self._limiter or SlidingWindowCounterRateLimiter(_Storage(self._client))
                passed = limiter.hit(item, *key) if counted else limiter.test(item, *key)
                found = limiter.get_window_stats(item, *key)
        except Unavailable as error:
            self._say(error)
            return Standing(rate, rate.most, 0)
        reset = max(1, math.ceil(found.reset_time - time.time()))
        return Standing(rate, max(0, found.remaining), min(reset, 2 * rate.seconds), refused=not passed)

    def _say(self, error: Unavailable) -> None:
        if time.monotonic() - self._said_at > SAID_EVERY_SECONDS:
            self._said_at = time.monotonic()
            log.warning("nobody is held back: %s", error.message)
