"""Channels: few for many tables, and whose a message is."""

from __future__ import annotations

import pytest

from claps.plain.channels import channel_of, put_name, take_name
from claps.plain.limits import TABLE_CHANNELS
from claps.plain.topics import parse_topic


@pytest.mark.parametrize("name", ["post:1", "post:1:comments", "person:7", "posts:0", "feed:7:0", "writer:7"])
def test_what_is_no_table_has_a_channel_and_messages_of_its_own(name: str) -> None:
    topic = parse_topic(name)

    assert channel_of(topic) == name
    assert take_name(name, put_name(topic, "e.4 {}")) == ("", "e.4 {}")


def test_tables_share_channels_and_a_message_says_whose_it_is() -> None:
    topic = parse_topic("table:prices")

    # Workers of several machines must agree, and proxies that compute it as well: crc32 of the name, modulo 1,024.
    assert channel_of(topic) == "tables:984"
    assert put_name(topic, 'e.4 {"key":"a b"}') == 'prices e.4 {"key":"a b"}'
    assert take_name("tables:1", 'prices e.4 {"key":"a b"}') == ("prices", 'e.4 {"key":"a b"}')


def test_many_tables_are_spread_evenly_over_few_channels() -> None:
    counts: dict[str, int] = {}
    for number in range(100 * TABLE_CHANNELS):
        channel = channel_of(parse_topic(f"table:prices-{number}"))
        counts[channel] = counts.get(channel, 0) + 1

    assert len(counts) == TABLE_CHANNELS
    assert max(counts.values()) < 200
