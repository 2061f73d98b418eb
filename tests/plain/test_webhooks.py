"""How webhooks are signed, and when they are tried again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from claps.plain.errors import Invalid
from claps.plain.webhook_limits import PAUSES_SECONDS, TRIED_SECONDS
from claps.plain.webhooks import (
    check_events,
    new_message_id,
    new_salt,
    next_try_ms,
    read_tables,
    rest_ms,
    scopes_of,
    secret_of,
    signed_headers,
)

KEY = "the key of a site"
UNTIL_MS = TRIED_SECONDS * 1000


def test_the_official_library_knows_what_was_signed_with_either_secret() -> None:
    secrets = [secret_of(KEY, new_salt()) for _ in range(2)]

    headers = signed_headers(secrets, new_message_id(), '{"a": "ä"}', at=datetime.now(UTC))

    for secret in secrets:
        assert Webhook(secret).verify('{"a": "ä"}', headers) == {"a": "ä"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_of("another key of a site", "salt")).verify('{"a": "ä"}', headers)


def test_a_secret_is_the_same_for_one_salt_and_key_and_for_no_other() -> None:
    assert secret_of(KEY, "a") == secret_of(KEY, "a")
    assert len({secret_of(KEY, "a"), secret_of(KEY, "b"), secret_of("another", "a")}) == 3


def test_pauses_grow_up_to_six_hours_and_the_last_try_is_at_the_very_end() -> None:
    tried_ms, tries, now_ms = [], 0, 0
    while now_ms is not None:
        tried_ms.append(now_ms)
        tries += 1
        following = next_try_ms(tries, until_ms=UNTIL_MS, now_ms=now_ms)
        if following is None:
            break
        now_ms = following

    pauses = [(after - before) // 1000 for before, after in zip(tried_ms, tried_ms[1:], strict=False)]
    assert tuple(pauses[: len(PAUSES_SECONDS)]) == PAUSES_SECONDS
    assert set(pauses[len(PAUSES_SECONDS) : -1]) == {6 * 3600}
    assert tried_ms[-1] == UNTIL_MS and len(tried_ms) == 20


def test_what_a_receiver_asks_for_makes_a_pause_longer_and_never_shorter() -> None:
    assert next_try_ms(1, until_ms=UNTIL_MS, now_ms=0, asked_seconds=900) == 900_000
    assert next_try_ms(9, until_ms=UNTIL_MS, now_ms=0, asked_seconds=1) == 6 * 3600 * 1000
    assert next_try_ms(1, until_ms=UNTIL_MS, now_ms=0, asked_seconds=10**7) == 24 * 3600 * 1000


def test_a_webhook_that_fails_rests_for_a_minute_at_most() -> None:
    assert [rest_ms(fails, now_ms=0) for fails in (1, 2, 3, 50)] == [5_000, 30_000, 60_000, 60_000]


@pytest.mark.parametrize(
    ("events", "tables", "field"),
    [
        ([], [], "events"), (["ping"], [], "events"), (["table.changed"], [], "tables"),
        (["post.clapped"], ["a"], "tables"),
    ],
)
def test_what_cannot_be_told_is_refused(events: list[str], tables: list[str], field: str) -> None:
    with pytest.raises(Invalid) as error:
        check_events(events, tables)

    assert error.value.field == field


def test_events_and_tables_stand_once_and_in_their_order() -> None:
    both = check_events(["table.changed", "post.published", "post.published"], ["a"])

    assert both == ("post.published", "table.changed")
    assert read_tables(["b", "a", "b"]) == ("a", "b")
    assert scopes_of(["post.clapped", "table.changed"]) == {"stats", "tables"}
    for names in (["../a"], [f"a{number}" for number in range(11)]):
        with pytest.raises(Invalid):
            read_tables(names)
