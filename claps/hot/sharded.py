"""Hearing what other processes tell on a cluster: each node is heard for the shards that it has, and no other.

Decision 0039 says why, and what happens when a shard moves.
"""

from __future__ import annotations

import logging
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import gevent
import redis
from gevent.event import Event
from redis.cluster import ClusterNode

from claps.hot.channels import Channels, Heard
from claps.hot.cluster import is_sharded
from claps.hot.connection import forget_primary
from claps.hot.ears import Ear
from claps.hot.keys import channel_key, channel_shards, life_key, split_channel_key
from claps.hot.moves import SHARDS_BY_SLOT, find_moves
from claps.plain.meters import meters

log = logging.getLogger(__name__)
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0
# How often it is looked whether a shard is on its way.
LOOK_SECONDS = 5.0
_BROKEN = (redis.RedisError, redis.exceptions.RedisClusterException, OSError)


def open_channels(client: Any, *, heard: Heard, joined: Callable[[str], None]) -> Channels | ShardedChannels:
    """Make what a relay listens with, as it befits this Redis."""
    make = ShardedChannels if is_sharded(client) else Channels
    return make(client, heard=heard, joined=joined)


class ShardedChannels:
    """Channels that lie in shards, each heard at the node that has its shard now; and the house's, heard at any.

    One greenlet keeps every shard at its home. A shard goes astray when its node says that it is gone or cannot be
    heard any more; then all its channels are subscribed to where it is now, and ``joined`` is called for each. While
    a shard is on its way scripts tell of what has arrived already where the shard will be: there it is heard as well.

    :param client: a client of a cluster that tells news shard by shard.
    :param heard: called with a channel's name and the message.
    :param joined: called with a channel's name once Redis has confirmed the subscription; and of one that cannot be
        subscribed to at present, once before that, because SQL may know what is true.
    """

    def __init__(self, client: Any, *, heard: Heard, joined: Callable[[str], None]) -> None:
        self._client = client
        self._heard = heard
        self._joined = joined
        self._house = Channels(client, heard=heard, joined=joined)
        self._wanted: dict[int, set[str]] = defaultdict(set)
        # What is subscribed to, or is to be, and Redis has not said so; and of what was never said that it may be read.
        self._unconfirmed: set[str] = set()
        self._unread: set[str] = set()
        self._ears: dict[str, Ear] = {}
        self._homes: dict[int, Ear] = {}
        self._ahead: dict[int, Ear] = {}
        self._moves: dict[int, ClusterNode] = {}
        self._unheard: set[int] = set()
        # How often a home was looked for since something was last confirmed there.
        self._tries: dict[int, int] = defaultdict(int)
        self._astray: set[int] = set()
        self._stirred = Event()
        self._is_map_doubtful = False
        self._greenlets = [gevent.spawn(self._keep), gevent.spawn(self._look)]

    def join(self, names: Iterable[str]) -> None:
        """Subscribe; ``joined`` is called for each.

        :raises Unavailable: no node answers for the house's channel.
        """
        by_shard: dict[int, list[str]] = defaultdict(list)
        for name in names:
            shards = channel_shards(name)
            if not shards:
                self._house.join([name])
            for shard in shards:
                by_shard[shard].append(channel_key(shard, name))
        for shard, keys in by_shard.items():
            self._wanted[shard].update(keys)
            self._unconfirmed.update(keys)
            self._unread.update(keys)
            if shard in self._homes:
                self._homes[shard].join(keys)
            else:
                self._lose(shard)
            if shard in self._ahead:
                self._ahead[shard].join_ahead(keys)

    def leave(self, names: Iterable[str]) -> None:
        """Unsubscribe."""
        by_shard: dict[int, list[str]] = defaultdict(list)
        for name in names:
            for shard in channel_shards(name):
                by_shard[shard].append(channel_key(shard, name))
        for shard, keys in by_shard.items():
            self._wanted[shard].difference_update(keys)
            self._unconfirmed.difference_update(keys)
            self._unread.difference_update(keys)
            if shard in self._homes:
                self._homes[shard].leave(keys)

    def listen_once(self) -> None:
        """Take the next message of the house's channel, waiting at most a second; shards have greenlets of their own.

        :raises Unavailable: the connection is gone; call :meth:`start_over`.
        """
        self._house.listen_once()

    def start_over(self, names: Iterable[str]) -> None:
        """Take new connections and subscribe to everything again.

        :raises Unavailable: no node answers.
        """
        every = list(names)
        self._house.start_over([name for name in every if not channel_shards(name)])
        self._hang_up()
        self._wanted.clear()
        self._unconfirmed.clear()
        self._unread.clear()
        self._unheard.clear()
        self.join(name for name in every if channel_shards(name))

    def close(self) -> None:
        """Give the connections back."""
        gevent.killall(self._greenlets)
        self._hang_up()
        self._house.close()

    def _hang_up(self) -> None:
        for ear in self._ears.values():
            ear.close()
        self._ears.clear()
        self._homes.clear()
        self._ahead.clear()

    def told(self, key: str, message: str) -> None:
        """An ear heard something."""
        self._heard(split_channel_key(key)[1], message)

    def confirmed(self, ear: Ear, key: str) -> None:
        """A node tells of this channel from now on."""
        shard, name = split_channel_key(key)
        if self._homes.get(shard) is ear:
            self._tries[shard] = 0
            self._unconfirmed.discard(key)
            self._unheard.discard(shard)
            meters.shards_unheard = len(self._unheard)
        elif self._ahead.get(shard) is not ear:
            return
        self._unread.discard(key)
        self._joined(name)

    def put_out(self, ear: Ear, key: str) -> None:
        """A node tells no more of this channel: its shard has moved."""
        shard, _ = split_channel_key(key)
        if self._homes.get(shard) is ear and key in self._wanted[shard]:
            self._lose(shard)

    def refused(self, ear: Ear, error: redis.ResponseError) -> None:
        """A node does not have the shard, or takes no subscription at all."""
        if isinstance(error, redis.exceptions.MovedError):
            shard = SHARDS_BY_SLOT.get(error.slot_id)
            if shard is not None and self._homes.get(shard) is ear:
                self._client.nodes_manager.move_slot(error)
                self._lose(shard)
            return
        log.warning("a node takes no subscription: %s", error)
        self._is_map_doubtful = True
        for shard, home in list(self._homes.items()):
            if home is ear and not self._unconfirmed.isdisjoint(self._wanted[shard]):
                self._lose(shard)

    def lost(self, ear: Ear) -> None:
        """An ear hears no more."""
        self._is_map_doubtful = True
        for shard, home in list(self._homes.items()):
            if home is ear:
                self._lose(shard)
        self._ahead = {shard: other for shard, other in self._ahead.items() if other is not ear}

    def _lose(self, shard: int) -> None:
        self._homes.pop(shard, None)
        self._astray.add(shard)
        self._unheard.add(shard)
        meters.shards_unheard = len(self._unheard)
        self._stirred.set()

    def _keep(self) -> None:
        while True:
            self._stirred.wait()
            self._stirred.clear()
            tries = max((self._tries[shard] for shard in self._astray), default=0)
            if tries:
                pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(tries, 10))
                gevent.sleep(random.uniform(pause / 2, pause))
            try:
                self._bring_home()
                self._go_ahead()
                self._close_idle()
            except Exception:
                log.exception("finding the shards stumbled")
                gevent.sleep(LONGEST_PAUSE_SECONDS)
            if self._astray:
                self._stirred.set()

    def _bring_home(self) -> None:
        if self._is_map_doubtful:
            self._is_map_doubtful = False
            try:
                forget_primary(self._client)
            except _BROKEN as error:
                log.info("nobody says where the shards are: %s", error)
                self._is_map_doubtful = True
        deaf: dict[str, list[int]] = defaultdict(list)
        for shard in sorted(self._astray):
            self._tries[shard] += 1
            if self._wanted[shard]:
                self._bring_one_home(shard, deaf)
            else:
                self._astray.discard(shard)
                self._unheard.discard(shard)
        for name, shards in deaf.items():
            log.info("%s cannot be heard at present, with %d shards", name, len(shards))
        meters.shards_unheard = len(self._unheard)

    def _bring_one_home(self, shard: int, deaf: dict[str, list[int]]) -> None:
        name = "a node that nobody knows"
        try:
            node: ClusterNode = self._client.get_node_from_key(life_key(shard))
            name = node.name
            if name in deaf:
                raise redis.ConnectionError("It did not answer a moment ago.")
            ear = self._ear_at(node)
        except _BROKEN:
            deaf[name].append(shard)
            self._is_map_doubtful = True
            self._do_without(shard)
            return
        # Whoever joins meanwhile is sent there, too.
        self._homes[shard] = ear
        self._astray.discard(shard)
        self._unconfirmed |= self._wanted[shard]
        ear.join(sorted(self._wanted[shard]))

    def _ear_at(self, node: ClusterNode) -> Ear:
        ear = self._ears.get(node.name)
        if ear is None or not ear.is_alive:
            ear = Ear(self._client.open_connection(node), self)
            ear.open()
            self._ears[node.name] = ear
        return ear

    def _do_without(self, shard: int) -> None:
        new = self._unread & self._wanted[shard]
        self._unread -= new
        for key in new:
            self._joined(split_channel_key(key)[1])

    def _look(self) -> None:
        while True:
            gevent.sleep(random.uniform(0.75, 1.25) * LOOK_SECONDS)
            try:
                self._moves = find_moves(self._client)
            except Exception:
                log.exception("looking for shards on their way stumbled")
            if self._moves or self._ahead:
                self._stirred.set()

    def _go_ahead(self) -> None:
        moves = dict(self._moves)
        self._ahead = {shard: ear for shard, ear in self._ahead.items() if shard in moves}
        for shard, node in moves.items():
            if not self._wanted[shard] or shard in self._ahead:
                continue
            try:
                ear = self._ear_at(node)
            except _BROKEN as error:
                log.info("shard %d cannot be heard where it is going: %s", shard, error)
                continue
            if self._homes.get(shard) is not ear:
                self._ahead[shard] = ear
                ear.join_ahead(sorted(self._wanted[shard]))

    def _close_idle(self) -> None:
        used = {*self._homes.values(), *self._ahead.values()}
        for name, ear in list(self._ears.items()):
            if ear not in used:
                ear.close()
                del self._ears[name]
