"""What tells webhooks is killed at random moments: nothing is lost, all adds up, and what is in order stays so."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from claps.acts.claps import clap
from claps.acts.entries import put_entry
from claps.acts.errands import Errands
from claps.acts.flush import flush_all
from claps.acts.tables import Tables, create_table
from claps.acts.webhooks import Wanted, Webhooks, create_webhook
from claps.app import Core
from claps.plain.people import GUEST_ID_LEAST, Person, Reader
from claps.store.posts import Post as StoredPost
from tests.parts.claps_server import ROOT
from tests.parts.inside import publish
from tests.parts.processes import eventually
from tests.parts.receiver import LOOPBACK, Arrived, Receiver, open_receiver

KILLS = 4
SENDERS = 2


@pytest.fixture
def nest(core: Core, database_url: str) -> Iterator[subprocess.Popen[str]]:
    """Where senders come from."""
    environ = {
        **os.environ, "CLAPS_DATABASE_URL": database_url, "CLAPS_SECRET_KEY": core.settings.secret_key,
        "CLAPS_WEBHOOK_NETWORKS": LOOPBACK,
    }
    command = [sys.executable, "-m", "tests.faults.spinning_sender"]
    nest = subprocess.Popen(
        command, env=environ, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield nest
    nest.communicate()


def hatch(nest: subprocess.Popen[str]) -> int:
    """Start a sender; return its process id."""
    assert nest.stdin is not None and nest.stdout is not None
    nest.stdin.write("\n")
    nest.stdin.flush()
    return int(nest.stdout.readline())


def slow(arrived: Arrived) -> tuple[int, dict[str, str]]:
    """Take a message in a moment in which one can be killed."""
    time.sleep(0.03)
    return 204, {}


def told_claps(receiver: Receiver) -> Counter[int]:
    """What was told of each post, each message once."""
    told: Counter[int] = Counter()
    for data in receiver.data("post.clapped"):
        told[data["post"]["id"]] += data["claps"]
    return told


def test_what_is_told_adds_up_and_stays_in_order(
    core: Core, ada: Person, nest: subprocess.Popen[str]
) -> None:
    luck = random.Random(seed := random.randrange(10**6))
    print(f"seed {seed}")
    tables = Tables(core.database, core.publish, Errands(core.database, {}))
    create_table(tables, ada, "prices")
    kit = Webhooks(core.database, lambda url: None, core.settings.secret_key, lambda: None)
    posts = [publish(core, ada) for _ in range(3)]
    living = [hatch(nest) for _ in range(SENDERS)]

    with open_receiver() as receiver:
        receiver.answer = slow
        wanted = Wanted(receiver.url, ["post.clapped", "table.changed"], ["prices"])
        create_webhook(kit, ada, wanted, root="https://claps.test")
        for number in range(KILLS * 3):
            clap(core.ledger, Reader(GUEST_ID_LEAST + number), luck.choice(posts), times=luck.randint(1, 50))
            flush_all(core.database, core.journal)
            put_entry(tables, Reader(ada.id), "prices", f"key-{number % 5}", number)
            if number % 3 == 0:
                before = len(receiver.arrived)
                eventually(lambda before=before: len(receiver.arrived) > before, seconds=20)
                os.kill(victim := luck.choice(living), signal.SIGKILL)
                living[living.index(victim)] = hatch(nest)
        with core.database.reading():
            counted = {row.id: row.claps for row in StoredPost.select() if row.claps}
        eventually(lambda: told_claps(receiver) == counted, seconds=30)
        eventually(lambda: len(told_values(receiver)) == KILLS * 3, seconds=30)
        for pid in living:
            os.kill(pid, signal.SIGKILL)

    print(f"{KILLS} kills, {len(receiver.arrived)} requests, {len(set(a.message for a in receiver.arrived))} messages")
    assert told_values(receiver) == list(range(KILLS * 3))
    assert sum(counted.values()) > KILLS * 3


def told_values(receiver: Receiver) -> list[int]:
    """The values that were put, in the order in which they were told, each message once."""
    return [event["value"] for data in receiver.data("table.changed") for event in data["events"]]
