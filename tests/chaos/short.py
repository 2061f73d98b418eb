"""The short run of a town, as ``make test`` has it: some kinds of faults, each once, and short ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from claps.acts.passwords import hash_password
from claps.store.people import add_person
from tests.chaos import report
from tests.chaos.course import run
from tests.chaos.crowd import COMMENTERS, OWNER
from tests.chaos.faults.everything import IN_TURN, faults_of_redis, faults_of_sql
from tests.chaos.faults.spell import Fault
from tests.chaos.people import PASSWORD, POSTS
from tests.chaos.town import Town
from tests.chaos.towns import RedisKind, SqlKind, build
from tests.parts.inside import open_core, publish, write_person

SECONDS = 0.7
RUSH = 200


def suffer(
    folder: Path, redis_kind: RedisKind, sql_kind: SqlKind, *, faults: int, among: Callable[[Town], Sequence[Fault]]
) -> None:
    """Let so many different faults happen, and say that the laws held after each.

    :param among: what may happen. Restarts in turn take longer than most others together; the long run has them.
    """
    folder.mkdir(mode=0o755)
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")

    with build(folder, redis_kind, sql_kind, settle=settle) as town:
        only = [fault for fault in among(town) if fault not in IN_TURN]
        story = run(
            town, faults=faults, seed=seed, seconds=SECONDS, frozen_seconds=SECONDS, say=print, only=only, rush=RUSH
        )

    print(report.table(report.summary(story, seed=seed)))
    assert len({one.name for one in story.happened}) == faults
    assert all(story.deeds[name] for name in ("claps", "comments", "entries"))
    assert story.wrong == {"lost": 0, "twice": 0}, story.wrong


def settle(database_url: str, redis_url: str) -> None:
    """Bring those who come and what they come for, and no history, which would be added up after each fault."""
    password_hash = hash_password(PASSWORD)
    with open_core(database_url, redis_url) as core:
        ada = write_person(core, "ada")
        for name in (*COMMENTERS, OWNER):
            core.database.transact(lambda name=name: add_person(name, name.title(), password_hash))
        for number in POSTS:
            publish(core, ada, f"On bell {number}")


def of_the_parts(town: Town) -> list[Fault]:
    """What can happen to its Redis and its SQL."""
    return [*faults_of_redis(town), *faults_of_sql(town)]
