"""The demo's tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from claps.acts.entries import run_batch
from claps.acts.errands import Errands
from claps.acts.members import set_member
from claps.acts.tables import Tables, create_table
from claps.app import Core
from claps.plain.operations import Operation
from claps.plain.people import Reader
from claps.store.people import get_person


def fill_tables(core: Core, plans: Sequence[dict[str, Any]]) -> None:
    """Make tables, with what is in them and who may write, as anybody makes them."""
    kit = Tables(core.database, core.publish, Errands(core.database, {}))
    for plan in plans:
        with core.database.reading():
            person = get_person(plan["owner"])
        owner, name = Reader(person.id), plan["name"]
        create_table(kit, person, name)
        run_batch(kit, owner, name, [Operation("put", key, value) for key, value in plan["entries"].items()])
        for editor in plan["editors"]:
            set_member(kit, owner, name, editor, "editor")
