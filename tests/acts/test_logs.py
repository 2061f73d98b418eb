"""Logs from SQL: read, heard, and told without fear."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from claps.acts.logs import StoredLog, tell_quietly
from claps.app import Core
from claps.plain.channels import channel_of
from claps.plain.errors import Unavailable
from claps.plain.limits import LOG_EVENTS_TOLD
from claps.plain.news import News
from claps.plain.topics import Topic
from claps.plain.versions import Version
from claps.store.logs import append, compact

PRICES = Topic("table", "prices")


@pytest.fixture
def source(core: Core) -> StoredLog:
    """The source of logs that keep what they tell."""
    return StoredLog(core.database)


def write(core: Core, numbers: Sequence[int]) -> Version:
    """Write events that are numbers."""
    return core.database.transact(lambda: append(PRICES, [json.dumps({"n": number}) for number in numbers]))


def test_events_are_read_behind_a_version(core: Core, source: StoredLog) -> None:
    last = write(core, [1, 2, 3])

    assert source.read([PRICES])[PRICES] == News(PRICES, last)
    assert source.after(PRICES, 1) == News(PRICES, last, events=({"n": 2}, {"n": 3}))
    assert source.after(PRICES, 1, upto=2) == News(PRICES, Version(last.epoch, 2), events=({"n": 2},))
    assert source.after(PRICES, 3) == News(PRICES, last)


def test_a_long_gap_is_read_in_parts(core: Core, source: StoredLog) -> None:
    write(core, range(1, LOG_EVENTS_TOLD + 3))

    first = source.after(PRICES, 0)
    second = source.after(PRICES, first.version.offset)

    assert (len(first.events), [event["n"] for event in second.events]) == (500, [501, 502])


def test_what_was_compacted_away_is_said(core: Core, source: StoredLog) -> None:
    last = write(core, [1, 2, 3])
    core.database.transact(lambda: compact(PRICES, keep=1))

    assert source.after(PRICES, 1) == News(PRICES, last, resync=True)
    assert list(source.opening(PRICES)) == [News(PRICES, last, resync=True)]


def test_a_message_says_how_far_and_may_carry_its_event(source: StoredLog) -> None:
    known = News(PRICES, Version("e", 3))

    assert source.hear(known, "table:prices", "e.4") == News(PRICES, Version("e", 4))
    assert source.hear(known, "table:prices", 'e.4 {"n": 4}') == News(PRICES, Version("e", 4), events=({"n": 4},))
    assert source.hear(known, "table:prices", "") is None


def test_a_redis_that_is_away_is_no_error_to_who_tells() -> None:
    told: list[tuple[str, str]] = []

    def fail(name: str, message: str) -> None:
        told.append((name, message))
        raise Unavailable("Redis does not answer.")

    tell_quietly(fail, PRICES, Version("e", 4), {"key": "btc", "value": "½"})

    assert told == [(channel_of(PRICES), 'prices e.4 {"key":"btc","value":"½"}')]
