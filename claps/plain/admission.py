"""Who is let in when more come than can be served, decided by how long they have waited already."""

from __future__ import annotations

from claps.plain.patience import LATE_CALM_SECONDS, LATE_PATIENCE_SECONDS, LATE_SECONDS, LATE_SECONDS_CROWDED


class Admission:
    """Turns away what has waited too long, once nobody is served in time any more.

    A queue that comes and goes is no harm: a crowd at once, a worker that was held up. One that stands is: then all
    are late, and serving each in turn makes the next as late. So nobody is turned away until for a second nobody
    was in time. From then on who has waited longer than a quarter of a second is, which takes a small part of what
    serving takes, until nobody has been for two seconds. (The way of CoDel, RFC 8289, with the times of people.)
    """

    def __init__(self) -> None:
        self._late_since: float | None = None
        self._crowded_until = 0.0

    def is_crowded(self, now: float) -> bool:
        """True while some are turned away."""
        return now < self._crowded_until

    def admits(self, waited_seconds: float, now: float) -> bool:
        """Decide about one who has waited for so long."""
        if now < self._crowded_until:
            if waited_seconds <= LATE_SECONDS_CROWDED:
                return True
        elif waited_seconds <= LATE_SECONDS:
            self._late_since = None
            return True
        elif self._late_since is None:
            self._late_since = now
            return True
        elif now - self._late_since < LATE_PATIENCE_SECONDS:
            return True
        self._crowded_until = now + LATE_CALM_SECONDS
        self._late_since = None
        return False
