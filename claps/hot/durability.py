"""What an acknowledgement promises: how a call is made as safe as ``CLAPS_ACK`` says before it is answered."""

from __future__ import annotations

import logging
from typing import Any

import redis

from claps.hot.connection import answering, client_of, forget_primary, is_death
from claps.plain.errors import Unavailable

log = logging.getLogger(__name__)
CONFIRM_MILLISECONDS = 2_000


def read_persistence(client: Any) -> dict[str, str]:
    """Read ``appendonly``, ``appendfsync``, ``maxmemory``, ``maxmemory-policy`` and the server's version.

    :return: an empty value for what the server does not tell.
    """
    told = {"appendonly": "", "appendfsync": "", "maxmemory": "", "maxmemory-policy": ""}
    with answering("answer"):
        told["redis_version"] = str(client.info("server").get("redis_version", ""))
        for name in list(told)[:4]:
            try:
                told[name] = str(client.config_get(name).get(name, ""))
            except redis.ResponseError:
                log.debug("CONFIG GET %s is not allowed here", name)
    return told


class Confirmation:
    """Calls a script and waits until Redis has its writes as safely as promised.

    ``memory`` waits for nothing more. ``disk`` needs ``appendfsync always`` (then the reply itself comes
    after the fsync), or a Redis of 7.2 or newer with an append-only file, which is asked with WAITAOF.
    ``replica`` asks with WAIT that one replica has it.

    :param client: a client as ``open_redis`` makes it.
    :param ack: ``memory``, ``disk`` or ``replica``.
    """

    def __init__(self, client: Any, ack: str) -> None:
        self._client = client
        self._ack = ack
        self._question: tuple[str, ...] | None = None

    def look_again(self) -> None:
        """Forget how this Redis persists; it may be another one now."""
        self._question = None

    def call(self, script: Any, keys: list[str], args: list[Any]) -> Any:
        """Call a script; return its reply when its writes are safe.

        :raises Unavailable: Redis did not answer, or cannot promise what ``CLAPS_ACK`` says.
        """
        # Another greenlet may forget it while this one waits for Redis.
        question = self._question
        if question is None:
            self._question = question = self._find_question()
        with answering("count claps"):
            if not question:
                return script(keys=keys, args=args)
            try:
                reply, safe = self._ask(question, script, keys, args)
            except redis.exceptions.NoScriptError:
                client_of(self._client, keys[0]).script_load(script.script)
                reply, safe = self._ask(question, script, keys, args)
            except redis.exceptions.MovedError:
                # The shard lies on another node of the cluster now; nothing was counted on this one.
                forget_primary(self._client)
                reply, safe = self._ask(question, script, keys, args)
            except (redis.ConnectionError, redis.TimeoutError) as error:
                # It may have been counted. A node that was asked directly tells the cluster's client nothing of its
                # death: without this, claps would go on being sent there though another one has its place.
                if is_death(error):
                    forget_primary(self._client)
                raise
        if safe < 1:
            forget_primary(self._client)
            raise Unavailable("The clap was taken, but not yet as safely as promised.")
        return reply

    def fence(self, script: Any, keys: list[str], args: list[Any]) -> Any:
        """Call a script on whose strength SQL is going to be written; return its reply.

        Under ``replica`` a Redis that no replica follows may be one in whose place another was put. It must not
        bring its journal to SQL: what the other one has acknowledged would then be passed over as older.

        :raises Unavailable: Redis did not answer, or is followed by nobody.
        """
        if self._ack == "replica":
            return self.call(script, keys, args)
        with answering("close a shard"):
            return script(keys=keys, args=args)

    def _ask(self, question: tuple[str, ...], script: Any, keys: list[str], args: list[Any]) -> tuple[Any, int]:
        # Of a cluster, the node's own client: the question must go the way that the script went.
        pipe = client_of(self._client, keys[0]).pipeline(transaction=False)
        pipe.evalsha(script.sha, len(keys), *keys, *args)
        pipe.execute_command(*question)
        reply, confirmed = pipe.execute()
        return reply, int(confirmed[0] if isinstance(confirmed, list) else confirmed)

    def _find_question(self) -> tuple[str, ...]:
        if self._ack == "memory":
            return ()
        if self._ack == "replica":
            return ("WAIT", "1", str(CONFIRM_MILLISECONDS))
        told = read_persistence(self._client)
        if told["appendfsync"] == "always" and told["appendonly"] == "yes":
            return ()
        if not told["appendonly"]:
            log.warning("this Redis does not tell how it persists; CLAPS_ACK=disk trusts it")
            return ()
        if told["appendonly"] == "yes" and _at_least(told["redis_version"], (7, 2)):
            return ("WAITAOF", "1", "0", str(CONFIRM_MILLISECONDS))
        raise Unavailable(
            "This Redis keeps nothing on disk, so no clap is taken: set appendonly yes and appendfsync always "
            "there, or CLAPS_ACK=memory here."
        )


def _at_least(version: str, least: tuple[int, int]) -> bool:
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    return tuple(numbers) >= least
