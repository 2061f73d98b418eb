"""Are codes and tokens that have ended deleted in time?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from claps.app import Core
from claps.checks.findings import Finding, ok, unseen, warn
from claps.checks.sql import has_file
from claps.plain.errors import Unavailable
from claps.plain.limits import ENDED_TOKENS_SECONDS, TOKENS_SWEEP_SECONDS
from claps.settings import ROOT
from claps.store.migrations import pending
from claps.store.tokens import ended_before

ABOUT = "Tokens"
COUNTED = 10_000
# A worker sweeps after one and a half times this at the latest; some turns may fail.
_LATE_SECONDS = ENDED_TOKENS_SECONDS + 6 * TOKENS_SWEEP_SECONDS


def check_tokens(core: Core) -> list[Finding]:
    """Look for what ended long ago and is still there."""
    try:
        if not has_file(core) or pending(core.database, ROOT / "migrations"):
            return [unseen(ABOUT, "cannot be counted before the tables are there.", "claps migrate")]
        with core.database.reading():
            late = ended_before(datetime.now(UTC) - timedelta(seconds=_LATE_SECONDS), COUNTED)
    except Unavailable as error:
        return [unseen(ABOUT, f"cannot be counted: {error.message}")]
    if late:
        return [
            warn(
                ABOUT, f"{late:,} codes and tokens ended more than a day ago and are still there: nobody is let in by "
                "them, but they take room.",
                "Let a worker run for half an hour, and look for “sweeping tokens” in its log.",
            )
        ]
    return [ok(ABOUT, "What has ended is deleted.")]
