"""Leaving in seven days: who signs in before that stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from claps.acts.leaving import leave_soon, stay
from claps.acts.people import sign_in
from claps.plain.errors import Invalid, Refused
from claps.plain.people import Person
from claps.store.errands import Errand
from claps.store.people import Person as PersonRow
from tests.acts.test_leaving import MARK, PASSWORD, House, house, places_of, zoe
from tests.parts.inside import ON_SQLITE

__all__ = ["house", "zoe"]
pytestmark = ON_SQLITE


def wait_days(house: House, days: int) -> None:
    """Let some days pass, for errands and for those who are leaving."""
    def pass_by() -> None:
        for row in Errand.select():
            Errand.update(due_at=row.due_at - timedelta(days)).where(Errand.id == row.id).execute()
        for row in PersonRow.select().where(PersonRow.leaves_at.is_null(False)):
            PersonRow.update(leaves_at=row.leaves_at - timedelta(days)).where(PersonRow.id == row.id).execute()

    house.core.database.transact(pass_by)


def work_now(house: House) -> None:
    """Do the errands that are due."""
    while house.errands.do_one():
        pass


def test_who_leaves_soon_is_here_for_seven_days_and_then_gone(house: House, zoe: Person) -> None:
    moments = {leave_soon(house.core.database, zoe, password=PASSWORD) for _ in range(2)}

    wait_days(house, 6)
    work_now(house)
    assert sign_in(house.core.database, MARK, PASSWORD).leaves_at is not None
    wait_days(house, 2)
    work_now(house)

    assert len(moments) == 1
    with pytest.raises(Refused):
        sign_in(house.core.database, MARK, PASSWORD)
    assert house.published[:2] == [f"left {zoe.id}", f"changed @{MARK} posts"]
    house.work()
    assert places_of(house.core, MARK) == []


def test_who_stays_after_all_stays_and_may_leave_again(house: House, zoe: Person) -> None:
    leave_soon(house.core.database, zoe, password=PASSWORD)
    wait_days(house, 4)
    stay(house.core.database, zoe)
    leave_soon(house.core.database, zoe, password=PASSWORD)

    wait_days(house, 4)  # what was promised first is due
    work_now(house)
    assert sign_in(house.core.database, MARK, PASSWORD).id == zoe.id
    stay(house.core.database, zoe)
    wait_days(house, 8)
    work_now(house)

    assert sign_in(house.core.database, MARK, PASSWORD).leaves_at is None
    assert house.waiting() == []


def test_only_who_knows_the_password_leaves_soon(house: House, zoe: Person) -> None:
    with pytest.raises(Invalid, match="not your password"):
        leave_soon(house.core.database, zoe, password="another")

    assert sign_in(house.core.database, MARK, PASSWORD).leaves_at is None
