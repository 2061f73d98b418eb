"""What CLAPS_ACK promises when a primary is lost that no replica could follow: shown with the count of lost claps."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from tests.chaos import report
from tests.faults.books import Books
from tests.faults.conftest import fill
from tests.faults.crowd import Crowd
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually
from tests.parts.redis_sentinel import RedisGroup
from tests.parts.redis_server import RedisServer

Ack = Literal["disk", "replica"]
# As seldom as it may be: what is not flushed is nowhere but in Redis.
SETTINGS = {"CLAPS_FLUSH_SECONDS": "60", "CLAPS_WORKERS": "1"}
CLAPS_BEFORE, CLAPS_UNFOLLOWED = 50, 50
REFUSALS = 3


@dataclass(frozen=True, slots=True)
class Loss:
    """What became of the claps that were given while no replica followed."""

    ack: Ack
    acknowledged: int
    refused: int
    lost: int


def lose_a_primary(group: RedisGroup, database_url: str, folder: Path, ack: Ack) -> Loss:
    """Let readers clap while no replica may follow; then the primary is lost with its disk, and one is promoted.

    :param group: a started one; it is as new afterwards, but for its primary.
    :param database_url: one with the demo's posts.
    """
    books = Books(database_url, group)
    server = ClapsServer(
        folder, database_url=database_url, redis_url=group.url, environ={**SETTINGS, "CLAPS_ACK": ack}
    )
    server.start()
    try:
        with Crowd(server) as crowd:
            crowd.wait_for_claps(CLAPS_BEFORE)
            primary, before = group.primary, crowd.acknowledged.total()
            _let_nobody_follow(primary)
            _wait_for_outcomes(crowd)
            unfollowed, refused = crowd.acknowledged.total() - before, crowd.refusals.total()
            primary.kill()
            shutil.rmtree(primary.data)
            primary.data.mkdir()
            group.wait_for_promotion(primary)
            crowd.wait_for_claps(1, seconds=40) if ack == "disk" else None
        primary.start()
        group.wait_for_replicas()
    finally:
        server.stop()
    return Loss(ack, unfollowed, refused, _count_lost(books, crowd.acknowledged))


def _let_nobody_follow(primary: RedisServer) -> None:
    # As a network that is cut between them does it; frozen replicas would read later what was sent to them.
    with primary.open_client() as client:
        client.execute_command("ACL", "SETUSER", "default", "-psync", "-sync")
        client.client_kill_filter(_type="replica")


def _wait_for_outcomes(crowd: Crowd) -> None:
    goal = crowd.acknowledged.total() + CLAPS_UNFOLLOWED
    eventually(lambda: crowd.acknowledged.total() >= goal or crowd.refusals.total() >= REFUSALS, seconds=30)


def _count_lost(books: Books, acknowledged: Counter[tuple[int, int]]) -> int:
    books.check()
    given = books.given()
    return sum(max(0, count - given.get(pair, 0)) for pair, count in acknowledged.items())


def show(folder: Path, *, keep: bool) -> None:
    """Lose a primary under both promises, and say what was lost."""
    losses = []
    for ack in ("disk", "replica"):
        room = folder / ack
        group = RedisGroup(room / "group")
        try:
            group.start()
            url = f"sqlite:///{room / 'claps.db'}"
            fill(ClapsServer(room / "filling", database_url=url, redis_url=group.url))
            loss = lose_a_primary(group, url, room / "server", ack)
        finally:
            group.kill()
        told = f"{loss.acknowledged} acknowledged, {loss.refused} refused, {loss.lost} lost"
        print(f"CLAPS_ACK={ack}: {told}", flush=True)
        losses.append(asdict(loss))
    assert losses[1]["lost"] == 0, "CLAPS_ACK=replica has lost claps"
    if keep:
        report.keep({"losses": losses}, "promises")
