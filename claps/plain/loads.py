"""How many subscribers each worker has, and how many of them one that has clearly more than the others sends away."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from claps.plain.limits import (
    LOAD_SECONDS,
    NEWCOMERS_PER_SECOND,
    SHED_REST_SECONDS,
    SHED_REST_SECONDS_MOST,
    SHED_TRIAL_SHARE,
    SURPLUS_LEAST,
    SURPLUS_LEFT_SHARE,
    SURPLUS_SHARE,
    SURPLUS_TURNS,
)

_SHAPE = re.compile(r"load (\S+) (\S+) ([0-9]{1,9}|gone)")
TOTALS_KEPT = 10
EVEN_TURNS = 60


@dataclass(frozen=True, slots=True)
class Load:
    """What one worker says of itself.

    ``node`` is the same for workers that accept from one listener; ``subscribers`` is None when it leaves.
    """

    node: str
    worker: str
    subscribers: int | None

    def __str__(self) -> str:
        return f"load {self.node} {self.worker} {'gone' if self.subscribers is None else self.subscribers}"


def read_load(message: str) -> Load | None:
    """Read what a worker has said; None for anything else."""
    match = _SHAPE.fullmatch(message)
    if match is None:
        return None
    return Load(match[1], match[2], None if match[3] == "gone" else int(match[3]))


class Balance:
    """Decides for one worker, turn by turn, how many of its subscribers it sheds.

    It sheds in bouts. A bout begins when the worker has had clearly more than the mean for some turns, is allowed
    the surplus of that moment and nothing more, and is followed by a rest in which all have come back somewhere.
    A bout that did not help, because a load balancer sends everybody back to where they were, is followed by
    trials with a tenth of the surplus, each after a rest of twice the length.
    """

    def __init__(self) -> None:
        self._totals: deque[int] = deque(maxlen=TOTALS_KEPT)
        self._clear_turns = 0
        self._even_turns = 0
        self._allowance = 0
        self._part_before = 0.0
        self._workers = 0
        self._same_workers = True
        self._shed = 0
        self._vain_bouts = 0
        self._judged_at = 0.0
        self._rests_until = 0.0
        self._mean = 0.0

    @property
    def is_shedding(self) -> bool:
        """True while a bout goes on."""
        return self._allowance > 0

    def stop(self, now: float) -> None:
        """End a bout, and look at the others anew before the next one."""
        self._totals.clear()
        self._mean = 0.0
        self._clear_turns = 0
        if self._allowance:
            self._end(now)

    def turn(self, own: int, others: Sequence[int], now: float) -> int:
        """Tell how many subscribers to shed until the next turn.

        :param own: this worker's subscribers.
        :param others: those of all other workers.
        :param now: seconds of a clock that only goes forward.
        """
        if not others:
            self.stop(now)
            return 0
        # The largest of the last totals: who was shed and is not back yet must not make the mean look smaller.
        self._totals.append(own + sum(others))
        mean = self._mean = max(self._totals) / (len(others) + 1)
        surplus = int(own - mean)
        self._note_workers(len(others))
        self._judge(own, now)
        if not self._allowance:
            self._consider(own, surplus, mean, now)
        elif surplus <= mean * SURPLUS_LEFT_SHARE:
            self._end(now)
        if not self._allowance:
            return 0
        count = min(surplus, self._allowance, pace(surplus, others, mean))
        self._allowance -= count
        self._shed += count
        if not self._allowance:
            self._end(now)
        return count

    def leaves_newcomers(self, own: int, neighbours: Sequence[int]) -> bool:
        """Tell whether the next readers should be taken by others who accept from the same listener.

        :param neighbours: their subscribers. One of them has room, or nobody would answer.
        """
        if not neighbours or own <= self._mean * (1 + SURPLUS_LEFT_SHARE):
            return False
        return min(neighbours) < self._mean - _clear_part(self._mean)

    def _note_workers(self, workers: int) -> None:
        # Where there was nobody to go to there may be somebody now.
        if workers != self._workers:
            self._workers = workers
            self._same_workers = False
            self._vain_bouts = 0
            self._rests_until = min(self._rests_until, self._judged_at)

    def _judge(self, own: int, now: float) -> None:
        # Once for each bout, when all whom it sent away are back: has it made this worker's part of the total
        # smaller? When workers have come or gone since it began, nobody can tell.
        if self._allowance or not self._shed or now < self._judged_at:
            return
        helped = (self._part_before * self._totals[-1] - own) * 4 >= self._shed
        if helped or not self._same_workers:
            self._vain_bouts = 0
        else:
            self._vain_bouts += 1
            rest_seconds = min(SHED_REST_SECONDS * 2**self._vain_bouts, SHED_REST_SECONDS_MOST)
            self._rests_until = now + rest_seconds
        self._shed = 0

    def _consider(self, own: int, surplus: int, mean: float, now: float) -> None:
        if surplus <= _clear_part(mean):
            self._clear_turns = 0
            self._even_turns += 1
            if self._even_turns >= EVEN_TURNS:
                self._vain_bouts = 0
            return
        self._even_turns = 0
        self._clear_turns += 1
        if self._clear_turns >= SURPLUS_TURNS and now >= self._rests_until:
            self._allowance = max(1, int(surplus * SHED_TRIAL_SHARE)) if self._vain_bouts else surplus
            self._part_before = own / self._totals[-1]
            self._same_workers = True

    def _end(self, now: float) -> None:
        self._allowance = 0
        self._clear_turns = 0
        self._judged_at = self._rests_until = now + SHED_REST_SECONDS


def _clear_part(mean: float) -> float:
    return max(mean * SURPLUS_SHARE, SURPLUS_LEAST)


def pace(surplus: int, others: Sequence[int], mean: float) -> int:
    """Tell how many one worker may shed in a turn, so that no other gets more newcomers than it can greet.

    All who have a surplus shed in proportion, and so are done at the same time.
    """
    newcomers = NEWCOMERS_PER_SECOND * LOAD_SECONDS
    room = sum(min(mean - other, newcomers) for other in others if other < mean)
    surpluses = surplus + sum(other - mean for other in others if other > mean)
    return max(1, int(room * surplus / surpluses))
