"""Which part outside this process has not answered a moment ago, so that readers can be told."""

from __future__ import annotations

import time

from claps.plain.patience import FAILING_SECONDS

SQL, REDIS = "The database", "Redis"
_failed_at: dict[str, float] = {}


def note_failure(part: str) -> None:
    """Note that a part did not answer just now."""
    _failed_at[part] = time.monotonic()


def is_failing(part: str) -> bool:
    """True when it did not answer within the last seconds; each worker asks every second, whoever reads."""
    failed_at = _failed_at.get(part)
    return failed_at is not None and time.monotonic() - failed_at < FAILING_SECONDS
