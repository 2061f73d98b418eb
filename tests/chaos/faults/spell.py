"""How long a fault lasts, and what chance decides in it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.town import Node, Town


@dataclass(frozen=True, slots=True)
class Spell:
    """The bad time of one fault.

    :ivar seconds: how long something is gone or cut.
    :ivar frozen_seconds: how long something is stopped.
    :ivar rush: lets others give many claps as fast as they can, as many as the crowd gives in an hour.
    """

    dice: random.Random
    seconds: float
    frozen_seconds: float
    rush: Callable[[], None]

    def last(self, share: float = 1.0) -> None:
        """Wait until it is over, or part of it."""
        time.sleep(self.seconds * share)

    def freeze(self) -> None:
        """Wait until what is stopped may go on."""
        time.sleep(self.frozen_seconds)

    def a_node(self, town: Town) -> Node:
        """One of the nodes."""
        return self.dice.choice(town.nodes)


Fault = Callable[[Town, Spell], None]
