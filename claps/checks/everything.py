"""All checks, one after the other."""

from __future__ import annotations

from claps.app import Core
from claps.checks.findings import Finding
from claps.checks.laws import check_laws
from claps.checks.machine import check_machine
from claps.checks.redis import check_redis
from claps.checks.references import check_references
from claps.checks.site import check_site
from claps.checks.sql import check_sql
from claps.checks.tables import check_tables
from claps.checks.tokens import check_tokens
from claps.checks.webhooks import check_webhooks
from claps.settings import ROOT


def check_everything(core: Core, *, subscribers: int) -> list[Finding]:
    """Look at Redis, SQL, what is in them, this machine, and the site's own settings; nothing is changed.

    :param subscribers: readers that one worker shall hold.
    """
    return [
        *check_redis(core),
        *check_sql(core),
        *check_laws(core),
        *check_tables(core),
        *check_references(core),
        *check_tokens(core),
        *check_webhooks(core),
        *check_machine(core.settings.var, subscribers=subscribers),
        *check_site(core.settings, ROOT),
    ]
