"""What looks like a machine is marked, taken out of the count exactly, and put back exactly; on both databases."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from claps.acts.bursts import Moving, bursts_of, mark_bursts, take_out
from claps.app import Core
from claps.plain.errors import NotFound, Refused
from claps.plain.people import GUEST_ID_LEAST, Person
from claps.plain.posts import Post
from claps.store.errands import Errand
from claps.store.figures import PostFigure
from claps.store.readers import Reader
from tests.parts.bursts import MACHINES, Scene, machines
from tests.parts.inside import ON_SQLITE


@pytest.fixture
def scene(core: Core, article: Post, ben: Person) -> Scene:
    """An article that Ben and two guests like."""
    scene = Scene(core, article)
    scene.clap([ben.id], 7)
    scene.clap([GUEST_ID_LEAST + 1, GUEST_ID_LEAST + 2], 3)
    scene.pass_minutes(24 * 60)
    return scene


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
