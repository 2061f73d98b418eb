"""Builds towns: which parts, and where the first posts come from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

from tests.chaos.town import Town
from tests.faults.conftest import fill
from tests.parts.claps_server import ClapsServer
from tests.parts.mariadb_server import MariadbServer
from tests.parts.redis_sentinel import RedisGroup
from tests.parts.redis_server import RedisServer

Kind = Literal["one-redis", "sentinels"]
KINDS: tuple[Kind, ...] = ("one-redis", "sentinels")


@contextmanager
def build(folder: Path, kind: Kind) -> Iterator[Town]:
    """Start a town with the demo's posts in it; everything ends with the block.

    ``one-redis`` has one Redis that is safe after every command, and CLAPS_ACK=disk; ``sentinels`` has a primary, two
    replicas and three Sentinels, and CLAPS_ACK=replica. Both have one MariaDB, two nodes and HAProxy.

    :param folder: an empty one, that MariaDB's own user can reach.
    """
    with ExitStack() as stack:
        (folder / "mariadb").mkdir()
        mariadb = MariadbServer(folder / "mariadb")
        stack.callback(mariadb.kill)
        mariadb.start()
        redis = RedisServer(folder / "redis") if kind == "one-redis" else RedisGroup(folder / "redis")
        stack.callback(redis.kill)
        redis.start()
        database_url = mariadb.make_database()
        fill(ClapsServer(folder / "filling", database_url=database_url, redis_url=redis.url))
        town = Town(
            folder / "town", database_url, mariadb=mariadb, redis=redis,
            ack="disk" if kind == "one-redis" else "replica",
        )
        stack.callback(town.kill)
        town.start()
        yield town
