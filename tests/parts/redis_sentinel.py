"""A private Redis with two replicas, and three Sentinels that promote one of them when the primary is gone."""

from __future__ import annotations

from pathlib import Path

import redis

from tests.parts.processes import Child, eventually, find_free_port
from tests.parts.redis_server import RedisServer, find_redis_server

NAME = "claps"
REPLICAS = 2
SENTINELS = 3
# Quicker than one would set it outside of tests, where a slow second must not cost a failover.
DOWN_MILLISECONDS = 1_000
FAILOVER_MILLISECONDS = 5_000
# How often they ask who follows whom, tell each other, and look: by themselves every ten seconds, two and one, and a
# server that comes back is a replica again only after four tellings. Who was frozen only looks on for a while, by
# itself half a minute.
PERIODS = ("INFO-PERIOD", 500, "PUBLISH-PERIOD", 250, "PING-PERIOD", 250, "ASK-PERIOD", 250, "TILT-PERIOD", 5_000)


class Sentinel(Child):
    """One of those who watch the primary; two must agree."""

    def __init__(self, folder: Path, primary: RedisServer) -> None:
        self.port = find_free_port()
        folder.mkdir(parents=True)
        settings = folder / "sentinel.conf"
        settings.write_text(
            f"port {self.port}\nbind 127.0.0.1\ndir {folder}\n"
            f"sentinel monitor {NAME} 127.0.0.1 {primary.port} 2\n"
            f"sentinel down-after-milliseconds {NAME} {DOWN_MILLISECONDS}\n"
            f"sentinel failover-timeout {NAME} {FAILOVER_MILLISECONDS}\n"
        )
        super().__init__([find_redis_server(), str(settings), "--sentinel"], log=folder / "sentinel.log")

    def start(self) -> None:
        """Start it and return when it answers."""
        self.launch(self._answers)
        with self.open_client() as client:
            client.execute_command("SENTINEL", "DEBUG", *PERIODS)

    def open_client(self) -> redis.Redis:
        """Return a client of this Sentinel; use it in a ``with``."""
        return redis.Redis(port=self.port, decode_responses=True, socket_timeout=2)

    def primary_port(self) -> int:
        """Whom it takes for the primary; 0 when it does not answer."""
        try:
            with self.open_client() as client:
                return int(client.sentinel_get_master_addr_by_name(NAME)[1])
        except redis.RedisError:
            return 0

    def knows_all(self) -> bool:
        """Whether it has found the replicas and the other Sentinels."""
        with self.open_client() as client:
            told = client.sentinel_master(NAME)
        return (int(told["num-slaves"]), int(told["num-other-sentinels"])) == (REPLICAS, SENTINELS - 1)

    def _answers(self) -> bool:
        try:
            with self.open_client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


class RedisGroup:
    """A primary with its replicas and Sentinels. Not started by being made: call :meth:`start`.

    :ivar servers: the Redis servers; the first one is the primary at the beginning.
    """

    def __init__(self, folder: Path) -> None:
        self.servers = [RedisServer(folder / f"redis-{number}") for number in range(1 + REPLICAS)]
        self.sentinels = [Sentinel(folder / f"sentinel-{number}", self.servers[0]) for number in range(SENTINELS)]

    @property
    def url(self) -> str:
        """What CLAPS_REDIS_URL is set to."""
        return f"redis+sentinel://{','.join(f'127.0.0.1:{one.port}' for one in self.sentinels)}/{NAME}"

    @property
    def primary(self) -> RedisServer:
        """The server that most Sentinels take for the primary."""
        told = [one.primary_port() for one in self.sentinels if one.is_running]
        port = max(set(told), key=told.count)
        return next(server for server in self.servers if server.port == port)

    def open_client(self) -> redis.Redis:
        """Return a client of the present primary; use it in a ``with``."""
        return self.primary.open_client()

    def start(self) -> None:
        """Start all, and return when the replicas follow and the Sentinels have found each other."""
        for server in self.servers:
            server.start()
            with server.open_client() as client:
                client.config_set("repl-diskless-sync-delay", 0)
        for replica in self.servers[1:]:
            with replica.open_client() as client:
                client.replicaof("127.0.0.1", self.servers[0].port)
        self.wait_for_replicas()
        for sentinel in self.sentinels:
            sentinel.start()
        eventually(lambda: all(one.knows_all() for one in self.sentinels), seconds=30)

    def wait_for_replicas(self, count: int = REPLICAS) -> None:
        """Return when so many replicas follow the primary."""
        eventually(lambda: self._count_following() >= count, seconds=60)

    def wait_for_promotion(self, before: RedisServer) -> RedisServer:
        """Return the new primary once one has taken the place of ``before`` and takes writes."""
        eventually(lambda: self.primary is not before and self._is_primary(self.primary), seconds=30)
        return self.primary

    @property
    def children(self) -> list[RedisServer | Sentinel]:
        """Everything that can be killed."""
        return [*self.sentinels, *self.servers]

    def revive(self) -> None:
        """Bring back what is dead or frozen, and return when the replicas follow."""
        for child in self.children:
            child.resume()
            if not child.is_running:
                child.start()
        self.wait_for_replicas()

    def kill(self) -> None:
        """Kill everything."""
        for child in self.children:
            child.resume()
            child.kill()

    def _is_primary(self, server: RedisServer) -> bool:
        try:
            with server.open_client() as client:
                return bool(client.info("replication")["role"] == "master")
        except redis.RedisError:
            return False

    def _count_following(self) -> int:
        try:
            with self.open_client_at_start() as client:
                replicas = client.info("replication")
        except redis.RedisError:
            return 0
        return sum(replicas.get(f"slave{n}", {}).get("state") == "online" for n in range(REPLICAS))

    def open_client_at_start(self) -> redis.Redis:
        """A client of the primary; of the first server as long as no Sentinel runs."""
        running = any(one.is_running for one in self.sentinels)
        return self.primary.open_client() if running else self.servers[0].open_client()
