"""A post that machines clap for, and the hands of the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta

from gevent.event import AsyncResult

from claps.acts.bursts import Moving, bursts_of, mark_bursts, put_back, take_out
from claps.acts.errands import Errands
from claps.acts.flush import flush_all
from claps.app import Core
from claps.plain.bursts import Burst
from claps.plain.changes import Change
from claps.plain.errors import ClapsError
from claps.plain.people import GUEST_ID_LEAST
from claps.plain.posts import Post
from claps.plain.tallies import Clapped
from claps.store.errands import Errand
from claps.store.figure_laws import find_gaps
from claps.store.figures import PostFigure
from claps.store.laws import find_drifts
from claps.store.readers import Reader
from claps.store.sketches import PostSketch

MACHINES = 25


def machines(number: int = MACHINES) -> range:
    """Guests who are none."""
    return range(GUEST_ID_LEAST + 1_000, GUEST_ID_LEAST + 1_000 + number)


def _join(minute: int) -> None:
    # The clock may have gone on while they clapped: then what came in one moment stands in two minutes.
    names = ("views", "claps", "people", "likes", "comments")
    is_of_it = (PostFigure.grain == 1) & PostFigure.begins.between(minute - 2, minute + 1)
    for row in PostFigure.select().where(is_of_it & (PostFigure.begins != minute)):
        key = {"post_id": row.post_id, "grain": 1}
        counts = {name: getattr(row, name) for name in names}
        moves = {getattr(PostFigure, name): getattr(PostFigure, name) + count for name, count in counts.items()}
        is_there = (PostFigure.post_id == row.post_id) & (PostFigure.grain == 1) & (PostFigure.begins == minute)
        if not PostFigure.update(moves).where(is_there).execute():
            PostFigure.insert({**key, "begins": minute, **counts}).execute()
        is_this = (PostFigure.post_id == row.post_id) & (PostFigure.grain == 1) & (PostFigure.begins == row.begins)
        PostFigure.delete().where(is_this).execute()


class Scene:
    """A post, its readers, and the errands done by hand."""

    def __init__(self, core: Core, post: Post) -> None:
        self.core, self.post = core, post
        self.errands = Errands(core.database, {"burst": Moving(core.database, core.ledger).do})

    def clap(self, who: Iterable[int], claps: int, *, kind: str = "clap") -> None:
        """Let readers clap, all in one moment, and flush."""
        answers: list[AsyncResult[Clapped | ClapsError]] = []
        for reader_id in who:
            answers.append(AsyncResult())
            self.core.ledger.submit(Change(kind, self.post.id, str(reader_id), claps), answers[-1].set)  # type: ignore
        assert all(isinstance(answer.get(timeout=5), Clapped) for answer in answers)
        self.flush()

    def flush(self) -> None:
        """Carry everything into SQL."""
        flush_all(self.core.database, self.core.journal)

    def pass_minutes(self, minutes: int = 3) -> None:
        """Let the last minutes have been earlier, and who came in them have come in one."""

        def work() -> None:
            newest = max(row.created_at for row in Reader.select()).replace(second=0)
            since = newest - timedelta(hours=1)
            Reader.update(created_at=newest - timedelta(minutes=minutes)).where(Reader.created_at > since).execute()
            for model in (PostFigure, PostSketch):
                model.update(begins=model.begins - minutes).where(model.grain == 1).execute()
            _join(int(newest.replace(tzinfo=UTC).timestamp()) // 60 - minutes)

        self.core.database.transact(work)

    def look(self) -> tuple[Burst, ...]:
        """Look for bursts some minutes later."""
        self.pass_minutes()
        mark_bursts(self.core.database)
        return bursts_of(self.core.database, self.post.writer, self.post)

    def return_minutes(self, minutes: int = 3) -> None:
        """Let the figures of the minutes stand where they came again, so that all sums are right."""

        def work() -> None:
            for model in (PostFigure, PostSketch):
                model.update(begins=model.begins + minutes).where(model.grain == 1).execute()

        self.core.database.transact(work)

    def do_errands(self) -> None:
        """Do what is to be done now; nothing is flushed."""
        while self.errands.do_one():
            pass

    def work(self, rounds: int = 4) -> None:
        """Do all errands, those that are put off as well."""
        for _ in range(rounds):
            self.do_errands()
            self.flush()
            self.core.database.transact(lambda: Errand.update(due_at=Errand.created_at).execute())

    def take_out(self, burst: Burst) -> None:
        """Press the button."""
        take_out(self.core.database, self.errands, self.post.writer, self.post, burst.id)

    def put_back(self, burst: Burst) -> None:
        """Press the other button."""
        put_back(self.core.database, self.errands, self.post.writer, self.post, burst.id)

    def counts(self) -> tuple[int, int]:
        """Claps and people, which Redis, SQL and the figures agree about."""
        self.flush()
        tally = self.core.mending.read([self.post.id])[self.post.id]
        with self.core.database.reading():
            # Minutes were moved by hand, and so may be of another hour.
            gaps = [gap for gap in find_gaps(most=9) if gap.begins is None]
            assert (find_drifts(most=9), gaps) == ([], [])
        return tally.claps, tally.people
