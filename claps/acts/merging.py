"""Putting two pages together that are one: nobody's claps are lost, nobody's count twice, and nobody has above 50."""

from __future__ import annotations

import logging
from functools import partial

from claps.acts.errands import Step
from claps.acts.logs import Publish
from claps.acts.mending import Mending
from claps.plain.errors import Conflict, Unavailable
from claps.plain.sites import MERGE_READERS
from claps.plain.topics import post_topic, shard_of
from claps.store import merging, site_pages
from claps.store.errands import Task, add_errand, bodies_of

log = logging.getLogger(__name__)


def promise_merging(from_id: int, to_id: int) -> None:
    """Let one page become part of another: all its addresses lead there from now on, and what it has follows.

    Call inside the transaction that holds the site.

    :raises Conflict: another one is just becoming part of the first.
    """
    if any(body["to_id"] == from_id for body in bodies_of("merge")):
        raise Conflict("Another page is just being put together with this one: try again in a moment.")
    site_pages.move_addresses(from_id, to_id)
    site_pages.withdraw(from_id)
    add_errand("merge", {"from_id": from_id, "to_id": to_id})


class Merging:
    """Does the errands of kind ``merge``.

    A page that is withdrawn is counted by nobody whom Redis does not know it from; so its shard begins a new epoch, and
    from then on SQL has all that it has. What that is goes over in the transaction in which the other's shard begins
    one: there, too, SQL has everything in that moment, so it is moved within SQL alone, and killed half-way nothing has
    happened. Done twice it finds nothing.
    """

    def __init__(self, mending: Mending, publish: Publish) -> None:
        self._mending = mending
        self._publish = publish

    def do(self, task: Task) -> Step:
        """Do one step of an errand; call inside its transaction."""
        from_id, to_id = int(task.body["from_id"]), int(task.body["to_id"])
        # At first SQL may not have it all yet.
        if task.cursor and not merging.has_anything_left(from_id):
            return Step()
        return Step(task.cursor + 1, partial(self._merge, from_id, to_id))

    def _merge(self, from_id: int, to_id: int) -> None:
        self._mending.renew(shard_of(from_id))
        self._mending.renew(shard_of(to_id), lambda: merging.carry_over(from_id, to_id, MERGE_READERS))
        try:
            tally = self._mending.read([to_id]).get(to_id)
            if tally is not None:
                # Of another epoch than those who look have seen: they read it again.
                counts = " ".join(str(number) for number in tally.counts().values())
                self._publish(str(post_topic(to_id)), f"{tally.version} {counts}")
        except Unavailable as error:
            log.info("who looks at %d sees what it got with the next clap: %s", to_id, error.message)
