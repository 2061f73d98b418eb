"""One run: a crowd comes, one fault after the other happens, and after each the books are read."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.chaos.crowd import Crowd
from tests.chaos.faults import Fault, faults_of
from tests.chaos.people import Outcome
from tests.chaos.referee import Referee
from tests.chaos.town import Town

BETWEEN_SECONDS = (0.2, 1.0)


@dataclass(frozen=True, slots=True)
class Happened:
    """One fault: when it began, how long it lasted, and how many requests failed until when, counted from its begin."""

    name: str
    at: float
    lasted_seconds: float
    failed: int
    failing_seconds: float


@dataclass(frozen=True, slots=True)
class Story:
    """What a run came to: ``began`` and every ``at`` are of one monotonic clock; ``deeds`` are as the crowd tells."""

    began: float
    happened: list[Happened]
    outcomes: list[Outcome]
    deeds: dict[str, int]


def run(
    town: Town, *, faults: int, seed: int, seconds: float, say: Callable[[str], None], only: Sequence[Fault] = ()
) -> Story:
    """Let so many faults happen to a started town; every fault comes once before one comes again.

    :param seconds: how long a fault lasts.
    :param only: what may happen; all that can happen to this town when empty.
    :raises AssertionError: a law was broken, or somebody was not served again.
    """
    dice = random.Random(seed)
    before = town.books.stored()
    crowd = Crowd(town)
    referee = Referee(town, crowd, before)
    began = time.monotonic()
    crowd.come()
    try:
        referee.wait_for_recovery()
        happened = []
        for fault in _deal(only or faults_of(town), faults, dice):
            happened.append(one := _suffer(town, crowd, referee, fault, dice, seconds))
            said = f"{one.failed} requests failed within {one.failing_seconds:.1f} s"
            say(f"{one.name}: lasted {one.lasted_seconds:.1f} s, {said}")
    finally:
        crowd.go()
    return Story(began, happened, crowd.street.outcomes, crowd.deeds)


def _deal(faults: Sequence[Fault], count: int, dice: random.Random) -> list[Fault]:
    dealt: list[Fault] = []
    while len(dealt) < count:
        dealt += dice.sample(faults, len(faults))
    return dealt[:count]


def _suffer(
    town: Town, crowd: Crowd, referee: Referee, fault: Fault, dice: random.Random, seconds: float
) -> Happened:
    time.sleep(dice.uniform(*BETWEEN_SECONDS))
    name = fault.__name__.replace("_", " ")
    began = time.monotonic()
    try:
        fault(town, dice, seconds)
        town.heal()
        healed = time.monotonic()
        referee.wait_for_recovery()
        failed = [one.at - began for one in crowd.street.outcomes if not one.good and one.at > began]
        referee.check()
    except AssertionError as error:
        raise AssertionError(f"after “{name}”: {error}") from error
    return Happened(name, began, healed - began, len(failed), max(failed, default=0.0))
