"""Realtime tables in the tests' own process: a kit over any core, what it told, and people with names of their own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from claps.acts.errands import Errands
from claps.acts.steady import SteadyClock
from claps.acts.tables import Emptying, Tables, create_table, delete_table, get_seat
from claps.app import Core
from claps.plain.channels import channel_of, take_name
from claps.plain.errors import Unavailable
from claps.plain.people import Person, Reader
from claps.plain.tables import Table, table_topic
from tests.parts import inside

_numbers = itertools.count(1)


class Hands:
    """The hands of a clock that a test sets: the machine's, and one that nobody can set; in seconds."""

    def __init__(self) -> None:
        self.wall = 1_800_000_000.0
        self.steady = 5_000.0

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += seconds
        self.steady += seconds


@dataclass
class Told:
    """Stands where Redis is told, and can be away."""

    messages: list[tuple[str, str]] = field(default_factory=list)
    is_away: bool = False

    def __call__(self, channel: str, message: str) -> None:
        if self.is_away:
            raise Unavailable("Redis is away.")
        self.messages.append((channel, message))

    def of_table(self, name: str) -> list[str]:
        """What was told of one table."""
        channel = channel_of(table_topic(name))
        named = [take_name(channel, message) for message in self.on(channel)]
        return [message for whose, message in named if whose == name]

    def on(self, channel: str) -> list[str]:
        """What was told on one channel."""
        return [message for name, message in self.messages if name == channel]


@dataclass
class Room:
    """One person with a kit of tables, a clock, and what was told."""

    core: Core
    told: Told = field(default_factory=Told)
    hands: Hands = field(default_factory=Hands)

    def __post_init__(self) -> None:
        self.kit = self.make_kit()
        self.person = self.make_person()
        self.reader = Reader(self.person.id)

    def make_kit(self) -> Tables:
        """Another worker's kit, whose clock has the same hands."""
        errands = Errands(self.core.database, {"table": Emptying().do})
        clock = SteadyClock(lambda: self.hands.wall, lambda: self.hands.steady)
        return Tables(self.core.database, self.told, errands, clock)

    def make_person(self) -> Person:
        """Somebody new."""
        return inside.write_person(self.core, f"person{next(_numbers)}")

    def make_table(self, *, visibility: str = "public") -> Table:
        """A table of a new name, of the person's own."""
        return create_table(self.kit, self.person, f"table-{next(_numbers):06}", visibility=visibility)

    def table(self, name: str) -> Table:
        """A table as it is now."""
        return get_seat(self.kit, self.reader, name).table

    def delete(self, name: str) -> None:
        """Delete a table, and what is left of it."""
        delete_table(self.kit, self.reader, name)
        self.do_errands()

    def do_errands(self) -> None:
        """Do what was promised."""
        while self.kit.errands.do_one():
            pass
