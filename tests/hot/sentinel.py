"""A Sentinel beside one Redis."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import redis as redis_library

from tests.parts.processes import Child, find_free_port
from tests.parts.redis_server import RedisServer, find_redis_server


@contextmanager
def sentinel_of(redis: RedisServer, folder: Path) -> Iterator[str]:
    """A Sentinel that knows a Redis; the address of the two."""
    port, settings = find_free_port(), folder / "sentinel.conf"
    settings.write_text(f"port {port}\nsentinel monitor applause 127.0.0.1 {redis.port} 1\n")
    child = Child([find_redis_server(), str(settings), "--sentinel"], log=folder / "sentinel.log")
    with closing(redis_library.Redis(port=port)) as client:
        child.launch(lambda: answers(client))
        try:
            yield f"redis+sentinel://127.0.0.1:{port}/applause"
        finally:
            child.kill()


def answers(client: redis_library.Redis) -> bool:
    """True when a Redis, or a Sentinel, is there."""
    try:
        return bool(client.ping())
    except redis_library.RedisError:
        return False
