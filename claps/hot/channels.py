"""Hearing what other processes tell: one pub/sub connection a worker, on the channels of what is watched."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import gevent
import redis
from redis.cluster import RedisCluster

from claps.hot.cluster import is_sharded
from claps.hot.connection import answering, client_of, load_script
from claps.hot.keys import channel_key, channel_shards

LISTEN_SECONDS = 1.0
# Where the next message is there so soon, several are waited for: to be woken for each takes longer than to read it.
# What takes less than the second number was there already.
DENSE_SECONDS = 0.004
WAITED_SECONDS = 0.0002
Heard = Callable[[str, str], None]


class Channels:
    """A pub/sub connection that one greenlet reads and others subscribe on.

    :param client: a client as ``open_redis`` makes it.
    :param heard: called with a channel's name and the message.
    :param joined: called with a channel's name once Redis has confirmed the subscription.
    """

    def __init__(self, client: Any, *, heard: Heard, joined: Callable[[str], None]) -> None:
        self._client = client
        self._heard = heard
        self._joined = joined
        self._is_dense = False
        self._pubsub = _open_pubsub(client)

    def join(self, names: Iterable[str]) -> None:
        """Subscribe; ``joined`` is called for each when Redis has it."""
        with answering("subscribe"):
            self._pubsub.subscribe(*names)

    def leave(self, names: Iterable[str]) -> None:
        """Unsubscribe."""
        with answering("unsubscribe"):
            self._pubsub.unsubscribe(*names)

    def listen_once(self) -> None:
        """Take the next message, waiting at most a second.

        :raises Unavailable: the connection is gone; call :meth:`start_over`.
        """
        with answering("relay news"):
            told = self._read()
            if not told:
                return
            if told[0] != "message":
                # It remembers what it was asked to listen to, and what not any more.
                self._pubsub.handle_message(told)
        if told[0] == "message":
            self._heard(told[1], told[2])
        elif told[0] == "subscribe":
            self._joined(told[1])

    def _read(self) -> Any:
        # From the connection: the library's own way asks the kernel before each message whether there is one.
        connection = self._pubsub.connection
        if connection is None:
            self._pubsub.subscribed_event.wait(LISTEN_SECONDS)
            return None
        if self._is_dense:
            gevent.sleep(DENSE_SECONDS)
        began = time.monotonic()
        try:
            told = connection.read_response(timeout=LISTEN_SECONDS, disconnect_on_error=False, push_request=True)
            self._is_dense = WAITED_SECONDS < time.monotonic() - began < DENSE_SECONDS
            return told
        except redis.TimeoutError:
            return None
        except (TypeError, ValueError) as error:
            # redis-py 8.1, when a socket is closed, and let go, while it waits for it.
            raise redis.ConnectionError("The connection was closed meanwhile.") from error

    def start_over(self, names: Iterable[str]) -> None:
        """Take a new connection and subscribe to everything again."""
        try:
            self._pubsub.close()
        except (redis.RedisError, OSError):
            pass  # It is broken already: that is why we are here.
        self._pubsub = _open_pubsub(self._client)
        wanted = list(names)
        for start in range(0, len(wanted), 1_000):
            self.join(wanted[start : start + 1_000])

    def close(self) -> None:
        """Give the connection back."""
        self._pubsub.close()


def publisher(client: Any) -> Callable[[str, str], None]:
    """Make the function that tells a message on a channel; those who are not listening now do not get it.

    What it makes raises Unavailable when Redis does not answer.
    """

    def publish(name: str, message: str) -> None:
        with answering("relay news"):
            client.publish(name, message)

    def publish_in_shard(name: str, message: str) -> None:
        if not (shards := channel_shards(name)):
            publish(name, message)
        for shard in shards:
            with answering("relay news"):
                client.spublish(channel_key(shard, name), message)

    return publish_in_shard if is_sharded(client) else publish


def teller(client: Any) -> Callable[[Sequence[str], str], None]:
    """Make the function that tells one message on many channels, in one call.

    What it makes raises Unavailable when Redis does not answer.
    """
    if is_sharded(client):
        return _shard_teller(client)
    script = load_script(client, "tell")

    def tell(names: Sequence[str], message: str) -> None:
        with answering("relay news"):
            script(keys=[], args=[message, *names])

    return tell


def _shard_teller(client: Any) -> Callable[[Sequence[str], str], None]:
    # Not by the script: while a slot moves it runs where the slot will be, and those who listen are where it was.
    def tell(names: Sequence[str], message: str) -> None:
        with answering("relay news"):
            by_node: dict[Any, list[str]] = defaultdict(list)
            for key in (channel_key(shard, name) for name in names for shard in channel_shards(name)):
                by_node[client_of(client, key)].append(key)
            for node, keys in by_node.items():
                pipe = node.pipeline(transaction=False)
                for key in keys:
                    pipe.execute_command("SPUBLISH", key, message)
                for key, reply in zip(keys, pipe.execute(raise_on_error=False), strict=True):
                    if isinstance(reply, redis.ResponseError):
                        # The slot is elsewhere now: the client knows what to do.
                        client.spublish(key, message)

    return tell


def _open_pubsub(client: Any) -> Any:
    if isinstance(client, RedisCluster):
        # Every node tells of all channels; left to itself the client would send all workers to the same one.
        return client.pubsub(node=client.get_random_node(), push_handler_func=_as_told)
    return client.pubsub(push_handler_func=_as_told)


def _as_told(message: Any) -> Any:
    # The library's own writes each down for a log that nobody keeps.
    return message
