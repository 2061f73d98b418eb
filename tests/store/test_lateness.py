"""How late it was last."""

from __future__ import annotations

import pytest

from claps.plain.limits import LEAD_SECONDS_MOST
from claps.store.database import Database
from claps.store.lateness import note_lateness, read_lateness

DAY = LEAD_SECONDS_MOST * 1000


@pytest.mark.usefixtures("transaction")
def test_the_latest_moment_is_kept_unless_it_cannot_have_been(database: Database) -> None:
    assert read_lateness() == 0

    seen = []
    for at_ms in (10 * DAY, 10 * DAY + 5, 10 * DAY - 5, 9 * DAY + 5, 9 * DAY + 4):
        note_lateness(at_ms)
        seen.append(read_lateness())

    assert seen == [10 * DAY, 10 * DAY + 5, 10 * DAY + 5, 10 * DAY + 5, 9 * DAY + 4]
