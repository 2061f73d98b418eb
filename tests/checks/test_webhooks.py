"""Are webhooks told?"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

from claps.acts.follows import follow
from claps.acts.webhook_sending import read_clock
from claps.acts.webhooks import Wanted, Webhooks, create_webhook
from claps.app import Core
from claps.checks.webhooks import check_webhooks
from claps.plain.people import Person
from claps.store.webhooks import Webhook
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE
DAY_MS = 24 * 3600 * 1000


def test_what_nobody_tells_and_nobody_takes_is_found(core: Core, ada: Person, ben: Person) -> None:
    kit = Webhooks(core.database, lambda url: None, core.settings.secret_key, lambda: None)
    create_webhook(kit, ada, Wanted("https://hooks.test/", ["person.followed"]), root="https://claps.test")
    follow(core.database, ben, ada)
    before = check_webhooks(core)

    long_ago = {"due_ms": read_clock() - DAY_MS, "failing_ms": read_clock() - 2 * DAY_MS}
    core.database.transact(lambda: Webhook.update(long_ago).execute())
    found = check_webhooks(core)

    assert [finding.grade for finding in before] == ["ok"]
    assert [finding.grade for finding in found] == ["warn", "warn"]
    assert "1 have had something to tell" in found[0].said and "1 have taken nothing" in found[1].said


def test_networks_that_are_open_are_said(core: Core) -> None:
    settings = replace(core.settings, webhook_networks=(ip_network("10.0.0.0/8"),))

    found = check_webhooks(replace(core, settings=settings))

    assert [finding.grade for finding in found] == ["ok", "warn"]
    assert "10.0.0.0/8" in found[1].said
