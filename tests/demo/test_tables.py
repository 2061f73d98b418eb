"""The demo's tables."""

from __future__ import annotations

from claps.acts.entries import list_entries, put_entry
from claps.acts.errands import Errands
from claps.acts.tables import Tables, list_public
from claps.app import Core
from claps.demo.filling import fill_demo
from claps.plain.people import Reader
from claps.store.people import get_person
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE


def test_the_demo_has_tables_that_everybody_reads_and_some_write(core: Core) -> None:
    fill_demo(core)
    kit = Tables(core.database, core.publish, Errands(core.database, {}))

    names = [table.name for table in list_public(kit)]
    with core.database.reading():
        ada = get_person("ada")
    put_entry(kit, Reader(ada.id), "lighthouse", "lamp", "out")

    assert names == ["curtain-times", "lighthouse"]
    lamp = list_entries(kit, None, "lighthouse").entries[0]
    assert (lamp.key, lamp.value, lamp.version.offset) == ("lamp", "out", 5)
