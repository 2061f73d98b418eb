"""Tells writers who clapped and who liked, as soon as SQL has it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence

from claps.acts.logs import Publish
from claps.plain.desk_limits import REACTIONS_NAMED
from claps.plain.errors import ClapsError
from claps.plain.reactions import Reaction, write_reactions
from claps.plain.topics import writer_topic
from claps.store.database import Database
from claps.store.figures import writers_of
from claps.store.reactions import Given, reactions_to

log = logging.getLogger(__name__)


class Reactions:
    """Carries names from the flush to the dashboards that are open.

    The flush knows readers by their numbers; the dashboard's news is made where nothing may be asked. Some queries and
    a message for each writer stand between them, once for each flush that had people in it. What is not heard is on the
    dashboard with the next minute, because then it is read anew.
    """

    def __init__(self, database: Database, publish: Publish) -> None:
        self._database = database
        self._publish = publish

    def tell(self, given: Sequence[Given]) -> None:
        """Tell the writers of posts what people gave; call after the commit."""
        ids, since = {row.post_id for row in given}, min(row.minute for row in given)
        by_writer: dict[int, list[Reaction]] = defaultdict(list)
        try:
            with self._database.reading():
                writers = writers_of(ids)
                # Not what was added but what it is now: heard twice, or missed once, it is right again with the next.
                for one in reactions_to(ids, since=since, limit=REACTIONS_NAMED):
                    by_writer[writers[one.post_id]].append(one)
            for writer_id, reactions in by_writer.items():
                self._publish(str(writer_topic(writer_id)), write_reactions(reactions))
        except ClapsError as error:
            log.info("who reacted is told later: %s", error.message)
