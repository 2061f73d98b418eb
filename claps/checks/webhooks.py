"""Are webhooks told, and do their receivers take it?"""

from __future__ import annotations

from claps.acts.webhook_sending import read_clock
from claps.app import Core
from claps.checks.findings import Finding, ok, unseen, warn
from claps.checks.sql import has_file
from claps.plain.errors import Unavailable
from claps.plain.webhook_limits import WEBHOOK_FAILING_SECONDS, WEBHOOK_LATE_SECONDS
from claps.settings import ROOT
from claps.store.migrations import pending
from claps.store.webhook_turns import count_failing, late_webhooks

ABOUT = "Webhooks"


def check_webhooks(core: Core) -> list[Finding]:
    """Look for messages that nobody takes in hand, for receivers that are away, and for networks that are open."""
    try:
        if not has_file(core) or pending(core.database, ROOT / "migrations"):
            return [unseen(ABOUT, "cannot be looked at before the tables are there.", "claps migrate")]
        now_ms = read_clock()
        with core.database.reading():
            late = late_webhooks(now_ms - WEBHOOK_LATE_SECONDS * 1000)
            failing = count_failing(now_ms - WEBHOOK_FAILING_SECONDS * 1000)
    except Unavailable as error:
        return [unseen(ABOUT, f"cannot be looked at: {error.message}")]
    return [_say_late(late), *_say_failing(failing), *_say_open(core)]


def _say_late(late: int) -> Finding:
    if not late:
        return ok(ABOUT, "What there is to tell is told, or being tried again.")
    return warn(
        ABOUT, f"{late:,} have had something to tell for over {WEBHOOK_LATE_SECONDS} s, and nobody takes them in hand.",
        "Start the site; if it runs, look for “webhook” in its log. Receivers that are slow wait for one another.",
    )


def _say_failing(failing: int) -> list[Finding]:
    if not failing:
        return []
    return [
        warn(
            ABOUT, f"{failing:,} have taken nothing for over a day. After three days a webhook is turned off, and its "
            "owner told.",
            "If it is all of them, see whether this machine reaches the Internet by https and by name.",
        )
    ]


def _say_open(core: Core) -> list[Finding]:
    networks = core.settings.webhook_networks
    if not networks:
        return []
    told = ", ".join(map(str, networks))
    return [
        warn(
            ABOUT, f"may lead into {told}: everybody with an account can send requests to what listens there.",
            "Name in CLAPS_WEBHOOK_NETWORKS only what is meant to be reached, as 10.1.2.3/32.",
        )
    ]
