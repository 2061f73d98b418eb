"""Making realtime tables, finding them, and letting them go; who may do what in one is decided here."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from claps.acts.errands import Errands, Step
from claps.acts.logs import Publish
from claps.acts.steady import SteadyClock
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import Conflict, NotFound, Refused, Unavailable
from claps.plain.limits import (
    EMPTY_ROWS,
    SCRATCH_SECONDS,
    SCRATCH_TABLES,
    SCRATCH_TABLES_PER_GUEST,
    TABLE_EVENTS_KEPT,
    TABLE_LOG_BYTES,
    TABLES_PER_PAGE,
    TABLES_PER_PERSON,
)
from claps.plain.people import Person, Reader
from claps.plain.tables import (
    Seat,
    Table,
    Visibility,
    check_may_read,
    check_owns,
    check_table_name,
    check_visibility,
    is_table_name,
    moment_of,
    new_scratch_name,
    no_such_table,
    table_topic,
)
from claps.store import logs, members, tables
from claps.store.database import Database
from claps.store.entries import drop_entries
from claps.store.errands import Task, add_errand
from claps.store.feeds import hold_feed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that acts on tables need."""

    database: Database
    publish: Publish
    errands: Errands
    clock: SteadyClock = field(default_factory=SteadyClock)

    def tell_rights(self, name: str) -> None:
        """Tell every worker that somebody may have lost the right to read a table; call after the commit."""
        try:
            self.publish(HOUSE_CHANNEL, f"table {name}")
        except Unavailable as error:
            log.info("that rights in %s have changed was not told: %s", name, error.message)


def create_table(kit: Tables, person: Person, name: str, *, visibility: str = "public") -> Table:
    """Make a table that is one's own.

    :raises Invalid: no table can have that name, or be seen so.
    :raises Conflict: there is one of that name, or the person has a thousand.
    """
    check_table_name(name)
    access = check_visibility(visibility)

    def write() -> Table:
        # Who makes two at once counts them one after the other.
        hold_feed(person.id)
        if tables.count_owned(person.id, scratch=False) >= TABLES_PER_PERSON:
            raise Conflict(f"You have {TABLES_PER_PERSON:,} tables. Delete one first.")
        return tables.add_table(name, person.id, access, at=moment_of(kit.clock.now_ms()))

    return kit.database.transact(write)


def create_scratch(kit: Tables, reader: Reader) -> Table:
    """Make a table to try things out: whoever has its name may write into it, and it is gone after a day.

    :raises Conflict: the reader has three, or the site ten thousand; who makes one in the same moment is not counted.
    """

    def write() -> Table:
        if tables.count_owned(reader.id, scratch=True) >= SCRATCH_TABLES_PER_GUEST:
            raise Conflict(f"You have {SCRATCH_TABLES_PER_GUEST} tables to try out. Each is gone after a day.")
        if tables.count_scratch() >= SCRATCH_TABLES:
            raise Conflict("There are too many tables to try out just now. Each is gone after a day.")
        now_ms = kit.clock.now_ms()
        until_ms = now_ms + SCRATCH_SECONDS * 1000
        return tables.add_table(new_scratch_name(), reader.id, "scratch", at=moment_of(now_ms), expires_ms=until_ms)

    return kit.database.transact(write)


def delete_table(kit: Tables, reader: Reader | None, name: str) -> None:
    """Delete a table with all that is in it; those who watch it are told that it is gone.

    :raises NotFound: there is none.
    :raises Refused: it is another one’s.
    """

    def write() -> None:
        table = tables.hold_table(name)
        check_owns(members.seat_of(table, reader), reader)
        _let_go(table)

    _check_name(name)
    kit.database.transact(write)
    kit.errands.stir()
    kit.tell_rights(name)


def drop_run_out(kit: Tables, limit: int) -> int:
    """Delete tables whose day is over; return how many went."""
    now_ms = kit.clock.now_ms()
    with kit.database.reading():
        names = tables.run_out(now_ms, limit)
    for name in names:
        if kit.database.transact(lambda name=name: _let_go_if_due(name, now_ms)):  # type: ignore[misc]
            kit.errands.stir()
            kit.tell_rights(name)
    return len(names)


def set_visibility(kit: Tables, reader: Reader | None, name: str, visibility: str) -> None:
    """Let everybody read a table, or members only; who may not any more is told nothing more.

    :raises NotFound: there is none.
    :raises Refused: it is another one’s, or one to try things out.
    """
    access: Visibility = check_visibility(visibility)

    def write() -> None:
        table = tables.hold_table(name)
        check_owns(members.seat_of(table, reader), reader)
        if table.scratch:
            raise Refused("Whoever has the name of a table to try out may see it.")
        tables.set_access(table.id, access)

    _check_name(name)
    kit.database.transact(write)
    kit.tell_rights(name)


def get_seat(kit: Tables, reader: Reader | None, name: str) -> Seat:
    """Find a table, and what a reader may do in it.

    :raises NotFound: there is none.
    :raises Refused: the reader may not read it.
    """
    return check_may_watch_table(kit.database, name, reader)


def check_may_watch_table(database: Database, name: str, reader: Reader | None) -> Seat:
    """See whether a reader may read a table, and so watch it.

    :raises NotFound: there is none.
    :raises Refused: the reader may not.
    """
    _check_name(name)
    with database.reading():
        table = tables.find_table(name)
        if table is None:
            raise no_such_table(name)
        return check_may_read(members.seat_of(table, reader), reader)


def list_mine(kit: Tables, reader: Reader, *, after: str = "", limit: int = TABLES_PER_PAGE) -> list[Table]:
    """Read the tables that a reader owns or is let into, by name, behind a name."""
    with kit.database.reading():
        names = members.names_after(reader.id, after, limit)
        found = [*tables.owned_after(reader.id, after, limit), *tables.find_tables(names)]
    return sorted(found, key=lambda table: table.name)[:limit]


def list_public(kit: Tables, *, after: str = "", limit: int = TABLES_PER_PAGE) -> list[Table]:
    """Read the tables that everybody may read, by name, behind a name."""
    with kit.database.reading():
        return tables.public_after(after, limit)


class Emptying:
    """Does the errands of kind ``table``: takes away what a deleted table leaves, and old events of one that lives."""

    def do(self, task: Task) -> Step:
        """Do one step of an errand; call inside its transaction."""
        if task.body["what"] == "compact":
            topic = table_topic(str(task.body["name"]))
            logs.compact(topic, keep=logs.count_affordable(topic, events=TABLE_EVENTS_KEPT, size_bytes=TABLE_LOG_BYTES))
            return Step()
        table_id, log_id = int(task.body["table_id"]), int(task.body["log_id"])
        if drop_entries(table_id, EMPTY_ROWS) or logs.drop_events(log_id, EMPTY_ROWS):
            return Step(task.cursor + 1)
        tables.drop_table(table_id)
        return Step()


def promise_compacting(name: str) -> None:
    """Let the oldest events of a table go soon; call inside the transaction that adds to them."""
    add_errand("table", {"what": "compact", "name": name})


def drop_tables_of(owner_id: int, limit: int) -> Sequence[str]:
    """Delete some tables of one who leaves; call inside a transaction; return their names, to be told of."""
    names = [table.name for table in tables.owned_after(owner_id, "", limit)]
    for name in names:
        _let_go(tables.hold_table(name))
    return names


def _let_go_if_due(name: str, now_ms: int) -> bool:
    try:
        table = tables.hold_table(name)
    except NotFound:
        return False  # Another worker was first.
    if table.expires_at is None or table.expires_at > moment_of(now_ms):
        return False
    _let_go(table)
    return True


def _let_go(table: Table) -> None:
    # What is in it is not found any more from now on; a new table of this name has another id and another log.
    members.drop_members(table.id)
    tables.hide_table(table.id)
    log_id = logs.end(table_topic(table.name))
    add_errand("table", {"what": "empty", "table_id": table.id, "log_id": log_id})


def _check_name(name: str) -> None:
    if not is_table_name(name):
        raise no_such_table(name)
