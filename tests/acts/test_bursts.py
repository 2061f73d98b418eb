"""What looks like a machine is marked, taken out of the count exactly, and put back exactly; on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta

import pytest
from gevent.event import AsyncResult

from claps.acts.bursts import Moving, bursts_of, mark_bursts, put_back, take_out
from claps.acts.errands import Errands
from claps.acts.flush import flush_all
from claps.app import Core
from claps.plain.bursts import Burst
from claps.plain.changes import Change
from claps.plain.errors import ClapsError, NotFound, Refused
from claps.plain.people import GUEST_ID_LEAST, Person
from claps.plain.posts import Post
from claps.plain.tallies import Clapped
from claps.store.errands import Errand
from claps.store.figure_laws import find_gaps
from claps.store.figures import PostFigure
from claps.store.laws import find_drifts
from claps.store.readers import Reader
from claps.store.sketches import PostSketch
from tests.parts.inside import ON_SQLITE

MACHINES = 25


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

        self.core.database.transact(work)

    def look(self) -> tuple[Burst, ...]:
        """Look for bursts some minutes later."""
        self.pass_minutes()
        mark_bursts(self.core.database)
        return bursts_of(self.core.database, self.post.writer, self.post)

    def work(self, rounds: int = 4) -> None:
        """Do all errands, those that are put off as well."""
        for _ in range(rounds):
            while self.errands.do_one():
                pass
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


@pytest.fixture
def scene(core: Core, article: Post, ben: Person) -> Scene:
    """An article that Ben and two guests like."""
    scene = Scene(core, article)
    scene.clap([ben.id], 7)
    scene.clap([GUEST_ID_LEAST + 1, GUEST_ID_LEAST + 2], 3)
    scene.pass_minutes(24 * 60)
    return scene


def machines(number: int = MACHINES) -> range:
    """Guests who are none."""
    return range(GUEST_ID_LEAST + 1_000, GUEST_ID_LEAST + 1_000 + number)


def test_a_burst_is_taken_out_and_put_back_exactly(scene: Scene) -> None:
    scene.clap(machines(), 50)
    [burst] = scene.look()
    told = [scene.counts()]

    for press in (scene.take_out, scene.take_out, scene.put_back, scene.put_back):
        press(burst)
        scene.work()
        told.append(scene.counts())

    assert (burst.people, burst.claps, burst.is_out) == (MACHINES, 50 * MACHINES, False)
    assert "exactly 50" in burst.reason_text
    everything = (13 + 50 * MACHINES, 3 + MACHINES)
    assert told == [everything, (13, 3), (13, 3), everything, everything]


def test_what_a_machine_claps_later_counts_nothing_until_it_is_put_back(scene: Scene) -> None:
    scene.clap(machines(), 40)
    [burst] = scene.look()
    scene.take_out(burst)
    scene.work()

    scene.clap(machines(), 20)
    meanwhile = scene.counts()
    scene.put_back(burst)
    scene.work()

    assert (meanwhile, scene.counts()) == ((13, 3), (13 + 50 * MACHINES, 3 + MACHINES))


@ON_SQLITE
def test_who_changes_his_mind_at_once_loses_nothing(scene: Scene) -> None:
    scene.clap(machines(), 50)
    [burst] = scene.look()

    scene.take_out(burst)
    scene.errands.do_one()  # taken out in Redis, and not in SQL yet
    scene.put_back(burst)
    scene.work()

    assert scene.counts() == (13 + 50 * MACHINES, 3 + MACHINES)
    with scene.core.database.reading():
        assert Errand.select().count() == 0


@ON_SQLITE
def test_whoever_dies_between_two_steps_leaves_nothing_half_done(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.bursts.BURST_STEP", 10)
    scene.clap(machines(), 50)
    [burst] = scene.look()
    scene.take_out(burst)
    with monkeypatch.context() as dying:
        dying.setattr(Moving, "_move", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            scene.errands.do_one()
    scene.core.database.transact(lambda: Errand.update(due_at=Errand.created_at).execute())

    scene.work()

    assert scene.counts() == (13, 3)


@ON_SQLITE
def test_claps_of_more_than_read_are_marked_whatever_they_gave(scene: Scene) -> None:
    for number, machine in enumerate(machines()):
        scene.clap([machine], 1 + number % 3)

    [burst] = scene.look()

    assert (burst.people, "readers" in burst.reason_text) == (MACHINES, True)


@ON_SQLITE
def test_a_crowd_that_reads_is_not_marked(scene: Scene) -> None:
    scene.clap(machines(), 1, kind="view")
    for number, machine in enumerate(machines()):
        scene.clap([machine], 1 + number % 3)

    assert scene.look() == ()


@ON_SQLITE
def test_those_who_came_just_after_the_minute_belong_to_it(scene: Scene) -> None:
    scene.clap(machines(), 50)
    scene.clap(range(GUEST_ID_LEAST + 9_000, GUEST_ID_LEAST + 9_004), 50)

    def part() -> None:
        newest = max(row.created_at for row in Reader.select()).replace(second=0)
        late = Reader.id >= GUEST_ID_LEAST + 9_000
        Reader.update(created_at=newest - timedelta(minutes=3)).where(late).execute()
        is_machine = Reader.id.between(GUEST_ID_LEAST + 1_000, GUEST_ID_LEAST + 8_999)
        Reader.update(created_at=newest - timedelta(minutes=4)).where(is_machine).execute()
        minute = int(newest.replace(tzinfo=UTC).timestamp()) // 60
        PostFigure.delete().where(PostFigure.grain == 1).execute()
        row = {"post_id": scene.post.id, "grain": 1, "begins": minute - 4, "people": MACHINES}
        PostFigure.insert(dict.fromkeys(("views", "claps", "likes", "comments"), 0) | row).execute()

    scene.core.database.transact(part)
    mark_bursts(scene.core.database)

    [burst] = bursts_of(scene.core.database, scene.post.writer, scene.post)
    assert (burst.people, burst.ended_at - burst.began_at) == (MACHINES + 4, timedelta(minutes=2))


@ON_SQLITE
def test_only_the_writer_sees_and_decides(scene: Scene, ben: Person) -> None:
    core, post = scene.core, scene.post

    with pytest.raises(Refused):
        bursts_of(core.database, ben, post)
    with pytest.raises(Refused):
        take_out(core.database, scene.errands, ben, post, 1)
    with pytest.raises(NotFound):
        take_out(core.database, scene.errands, post.writer, post, 99)
