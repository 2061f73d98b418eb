"""One run: a crowd comes, one fault after the other happens, and after each the books are read."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tests.chaos.crowd import Crowd
from tests.chaos.faults.everything import faults_of
from tests.chaos.faults.spell import Fault, Spell
from tests.chaos.people import Act, Outcome
from tests.chaos.referee import Referee
from tests.chaos.town import Town

BETWEEN_SECONDS = (0.1, 0.5)
# What this crowd's claps come to in an hour, as measured over the runs that are kept: 2,341 in 15 minutes.
CLAPS_AN_HOUR = 9_000


@dataclass(frozen=True, slots=True)
class Happened:
    """One fault: when it began, and how long it lasted.

    :ivar asked: how many requests of each kind ended while it lasted, and ``answered`` those that did what they were
        asked.
    :ivar failed: how many failed in all, the last one ``failing_seconds`` after it began.
    """

    name: str
    at: float
    lasted_seconds: float
    asked: Counter[Act]
    answered: Counter[Act]
    failed: int
    failing_seconds: float

    @property
    def recovery_seconds(self) -> float:
        """How long after its end something still failed."""
        return max(0.0, self.failing_seconds - self.lasted_seconds)


@dataclass(frozen=True, slots=True)
class Story:
    """What a run came to: ``began`` and every ``at`` are of one monotonic clock; ``deeds`` are as the crowd tells.

    :ivar wrong: how many acts that were acknowledged are not there, and how many are there twice.
    """

    began: float
    happened: list[Happened]
    outcomes: list[Outcome]
    deeds: dict[str, int]
    wrong: dict[str, int]


def run(
    town: Town, *, faults: int, seed: int, seconds: float, frozen_seconds: float, say: Callable[[str], None],
    only: Sequence[Fault] = (), minutes: float = math.inf, rush: int = CLAPS_AN_HOUR,
) -> Story:
    """Let so many faults happen to a started town; every fault comes once before one comes again.

    When so many minutes are over none begins any more.

    :param seconds: how long a fault lasts, and ``frozen_seconds`` how long something is stopped.
    :param only: what may happen; all that can happen to this town when empty.
    :param rush: how many claps are given when it has to be many.
    :raises AssertionError: a law was broken, or somebody was not served again.
    """
    before = town.books.stored()
    crowd = Crowd(town)
    spell = Spell(random.Random(seed), seconds, frozen_seconds, partial(crowd.rush, rush))
    referee = Referee(town, crowd, before)
    began = time.monotonic()
    crowd.come()
    try:
        referee.wait_for_recovery()
        happened = []
        for fault in _deal(only or faults_of(town), faults, spell.dice):
            if time.monotonic() - began > minutes * 60:
                break
            happened.append(one := _suffer(town, crowd, referee, fault, spell))
            shares = [f"{one.answered[act]}/{one.asked[act]} {act}" for act in sorted(one.asked)]
            after = f"the last failure {one.recovery_seconds:.1f} s after it"
            say(f"{one.name}: lasted {one.lasted_seconds:.1f} s, answered {', '.join(shares)}, {after}")
        wrong = referee.count_wrong()
    finally:
        crowd.go()
    return Story(began, happened, crowd.street.outcomes, crowd.deeds, wrong)


def _deal(faults: Sequence[Fault], count: int, dice: random.Random) -> list[Fault]:
    dealt: list[Fault] = []
    while len(dealt) < count:
        dealt += dice.sample(faults, len(faults))
    return dealt[:count]


def _suffer(town: Town, crowd: Crowd, referee: Referee, fault: Fault, spell: Spell) -> Happened:
    time.sleep(spell.dice.uniform(*BETWEEN_SECONDS))
    name = fault.__name__.replace("_", " ")
    began = time.monotonic()
    try:
        fault(town, spell)
        town.heal()
        healed = time.monotonic()
        referee.wait_for_recovery()
        outcomes = [one for one in crowd.street.outcomes if one.at > began]
        referee.check()
    except AssertionError as error:
        raise AssertionError(f"after “{name}”: {error}") from error
    asked = Counter(one.act for one in outcomes if one.at < healed)
    answered = Counter(one.act for one in outcomes if one.at < healed and one.good)
    failed = [one.at - began for one in outcomes if not one.good]
    return Happened(name, began, healed - began, asked, answered, len(failed), max(failed, default=0.0))
