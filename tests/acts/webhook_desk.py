"""Ada with webhooks, and what tells them, at a real receiver and with a clock in the test's hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from itertools import count

from claps.acts.claps import clap, take_back
from claps.acts.comments import Talk, comment
from claps.acts.errands import Errands
from claps.acts.flush import flush_all
from claps.acts.notifying import Notifier
from claps.acts.tables import Tables
from claps.acts.webhook_sending import Sender, read_clock
from claps.acts.webhooks import (
    Wanted,
    Webhooks,
    create_webhook,
    delete_webhook,
    deliveries_of,
    get_webhook,
    webhooks_of,
)
from claps.app import Core
from claps.hot.channels import teller
from claps.outside.couriers import Courier
from claps.plain.people import Person, Reader
from claps.plain.posts import Post
from claps.plain.webhooks import Delivery, Webhook
from tests.parts.inside import write_person
from tests.parts.receiver import LOOPBACK, Receiver, open_receiver

ROOT = "https://claps.test"
SECOND_MS = 1000
NUMBERS = count(1)


@dataclass
class Desk:
    """Ada with what tells her webhooks; its clock can be set ahead of everybody else's."""

    core: Core
    ada: Person
    ben: Person
    receiver: Receiver
    ahead_ms: int = 0
    sender: Sender = field(init=False)
    kit: Webhooks = field(init=False)
    tables: Tables = field(init=False)
    errands: Errands = field(init=False)

    def __post_init__(self) -> None:
        core = self.core
        courier, key = Courier([ip_network(LOOPBACK)]), core.settings.secret_key
        self.sender = Sender(core.database, courier, key, clock=self.now_ms)
        self.kit = Webhooks(core.database, courier.check, key, self.sender.stir)
        notifier = Notifier(core.database, core.publish, teller(core.redis))
        self.errands = Errands(core.database, {"notify": notifier.do})
        self.tables = Tables(core.database, core.publish, self.errands)

    def now_ms(self) -> int:
        """What its clock says."""
        return read_clock() + self.ahead_ms

    def wait_seconds(self, seconds: float) -> None:
        """Set the clock ahead."""
        self.ahead_ms += round(seconds * SECOND_MS)

    def hook(self, *events: str, tables: tuple[str, ...] = ()) -> Webhook:
        """Let Ada have a webhook."""
        return create_webhook(self.kit, self.ada, Wanted(self.receiver.url, events, tables), root=ROOT)

    def tell(self) -> None:
        """Tell all there is to tell now."""
        self.sender._next_look = 0
        self.sender._look_at_tables()
        while self.sender.begin_turns():
            self.sender.finish()
            self.sender._next_look = 0
            self.sender._look_at_tables()

    def clap(self, post: Post, times: int, reader_id: int = 0) -> None:
        """Clap, and let SQL have it."""
        clap(self.core.ledger, Reader(reader_id or self.ben.id), post, times=times)
        flush_all(self.core.database, self.core.journal)

    def take_back(self, post: Post) -> None:
        """Take Ben's claps back, and let SQL know."""
        take_back(self.core.ledger, Reader(self.ben.id), post)
        flush_all(self.core.database, self.core.journal)

    def comment(self, post: Post, body: str = "Ding, dong.") -> None:
        """Let Ben comment."""
        talk = Talk(self.core.database, self.core.ledger, self.core.publish, self.errands)
        comment(talk, self.ben, post, body=body)

    def read(self, hook: Webhook) -> Webhook:
        """The webhook as it is now."""
        return get_webhook(self.kit, self.ada, hook.id)

    def deliveries(self, hook: Webhook) -> list[Delivery]:
        """What it was told and will be, oldest first."""
        return deliveries_of(self.kit, self.ada, hook.id)[0][::-1]


@contextmanager
def open_desk(core: Core) -> Iterator[Desk]:
    """Ada and Ben, new ones each time, and a receiver that takes everything."""
    number = next(NUMBERS)
    with open_receiver() as receiver:
        desk = Desk(core, write_person(core, f"ada{number}"), write_person(core, f"ben{number}"), receiver)
        yield desk
        for hook in webhooks_of(desk.kit, desk.ada):
            delete_webhook(desk.kit, desk.ada, hook.id)
