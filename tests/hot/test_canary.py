"""The canary's claps."""

from __future__ import annotations

from claps.hot.canary import KEPT_SECONDS, canary_clapper
from claps.hot.connection import open_redis
from claps.hot.durability import Confirmation
from claps.plain.limits import SHARDS
from tests.parts.redis_server import RedisServer


def test_a_clap_is_told_and_leaves_nothing_for_long(redis: RedisServer) -> None:
    client = open_redis(redis.url)
    clap = canary_clapper(client, Confirmation(client, "disk"), "w1")
    with client.pubsub() as heard:
        heard.subscribe("canary:w1")
        heard.get_message(timeout=5)

        clap(SHARDS + 3, "canary:w1")

        assert heard.get_message(timeout=5)["data"] == str(SHARDS + 3)
    assert client.keys() == ["{s3}:canary:w1"]
    assert 0 < client.ttl("{s3}:canary:w1") <= KEPT_SECONDS
    client.close()
