"""Until when somebody waits."""

from __future__ import annotations

from claps.live.dues import Dues
from claps.live.subscribers import Subscriber
from claps.live.wires import Wires
from tests.live.conftest import Clock


def test_who_waits_becomes_due_once_and_never_early(clock: Clock, wires: Wires) -> None:
    dues, reader = Dues(), Subscriber(9, wires.json_poll, None)
    dues.set(reader, 2.5)

    found = []
    for _ in range(5):
        clock.ahead += 1
        found.append(list(dues.sweep()))

    assert sum(found, []) == [reader]
    assert found[0] == found[1] == []


def test_who_is_answered_is_not_due_any_more(clock: Clock, wires: Wires) -> None:
    dues, reader = Dues(), Subscriber(9, wires.json_poll, None)
    dues.set(reader, 1)

    dues.clear(reader)
    clock.ahead += 10

    assert list(dues.sweep()) == []
    assert reader.due == 0


def test_the_newest_due_counts(clock: Clock, wires: Wires) -> None:
    dues, reader = Dues(), Subscriber(9, wires.json_poll, None)
    dues.set(reader, 1)
    dues.set(reader, 20)

    clock.ahead += 10
    early = list(dues.sweep())
    clock.ahead += 15

    assert (early, list(dues.sweep())) == ([], [reader])


def test_many_answers_leave_nothing_behind(clock: Clock, wires: Wires) -> None:
    dues, reader = Dues(), Subscriber(9, wires.json_poll, None)

    for _ in range(1_000):
        dues.set(reader, 25)
        clock.ahead += 0.001

    assert sum(map(len, dues._buckets.values())) == 1
