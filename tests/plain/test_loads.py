"""Loads are told in a few bytes, and evened out without going back and forth."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from claps.plain.limits import (
    LOAD_SECONDS,
    NEWCOMERS_PER_SECOND,
    SHED_REST_SECONDS,
    SHED_REST_SECONDS_MOST,
    SHED_TRIAL_SHARE,
    SURPLUS_LEAST,
    SURPLUS_SHARE,
    SURPLUS_TURNS,
)
from claps.plain.loads import Balance, Load, pace, read_load

Choice = Callable[["Workers", int], int]


class Workers:
    """Some workers, and where those they shed come back to, some turns later.

    :param choose: given the workers and where one was, tells where he comes back to.
    """

    def __init__(self, *loads: int, choose: Choice, back_turns: int = 2) -> None:
        self.loads = list(loads)
        self.balances = [Balance() for _ in loads]
        self.shed = 0
        self.newcomers: list[int] = []
        self.choose = choose
        self._away: list[list[int]] = [[] for _ in range(back_turns)]
        self._now = 0.0

    def join(self) -> None:
        """Let another worker come, with nobody."""
        self.loads.append(0)
        self.balances.append(Balance())

    def leave(self, number: int) -> None:
        """Let a worker go; its readers come back to the others."""
        self._away[-1] += [number] * self.loads.pop(number)
        del self.balances[number]

    @property
    def mean(self) -> float:
        """Everybody, those on their way among them, by workers."""
        return (sum(self.loads) + sum(map(len, self._away))) / len(self.loads)

    def turns(self, count: int) -> None:
        """Let some turns pass."""
        for _ in range(count):
            told = list(self.loads)
            self._away.append([])
            for number, balance in enumerate(self.balances):
                others = told[:number] + told[number + 1 :]
                gone = balance.turn(told[number], others, self._now)
                self.loads[number] -= gone
                self.shed += gone
                self._away[-1] += [number] * gone
            came = [0] * len(self.loads)
            for number in self._away.pop(0):
                came[self.choose(self, number)] += 1
            self.loads = [load + more for load, more in zip(self.loads, came, strict=True)]
            self.newcomers.append(max(came))
            self._now += LOAD_SECONDS


def to_who_accepts(workers: Workers, _: int) -> int:
    """By chance to one of those who do not leave newcomers to others, as behind one listener."""
    loads = workers.loads
    leaving = [
        one.leaves_newcomers(load, loads[:number] + loads[number + 1 :])
        for number, (one, load) in enumerate(zip(workers.balances, loads, strict=True))
    ]
    return random.choice([number for number, leaves in enumerate(leaving) if not leaves])


def anywhere(workers: Workers, _: int) -> int:
    """As a load balancer in rotation does."""
    return random.randrange(len(workers.loads))


def back_again(_: Workers, number: int) -> int:
    """As a load balancer does that sends the same address to the same node."""
    return number


def clear(mean: float) -> int:
    """The largest load that is not clearly more than the mean."""
    return int(mean + max(mean * SURPLUS_SHARE, SURPLUS_LEAST))


def test_a_load_is_read_as_it_was_written() -> None:
    loads = [Load("host:1:99", "12-ab", 6_000), Load("host:1:99", "12-ab", None)]

    assert [read_load(str(load)) for load in loads] == loads
    assert len(str(loads[0])) < 40


@pytest.mark.parametrize("message", ["", "load", "load a b", "load a b -1", "load a b 1 2", "load a b 1234567890"])
def test_anything_else_is_no_load(message: str) -> None:
    assert read_load(message) is None


def test_two_even_out_with_a_third_and_nobody_moves_twice() -> None:
    workers = Workers(6_000, 6_000, 0, choose=to_who_accepts)

    workers.turns(30)

    assert max(workers.loads) <= 1.05 * 4_000
    assert workers.shed <= 4_000


@pytest.mark.parametrize("back_turns", [1, 3, 8])
def test_they_come_to_rest_however_long_the_way_back_is(back_turns: int) -> None:
    workers = Workers(9_000, 5_000, 3_000, 0, 0, choose=to_who_accepts, back_turns=back_turns)
    workers.turns(120)
    shed = workers.shed

    workers.turns(600)

    assert max(workers.loads) <= clear(workers.mean)
    assert workers.shed == shed <= 1.2 * 7_200


def test_nobody_gets_more_newcomers_than_it_can_greet() -> None:
    workers = Workers(*[14_000] * 6, 0, choose=to_who_accepts)

    workers.turns(60)

    assert max(workers.newcomers) <= NEWCOMERS_PER_SECOND * LOAD_SECONDS
    assert max(workers.loads) <= 1.05 * workers.mean


def test_nothing_moves_before_it_was_clear_for_some_turns() -> None:
    workers = Workers(1_000, 0, choose=to_who_accepts)

    workers.turns(SURPLUS_TURNS - 1)
    before = workers.shed
    workers.turns(1)

    assert before == 0 < workers.shed


@pytest.mark.parametrize("loads", [(47, 0, 0), (1_090, 1_000, 910), (60, 10), (4_000, 4_000, 4_001), (9,), (0, 0)])
def test_what_is_nearly_even_stays(loads: tuple[int, ...]) -> None:
    workers = Workers(*loads, choose=to_who_accepts)

    workers.turns(100)

    assert workers.shed == 0


def test_where_a_load_balancer_goes_in_rotation_it_takes_more_bouts() -> None:
    workers = Workers(6_000, 6_000, 0, 0, choose=anywhere)

    workers.turns(150)

    assert max(workers.loads) <= clear(3_000)
    assert workers.shed <= 2.5 * 6_000


def test_where_everybody_comes_back_to_the_same_place_it_is_soon_given_up() -> None:
    workers = Workers(6_000, 0, choose=back_again)
    workers.turns(60)
    first_minute = workers.shed

    workers.turns(3_540)

    bouts = 3_540 / SHED_REST_SECONDS_MOST + 6
    assert first_minute <= 3_000 * (1 + 2 * SHED_TRIAL_SHARE)
    assert workers.shed - first_minute <= bouts * 3_000 * SHED_TRIAL_SHARE


def test_when_it_helps_again_it_goes_on() -> None:
    workers = Workers(6_000, 0, choose=back_again)
    workers.turns(60)

    workers.choose = to_who_accepts
    workers.turns(120)

    assert max(workers.loads) <= clear(3_000)


def test_a_worker_that_comes_after_a_bout_does_not_make_it_vain() -> None:
    workers = Workers(6_700, 5_300, choose=to_who_accepts)
    workers.turns(SURPLUS_TURNS + 2)
    assert workers.shed

    workers.join()
    workers.join()
    workers.turns(35)

    assert max(workers.loads) <= clear(3_000)


def test_a_worker_that_goes_after_a_bout_does_not_make_it_vain() -> None:
    workers = Workers(6_000, 6_000, 0, choose=to_who_accepts)
    workers.turns(18)
    workers.leave(0)
    workers.turns(11)

    workers.join()
    workers.join()
    workers.turns(35)

    assert max(workers.loads) <= clear(3_000)


def test_who_leaves_for_good_is_not_mistaken_for_a_surplus_elsewhere() -> None:
    workers = Workers(5_000, 5_000, 5_000, choose=to_who_accepts)
    workers.turns(20)
    workers.loads[0] = 0  # its readers closed their browsers

    workers.turns(3)
    workers.loads[1] = workers.loads[2] = 100
    workers.turns(100)

    assert workers.shed == 0


def test_who_hears_of_nobody_keeps_everybody() -> None:
    balance = Balance()

    assert [balance.turn(10_000, (), float(now)) for now in range(100)] == [0] * 100


def test_a_bout_ends_when_the_others_are_not_heard_any_more() -> None:
    balance = Balance()
    for now in range(SURPLUS_TURNS):
        balance.turn(10_000, (0,), float(now))
    assert balance.is_shedding

    balance.stop(10.0)

    assert not balance.is_shedding
    told = [balance.turn(10_000, (0,), 10.0 + now) for now in range(int(SHED_REST_SECONDS))]
    assert not any(told)


def test_all_who_have_a_surplus_are_done_at_the_same_time() -> None:
    paces = [pace(surplus, (8_000 - surplus, 0), 4_000) for surplus in (1_000, 3_000)]

    assert pace(2_000, (6_000, 0), 4_000) == NEWCOMERS_PER_SECOND * LOAD_SECONDS / 2
    assert paces[1] == pytest.approx(3 * paces[0], rel=0.01)
