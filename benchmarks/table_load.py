"""The load on realtime tables: ``python -m benchmarks.table_load rates URL SECONDS``, or ``million URL TABLES``.

Prints what it found as JSON.
"""

from __future__ import annotations

import json
import random
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from claps.acts.entries import get_entry, put_entry, run_batch
from claps.acts.errands import Errands
from claps.acts.tables import Emptying, Tables, create_table, get_seat, list_mine, list_public
from claps.plain.errors import Unavailable
from claps.plain.operations import Operation
from claps.plain.people import Person, Reader
from claps.settings import ROOT
from claps.store.database import Database
from claps.store.migrations import migrate
from claps.store.people import add_person

VALUE = {"price": 91_500.25, "text": "x" * 70}
KEYS = 1_000
WRITERS = 4
OWNED = 1_000
ROWS_PER_STATEMENT, ROWS_PER_TRANSACTION = 2_000, 50_000
TURNS = 60
RATED = [f"rate-{n}" for n in range(OWNED - 1)]
Put = Callable[[Tables, Reader, str], None]


def open_kit(url: str) -> Tables:
    """Tables that nobody watches."""
    database = Database(url)
    return Tables(database, lambda channel, message: None, Errands(database, {"table": Emptying().do}))


def put(kit: Tables, owner: Reader, name: str) -> None:
    """One change of one table: a hundred bytes under one of a thousand keys."""
    put_entry(kit, owner, name, f"key-{random.randrange(KEYS)}", VALUE)


def put_hundred(kit: Tables, owner: Reader, name: str) -> None:
    """A batch of a hundred."""
    first = random.randrange(KEYS)
    run_batch(kit, owner, name, [Operation("put", f"key-{(first + n) % KEYS}", VALUE) for n in range(100)])


def insert(kit: Tables, owner: Reader, name: str) -> None:
    """What the database does with a hundred bytes by itself: one row in one transaction."""
    text = json.dumps(VALUE)
    kit.database.transact(lambda: kit.database.peewee.execute_sql(f"INSERT INTO bare (body) VALUES ('{text}')"))


ACTS: dict[str, tuple[Put, list[str]]] = {
    "bare": (insert, RATED), "one": (put, RATED[:1]), "many": (put, RATED[1:]), "hundreds": (put_hundred, RATED[1:]),
}


def rate_of(url: str, kind: str, owner: Reader, *, writers: int, seconds: float) -> float:
    """Let so many processes write for so long; return what all of them did a second."""
    command = [sys.executable, "-m", "benchmarks.table_load", "write", url, kind, str(owner.id), str(seconds)]
    # Not forks: what SQLite writes with are threads, and a fork has none of them.
    running = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(writers)
    ]
    for process in running:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    counts = [int(process.communicate(timeout=60)[0]) for process in running]
    return sum(counts) / seconds


def write_on(kit: Tables, kind: str, owner: Reader, seconds: float) -> None:
    """Write for so long, when it is said; print how often."""
    done = 0
    act, names = ACTS[kind]
    kit.database.ask()
    print("ready", flush=True)
    sys.stdin.readline()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            act(kit, owner, random.choice(names))
        except Unavailable:
            continue  # Others had SQLite for more than a second; who is told so comes again.
        done += 1
    print(done)


def measure_rates(url: str, kit: Tables, ada: Person, seconds: float) -> dict[str, float]:
    """Compare writing into one table, into a thousand, and bare rows."""
    owner = Reader(ada.id)
    for name in RATED:
        create_table(kit, ada, name)
    number = "INTEGER PRIMARY KEY" if kit.database.is_sqlite else "BIGINT AUTO_INCREMENT PRIMARY KEY"
    kit.database.transact(lambda: kit.database.peewee.execute_sql(f"CREATE TABLE bare (id {number}, body TEXT)"))
    kit.database.close()
    told: dict[str, float] = {}
    for writers in (1, WRITERS):
        for kind in ("bare", "one", "many"):
            told[f"{kind}_{writers}"] = rate_of(url, kind, owner, writers=writers, seconds=seconds)
    told["hundreds"] = 100 * rate_of(url, "hundreds", owner, writers=1, seconds=seconds)
    began, count = time.perf_counter(), 0
    while kit.errands.do_one():
        count += 1
    told["compact_seconds"] = (time.perf_counter() - began) / max(1, count)
    told["compacted"] = count
    return told


def measure_acts(kit: Tables, person: Person, names: list[str]) -> dict[str, float]:
    """Seconds of making, finding, listing, reading and writing, in the median."""
    owner, others = Reader(person.id), iter(names)
    acts: dict[str, Callable[[], Any]] = {
        "create": lambda: create_table(kit, person, f"a-{secrets.token_hex(8)}"),
        "find": lambda: get_seat(kit, owner, next(others)),
        "mine": lambda: list_mine(kit, owner, after="a-8"),
        "public": lambda: list_public(kit, after=next(others)),
        "put": lambda: put_entry(kit, owner, mine, f"k{random.randrange(KEYS)}", VALUE),
        "get": lambda: get_entry(kit, owner, mine, "k"),
    }
    mine = create_table(kit, person, f"m-{secrets.token_hex(8)}").name
    put_entry(kit, owner, mine, "k", VALUE)
    told = {}
    for name, act in acts.items():
        seconds = []
        for _ in range(TURNS):
            began = time.perf_counter()
            act()
            seconds.append(time.perf_counter() - began)
        told[name] = median(seconds)
    return told


def add_many(database: Database, count: int) -> list[str]:
    """Add tables as they are when nobody has written to them: rows of a thousand owners, names in no order."""
    names = [secrets.token_hex(8) for _ in range(count)]
    mark = database.peewee.param
    rows = {
        "realtime_table (name, owner_id, access, entries, bytes, created_at)":
            lambda n, name: (name, 10_000 + n % OWNED, "public" if n % 2 else "members", 0, 0, "2026-11-21 12:00:00"),
        "log (topic, epoch, head, oldest)": lambda n, name: (f"table:{name}", secrets.randbits(40), 0, 0),
    }
    for into, row in rows.items():
        one = f"({', '.join([mark] * (into.count(',') + 1))})"
        for first in range(0, count, ROWS_PER_TRANSACTION):
            some = [row(first + n, name) for n, name in enumerate(names[first : first + ROWS_PER_TRANSACTION])]
            database.transact(lambda into=into, one=one, some=some: insert_rows(database, into, one, some))
    return names


def insert_rows(database: Database, into: str, one: str, rows: list[Any]) -> None:
    """Insert rows; call inside a transaction."""
    if database.is_sqlite:
        # A million names come in no order: with the two MB that it takes by itself each would be read from the file.
        database.peewee.execute_sql("PRAGMA cache_size = -200000")
    for first in range(0, len(rows), ROWS_PER_STATEMENT):
        some = rows[first : first + ROWS_PER_STATEMENT]
        values = [value for row in some for value in row]
        database.peewee.execute_sql(f"INSERT INTO {into} VALUES {', '.join([one] * len(some))}", values)


def size_of(database: Database) -> int:
    """The bytes of the two tables of tables with their indexes."""
    if database.is_sqlite:
        pages = "SELECT (SELECT * FROM pragma_page_count()) * (SELECT * FROM pragma_page_size())"
        return int(database.peewee.execute_sql(pages).fetchone()[0])
    database.peewee.execute_sql("ANALYZE TABLE realtime_table, log").fetchall()
    lengths = (
        "SELECT SUM(data_length + index_length) FROM information_schema.tables "
        "WHERE table_schema = DATABASE() AND table_name IN ('realtime_table', 'log')"
    )
    return int(database.peewee.execute_sql(lengths).fetchone()[0])


def measure_million(kit: Tables, count: int) -> dict[str, Any]:
    """Compare what a thousand and ten thousand tables take with what so many more do."""
    ben, cyd = make_person(kit, "ben"), make_person(kit, "cyd")
    few = add_many(kit.database, 10_000)
    told: dict[str, Any] = {"few": measure_acts(kit, ben, random.sample(few[1::2], 200))}
    with kit.database.reading():
        before = size_of(kit.database)
    began = time.perf_counter()
    many = add_many(kit.database, count)
    told["adding_seconds"] = time.perf_counter() - began
    with kit.database.reading():
        told["bytes_per_table"] = (size_of(kit.database) - before) / count
    told["many"] = measure_acts(kit, cyd, random.sample(many[1::2], 200))
    return told


def make_person(kit: Tables, name: str) -> Person:
    """Add an account."""
    return kit.database.transact(lambda: add_person(name, name, "no hash"))


def main() -> None:
    """Do one task on one database."""
    task, url, *words = sys.argv[1:]
    kit = open_kit(url)
    if task == "write":
        kind, owner_id, seconds = words
        write_on(kit, kind, Reader(int(owner_id)), float(seconds))
        return
    migrate(kit.database, ROOT / "migrations")
    if task == "rates":
        print(json.dumps(measure_rates(url, kit, make_person(kit, "ada"), float(words[0]))))
    else:
        print(json.dumps(measure_million(kit, int(words[0]))))


if __name__ == "__main__":
    main()
