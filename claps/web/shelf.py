"""Rendered pages, everybody's and one's own, kept until they are old or something that they show has changed."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple, cast

import gevent
from cachetools import LRUCache
from flask import Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from claps.acts.feeds import FEEDS, feed_channel
from claps.acts.kept import CHANGED
from claps.acts.logs import Publish
from claps.acts.posts import Library
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import Unavailable
from claps.plain.limits import COPY_PATIENCE_SECONDS, OWN_PAGES_KEPT_BYTES, PAGE_FRESH_SECONDS, PAGES_KEPT_BYTES
from claps.web import compression, identity

log = logging.getLogger(__name__)
View = Callable[..., AnyResponse]
Names = tuple[str, ...]


class Own(NamedTuple):
    """The key of a page that one person alone may see."""

    person_id: int
    path: str


Key = str | Own


class Copy:
    """One rendered page: its head, and its body in every coding that was asked for so far."""

    def __init__(self, response: AnyResponse, names: Names) -> None:
        self.names = frozenset(names)
        self.body = response.get_data()
        self.head = [(name, value) for name, value in response.headers if name != "Content-Length"]
        # Weak, because it is the same for every coding.
        self.mark = f'W/"{hashlib.sha256(self.body).hexdigest()[:16]}"'
        self.fresh_until = 0.0
        self._coded: dict[str, bytes] = {}
        self._smallest: set[str] = set()

    @property
    def most_bytes(self) -> int:
        """What it may come to weigh: brotli and gzip together are lighter than the page."""
        return 2 * len(self.body)

    def answer(self) -> AnyResponse:
        """The page in the coding that this request asks for, or 304 to who has it already."""
        coding = compression.accepted_coding() if len(self.body) >= compression.LEAST_BYTES else None
        head = [*self.head, ("ETag", self.mark)]
        if coding is not None:
            head += (("Content-Encoding", coding), ("Vary", "Accept-Encoding"))
        response = Response(self._in(coding), headers=head)
        return response.make_conditional(request) if "HTTP_IF_NONE_MATCH" in request.environ else response

    def _in(self, coding: str | None) -> bytes:
        if coding is None:
            return self.body
        if coding not in self._coded:
            self._coded[coding] = compression.page(self.body, coding)
        elif coding not in self._smallest:
            self._smallest.add(coding)
            gevent.spawn(self._make_smaller, coding)
        return self._coded[coding]

    def _make_smaller(self, coding: str) -> None:
        smaller = compression.thrift.smallest(self.body, coding)
        if smaller is None:
            self._smallest.discard(coding)
        else:
            self._coded[coding] = smaller


class Shelf:
    """The copies of this process, those used last.

    Each shows things that have names: ``post:12``, ``posts`` (any list of posts), ``@ada``, ``feed:7`` (a person's
    own), ``feeds`` (all of those). Whoever changes one says so, and what shows it is dropped, in every process.
    Counts change too often for that and need it least, because a page's first news corrects them: they are as old
    as a copy may be. What is one person's own is kept apart, so that it pushes out nothing that is everybody's.

    :param library: what it keeps of a thing that has changed is dropped as well.
    :param publish: tells other processes.
    """

    def __init__(self, library: Library, publish: Publish) -> None:
        self._library = library
        self._publish = publish
        self._copies: LRUCache[Key, Copy] = LRUCache(PAGES_KEPT_BYTES, getsizeof=lambda copy: copy.most_bytes)
        self._own: LRUCache[Key, Copy] = LRUCache(OWN_PAGES_KEPT_BYTES, getsizeof=lambda copy: copy.most_bytes)
        self._drops = 0

    def find(self, key: Key) -> Copy | None:
        """A copy that is fresh; None to the one who shall render it anew, while others still get the old one."""
        copy = self._pile(key).get(key)
        now = time.monotonic()
        if copy is None or now < copy.fresh_until:
            return copy
        copy.fresh_until = now + COPY_PATIENCE_SECONDS
        return None

    def render(self, key: Key, names: Names, view: Callable[[], AnyResponse]) -> AnyResponse:
        """Call a view and keep its answer, when it is a page for everybody, or for the one in whose name it is kept."""
        pile = self._pile(key)
        drops, old = self._drops, pile.get(key)
        try:
            response = view()
        except Exception:
            pile.pop(key, None)
            raise
        is_for_all = bool(response.cache_control.public)
        if response.status_code != 200 or is_for_all == isinstance(key, Own) or "Set-Cookie" in response.headers:
            return response
        copy = Copy(response, names)
        if old is not None and old.mark == copy.mark:
            copy = old  # with what was compressed already
        # What was dropped meanwhile may have been read before it changed.
        if drops == self._drops:
            copy.fresh_until = time.monotonic() + PAGE_FRESH_SECONDS
            pile[key] = copy
        return copy.answer()

    @property
    def count(self) -> int:
        """How many pages are kept, fresh or not."""
        return len(self._copies) + len(self._own)

    def changed(self, *names: str) -> None:
        """Say, after the COMMIT, what has changed: nothing that shows it is given out again."""
        self._drop(names)
        try:
            self._publish(HOUSE_CHANNEL, " ".join((CHANGED, *names)))
        except Unavailable:
            log.info("others show %s until their copies are old", names)

    def changed_post(self, post_id: int) -> None:
        """Say that a post was published, edited or withdrawn: it, and every list that it may stand in."""
        self.changed(f"post:{post_id}", "posts")

    def hear(self, message: str) -> None:
        """Take what another process, or this one, said of the house."""
        word, *names = message.split(" ")
        if word == CHANGED:
            self._drop(names)

    def _drop(self, names: Sequence[str]) -> None:
        self._drops += 1
        self._library.forget(names)
        changed = frozenset(names)
        for pile in (self._copies, self._own):
            for key in [key for key, copy in pile.items() if not copy.names.isdisjoint(changed)]:
                del pile[key]

    def _pile(self, key: Key) -> LRUCache[Key, Copy]:
        return self._own if isinstance(key, Own) else self._copies


def by_path() -> str | None:
    """A page is kept by its path. An address with a query is always rendered anew."""
    return None if request.environ.get("QUERY_STRING") else request.path


def kept(names: Callable[..., Names], *, key: Callable[[], Key | None] = by_path) -> Callable[[View], View]:
    """Keep what a view answers.

    :param names: tells from the view's arguments what it shows.
    :param key: under what the answer is kept; None when it is not.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(**values: Any) -> AnyResponse:
            place = key()
            # Who sees no numbers gets everybody's pages without them; one's own are made so.
            if place is None or isinstance(place, str) and identity.sees_no_numbers():
                return view(**values)
            copy = shelf().find(place)
            if copy is not None:
                return copy.answer()
            told = names(**values)
            if isinstance(place, Own):
                told = (*told, FEEDS, feed_channel(place.person_id))
            return shelf().render(place, told, lambda: view(**values))

        return answer

    return decorate


def shelf() -> Shelf:
    """The shelf of the application that serves this request."""
    return cast(Shelf, current_app.extensions["claps-shelf"])
