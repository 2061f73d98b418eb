"""People with accounts, who comment, like, follow and look at lists; each keeps a list of what was acknowledged."""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from claps.crowd import visits
from claps.crowd.connections import Connection, Loop
from claps.crowd.readers import AGENT
from claps.crowd.sightings import Sights, WatchedPost, rank
from claps.crowd.visits import Account
from claps.plain.errors import Unavailable

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
# Of a hundred things that people do; most of the time they look what there is.
SHARES = {"look": 50, "like": 25, "comment": 15, "follow": 10}
LISTS = ("/", "/popular", "/following", "/notifications")


class Company:
    """The people of one crowd.

    :param people: how many join.
    """

    def __init__(self, loop: Loop, posts: Sequence[WatchedPost], *, people: int) -> None:
        self.loop = loop
        self.posts = posts
        self.people = people
        self.members: list[Member] = []
        self.names: list[str] = []
        self.sent: Counter[str] = Counter()
        self.acknowledged: Counter[str] = Counter()
        self.refused = 0
        self.unanswered = 0
        self._milliseconds: Counter[int] = Counter()

    @property
    def outstanding(self) -> int:
        """How many have no answer yet."""
        return sum(member.doing is not None for member in self.members)

    def join(self) -> None:
        """Let everybody open an account.

        :raises Unavailable: the site lets nobody join.
        """
        target = self.loop.target
        for _ in range(self.people):
            self.members.append(Member(self, visits.join(target)))
        self.names = visits.find_writers(target) + [member.account.name for member in self.members]

    def act(self) -> bool:
        """Let somebody who is idle do something; False when nobody is."""
        idle = [member for member in self.members if member.doing is None]
        if not idle:
            return False
        member = random.choice(idle)
        kind = random.choices(list(SHARES), list(SHARES.values()))[0]
        self.sent[kind] += 1
        member.act(kind)
        return True

    def note(self, kind: str, sent_at: float) -> None:
        """Count what was acknowledged, and how long that took."""
        self.acknowledged[kind] += 1
        self._milliseconds[int((time.monotonic() - sent_at) * 1000) + 1] += 1

    def times(self) -> Sights:
        """How many milliseconds answers took."""
        return rank(self._milliseconds)

    def find_faults(self) -> list[str]:
        """Compare what the site has of each person with that person's own list; empty when all is there once.

        :raises Unavailable: the site does not answer.
        """
        return [
            f"{member.account.name}: {fault}"
            for member in self.members
            for fault in member.find_faults(visits.take_out(self.loop.target, member.account))
        ]

    def leave(self) -> int:
        """Let everybody delete the account, with all that belongs to it; return how many are still there."""
        left = 0
        try:
            for member in self.members:
                left += visits.leave(self.loop.target, member.account)
        except Unavailable:
            pass  # It is told how many stay.
        return len(self.members) - left


class Member(Connection):
    """One person, who does one thing after the other.

    :ivar comments: what was published, by id.
    :ivar unsure: what may have been published: there was no answer.
    :ivar likes: by post, whether it is liked; None where there was no answer.
    :ivar follows: the same by name.
    """

    __slots__ = (
        "_company", "_rest", "_sent_at", "_written", "account", "comments", "doing", "follows", "likes", "unsure",
    )

    def __init__(self, company: Company, account: Account) -> None:
        super().__init__(company.loop)
        self._company = company
        self._rest = b""
        self._sent_at = 0.0
        self._written = 0
        self.account = account
        self.doing: tuple[str, Any, bool] | None = None
        self.comments: dict[int, str] = {}
        self.unsure: set[str] = set()
        self.likes: dict[int, bool | None] = {}
        self.follows: dict[str, bool | None] = {}

    def act(self, kind: str) -> None:
        """Do something of one kind."""
        getattr(self, f"_{kind}")()

    def _look(self) -> None:
        self._send("look", None, path=random.choice(LISTS))

    def _comment(self) -> None:
        self._written += 1
        # The same words twice within some minutes would be one comment.
        text = f"Comment {self._written} by {self.account.name}, one of the crowd."
        path = f"/posts/{random.choice(self._company.posts).id}/comments"
        self._send("comment", text, path=path, fields={"body": text})

    def _like(self) -> None:
        post_id = random.choice(self._company.posts).id
        liked = not self.likes.get(post_id)
        self._send("like", post_id, liked, path=f"/posts/{post_id}/like", fields=_undo(liked))

    def _follow(self) -> None:
        name = random.choice([name for name in self._company.names if name != self.account.name])
        follows = not self.follows.get(name)
        self._send("follow", name, follows, path=f"/@{name}/follow", fields=_undo(follows))

    def _send(self, kind: str, what: Any, on: bool = True, *, path: str, fields: dict[str, str] | None = None) -> None:
        self.doing, self._sent_at = (kind, what, on), time.monotonic()
        body = urlencode(fields or {})
        form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        head = (
            f"{'GET' if fields is None else 'POST'} {path} HTTP/1.1\r\nHost: {self._loop.target.netloc}\r\n"
            f"User-Agent: {AGENT}\r\nAccept: {'text/html' if fields is None else 'application/json'}\r\n"
            f"Cookie: {self.account.cookie}\r\n{'' if fields is None else form}\r\n"
        )
        request = (head + body).encode()
        if self.fd >= 0:
            self.send(request)
        else:
            self.connect(request)

    def arrived(self, data: bytes) -> None:
        """Read the answer."""
        data = self._rest + data
        head, end, body = data.partition(b"\r\n\r\n")
        length = length_of(head)
        if not end or (length is not None and len(body) < length):
            self._rest = data
            return
        self._rest = b""
        doing, self.doing = self.doing, None
        if doing is not None and head.startswith(b"HTTP/1.1 200"):
            self._keep(doing, body)
            self._company.note(doing[0], self._sent_at)
        elif doing is not None:
            self._company.refused += 1
        if length is None or b"\r\nconnection: close" in head.lower():
            self.drop()

    def lost(self) -> None:
        """An idle connection may be closed by the server; of what was under way nobody knows."""
        self._rest = b""
        doing, self.doing = self.doing, None
        if doing is None:
            return
        if not self.was_open:
            self._company.refused += 1
            return
        self._company.unanswered += 1
        kind, what, _ = doing
        if kind == "comment":
            self.unsure.add(what)
        elif kind == "like":
            self.likes[what] = None
        elif kind == "follow":
            self.follows[what] = None

    def _keep(self, doing: tuple[str, Any, bool], body: bytes) -> None:
        kind, what, on = doing
        if kind == "comment":
            self.comments[int(json.loads(body)["id"])] = what
        elif kind == "like":
            self.likes[what] = on
        elif kind == "follow":
            self.follows[what] = on

    def find_faults(self, kept: dict[str, list[dict[str, Any]]]) -> list[str]:
        """Compare one's own list with what the site has.

        :param kept: rows of comments, likes and follows.
        """
        rows = {row["id"]: row["body"] for row in kept["comments"] if not row["removed"]}
        texts = Counter(rows.values())
        faults = [f"comment {number} is missing" for number, text in self.comments.items() if rows.get(number) != text]
        faults += [f"“{text}” stands there {count} times" for text, count in texts.items() if count > 1]
        known = {*self.comments.values(), *self.unsure}
        faults += [f"“{text}” was never acknowledged" for text in texts if text not in known]
        faults += _differences("like of post", self.likes, [row["post_id"] for row in kept["likes"]])
        return faults + _differences("follow of", self.follows, [row["name"] for row in kept["follows"]])


def length_of(head: bytes) -> int | None:
    """How long an answer's body is, by its head; None when it does not say."""
    found = _LENGTH.search(head)
    return None if found is None else int(found[1])


def _undo(on: bool) -> dict[str, str]:
    return {"undo": "0" if on else "1"}


def _differences(what: str, wanted: dict[Any, bool | None], there: Sequence[Any]) -> list[str]:
    faults = [f"{what} {key} is missing" for key, on in wanted.items() if on and key not in there]
    faults += [f"{what} {key} was taken back or never given" for key in there if wanted.get(key, False) is False]
    return faults + [f"{what} {key} is there {count} times" for key, count in Counter(there).items() if count > 1]
