"""A program that writes to realtime tables from several processes at once, and says which versions it was given.

``python -m tests.store.writing_at_once URL OWNER_ID PROCESSES ROUNDS TABLE…``; a line for each change: table, offset.
"""

from __future__ import annotations

import os
import random
import sys

from claps.acts.entries import run_batch
from claps.acts.errands import Errands
from claps.acts.tables import Tables
from claps.plain.errors import Unavailable
from claps.plain.operations import Operation
from claps.plain.people import Reader
from claps.store.database import Database

KEYS = "abcdefgh"


def write_on(url: str, owner: Reader, rounds: int, names: list[str]) -> None:
    """Write batches of one to three keys in any order."""
    database = Database(url)
    kit = Tables(database, lambda channel, message: None, Errands(database, {}))
    for _ in range(rounds):
        keys = random.sample(KEYS, random.randint(1, 3))
        operations = [Operation("increment" if key < "e" else "put", key, value="x") for key in keys]
        name = random.choice(names)
        try:
            written = run_batch(kit, owner, name, operations)
        except Unavailable:
            continue  # SQLite was busy for a second: nothing was written, and nothing is said.
        sys.stdout.write("".join(f"{name} {one.version.offset}\n" for one in written))
        sys.stdout.flush()
    database.close()


def main() -> None:
    """Fork the writers, and wait for all of them."""
    url, owner_id, processes, rounds, *names = sys.argv[1:]
    children = []
    for _ in range(int(processes)):
        pid = os.fork()
        if not pid:
            write_on(url, Reader(int(owner_id)), int(rounds), names)
            os._exit(0)
        children.append(pid)
    codes = [os.waitpid(pid, 0)[1] for pid in children]
    sys.exit(max(codes) != 0)


if __name__ == "__main__":
    main()
