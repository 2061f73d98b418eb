"""What programs say up a JSON WebSocket: claps, each acknowledged by its id."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import Any

import gevent

from claps.acts import claps
from claps.live.framing import text_frame
from claps.live.messages import dump
from claps.live.subscribers import Subscriber
from claps.plain.errors import ClapsError, Invalid, Refused, TooMany
from claps.plain.limits import CLAPS_PER_READER
from claps.plain.patience import CLAPS_UNANSWERED, LOOKS_UNANSWERED
from claps.plain.posts import Post
from claps.plain.tallies import Clapped
from claps.plain.topics import Topic, parse_topic
from claps.web.answers import problem_of
from claps.web.site import Site

log = logging.getLogger(__name__)
ID_LENGTH = 64
_TOO_MANY = "So many messages of this socket have no answer yet. Send this one again when some have."


class Upward:
    """Takes messages such as ``{"clap": 3, "topic": "post:12", "id": "x1"}``.

    Answers ``{"ack": "x1", "claps": 157, "yours": 8}`` when the claps are as safe as ``CLAPS_ACK`` says, or
    ``{"refused": "x1", …problem details…}``; never both, and always one for a message that has an id.
    """

    def __init__(self, parts: Site) -> None:
        self._parts = parts
        # How many posts are looked up for a subscriber.
        self._looking: Counter[Subscriber] = Counter()

    def __call__(self, subscriber: Subscriber, text: str) -> None:
        """Take one message; the answer comes later, through the same socket."""
        message_id: Any = None
        try:
            message = _parse(text)
            message_id = message.get("id")
            topic = _post_topic(message.get("topic"))
            post = self._parts.library.known_post(topic.number)
            if post is None:
                if self._looking[subscriber] >= LOOKS_UNANSWERED:
                    raise TooMany(_TOO_MANY, retry_after_seconds=1)
                self._looking[subscriber] += 1
                # Not here: this is the greenlet that reads everybody's socket, and SQL may take its time.
                gevent.spawn(self._read_and_clap, subscriber, topic, message, message_id)
            else:
                self._clap(subscriber, post, message, message_id)
        except ClapsError as error:
            self._refuse(subscriber, message_id, error)

    def _read_and_clap(self, subscriber: Subscriber, topic: Topic, message: dict[str, Any], message_id: Any) -> None:
        try:
            try:
                post = self._parts.library.get_counted(topic.number)
            finally:
                self._looking[subscriber] -= 1
                if not self._looking[subscriber]:
                    del self._looking[subscriber]
            if subscriber.unsent is not None and subscriber.unsent.ending:
                return  # Goodbye was said: what has no acknowledgement by then is not counted, and is sent again.
            self._clap(subscriber, post, message, message_id)
        except ClapsError as error:
            self._refuse(subscriber, message_id, error)

    def _clap(self, subscriber: Subscriber, post: Post, message: dict[str, Any], message_id: Any) -> None:
        if message_id is not None and (not isinstance(message_id, str) or len(message_id) > ID_LENGTH):
            raise Invalid("id", f"“id” must be a text of at most {ID_LENGTH} characters.")
        times = message.get("clap")
        if isinstance(times, bool) or not isinstance(times, int):
            raise Invalid("clap", f"“clap” must be a whole number from 1 to {CLAPS_PER_READER}.")
        if subscriber.reader is None:
            raise Invalid("id", "Nobody is known on this socket.")
        if self._parts.departed.has_left(subscriber.reader.id):
            raise Refused("This account is gone.")

        def answer(outcome: Clapped | ClapsError) -> None:
            unanswered[subscriber] -= 1
            if not unanswered[subscriber]:
                del unanswered[subscriber]
            if isinstance(outcome, ClapsError):
                self._refuse(subscriber, message_id, outcome)
            else:
                tally = self._parts.calm.veil(outcome.tally)
                counted: dict[str, Any] = {"calm": True} if tally.is_calm else {"claps": tally.claps}
                told = {"ack": message_id, **counted, "yours": outcome.yours}
                self._parts.hub.lot.send(subscriber, text_frame(dump(told)))

        unanswered = self._parts.hub.unanswered
        if unanswered[subscriber] >= CLAPS_UNANSWERED:
            raise TooMany(_TOO_MANY, retry_after_seconds=1)
        claps.clap_soon(self._parts.ledger, subscriber.reader, post, times=times, answer=answer)
        # The answer comes from another greenlet, and so not before this.
        unanswered[subscriber] += 1

    def _refuse(self, subscriber: Subscriber, message_id: Any, error: ClapsError) -> None:
        told = {"refused": message_id, **problem_of(error)}
        self._parts.hub.lot.send(subscriber, text_frame(dump(told)))


def _post_topic(name: Any) -> Topic:
    topic = parse_topic(name) if isinstance(name, str) else None
    if topic is None or topic.kind != "post":
        raise Invalid("topic", "“topic” must name a post, as in post:12.")
    return topic


def _parse(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise Invalid("message", "A message must be a JSON object.")
    return message
