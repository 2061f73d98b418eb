"""What looks like a machine, told by when it came and how much it gave: addresses and browsers are not kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from claps.plain.limits import BURST_PEOPLE, BURST_SHARE, BURST_TIMES_READERS

Reason = Literal["alike", "unseen"]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why newcomers of one minute are marked; ``amount`` is what each gave where that is the reason, else 0."""

    reason: Reason
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Burst:
    """Newcomers' claps for one post that were marked, from ``began_at`` up to ``ended_at``."""

    id: int
    post_id: int
    began_at: datetime
    ended_at: datetime
    claps: int
    people: int
    reason_text: str
    is_out: bool = False


def suspect(newcomers: Mapping[int, int], readers: int, *, least: int = BURST_PEOPLE) -> Suspicion | None:
    """Judge who clapped for the first time of all in one minute.

    Twenty and more are marked when nine in ten gave the same number, more than one; or when they are more than twice as
    many as had read the post within the hour before: nobody can clap in a browser without reading. One clap each is
    nothing strange, and a crowd that stays a crowd neither.

    :param newcomers: how many of them gave so many claps, by claps.
    :param readers: different readers of the post since an hour before.
    """
    people = sum(newcomers.values())
    if people < least:
        return None
    amount, alike = max(newcomers.items(), key=lambda pair: (pair[1], pair[0]))
    if amount > 1 and alike >= BURST_SHARE * people:
        return Suspicion("alike", amount)
    return Suspicion("unseen") if people > BURST_TIMES_READERS * readers else None


def say_why(reason: str, amount: int) -> str:
    """One sentence on why claps were marked."""
    if reason == "alike":
        return f"Nearly all of those who clapped here for the first time gave exactly {amount}."
    return "More clapped here for the first time than there were readers."
