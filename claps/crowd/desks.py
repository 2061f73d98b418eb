"""A writer of the crowd's own, and their dashboard: how soon it moves after a clap, and what it says in the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from claps.crowd import visits
from claps.crowd.connections import Loop
from claps.crowd.people import Member
from claps.crowd.programs import Program
from claps.crowd.sightings import DASHBOARD, UNSEEN, WatchedPost
from claps.crowd.targets import Target
from claps.crowd.visits import Account
from claps.plain.errors import Unavailable

# The dashboard tells of 30 minutes; what began earlier is not in them any more.
LATELY_SECONDS = 29 * 60


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody of the crowd who has published one note; leaving takes it away."""

    account: Account
    id: int
    post_id: int


def write(target: Target) -> Writer:
    """Join, and publish a note.

    :raises Unavailable: the site does not let anybody.
    """
    account = visits.join(target)
    try:
        post_id = visits.publish_note(target, account, "A note of the crowd’s own; it goes when the crowd does.")
        return Writer(account, visits.find_own_id(target, account), post_id)
    except Unavailable:
        visits.leave(target, account)
        raise


class DeskWatcher(Program):
    """An open dashboard, as JSON over a WebSocket; the writer's only post is what it tells of.

    :ivar claps: what it shows of all posts together.
    """

    __slots__ = ("_told", "claps", "post", "writer")

    def __init__(self, loop: Loop, writer: Writer, post: WatchedPost) -> None:
        super().__init__(loop)
        self.writer = writer
        self.post = post
        self.claps = UNSEEN
        self._told: dict[str, Any] = {}

    def open(self) -> None:
        """Connect, with no version: so the whole comes first."""
        self.ask(f"topic=writer:{self.writer.id}", self.writer.account.cookie)

    def find_faults(self, members: Iterable[Member], *, unsure: int, seconds: float) -> list[str]:
        """Compare what the dashboard says with what was acknowledged; empty when it is the same.

        :param unsure: how many claps have no answer, and may have been counted.
        :param seconds: how long the crowd clapped.
        """
        if self.claps == UNSEEN:
            return ["The dashboard could not be opened."]
        claps = range(self.post.acknowledged, self.post.acknowledged + unsure + 1)
        said = [("claps in all", self.claps, claps)]
        if seconds < LATELY_SECONDS:
            said.append(("claps in the last 30 minutes", sum(self._told["minutes"]["claps"]), claps))
        given = [member.likes.get(self.post.id, False) for member in members]
        likes = range(given.count(True), given.count(True) + given.count(None) + 1)
        said.append(("likes in all", self._told["likes"], likes))
        return [
            f"The dashboard says {there:,} {what}; {right.start:,} were acknowledged."
            for what, there, right in said if there not in right
        ]

    def leave(self) -> bool:
        """Delete the writer, and the note with that; False when it is still there."""
        try:
            return visits.leave(self._loop.target, self.writer.account)
        except Unavailable:
            return False

    def take(self, message: dict[str, Any]) -> None:
        """Note what is shown, and that the claps behind it were seen."""
        state = message.get("state")
        if state is None:
            return
        self._told = state["all"]
        before, self.claps = self.claps, int(self._told["claps"])
        if before != UNSEEN and self.claps > before:
            self.post.step(before, self.claps, wire=DASHBOARD)
