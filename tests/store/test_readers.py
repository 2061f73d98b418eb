"""Readers are noted once, people and guests alike."""

from __future__ import annotations

import pytest

from claps.plain.people import GUEST_ID_LEAST
from claps.store.readers import Reader, note_readers

pytestmark = pytest.mark.usefixtures("transaction")


def test_who_is_known_is_not_noted_again() -> None:
    note_readers([2, GUEST_ID_LEAST])

    note_readers([3, 2, 3, 2**63 - 1])

    assert sorted(row.id for row in Reader.select()) == [2, 3, GUEST_ID_LEAST, 2**63 - 1]


def test_many_go_in_several_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.store.readers.ROWS_PER_STATEMENT", 10)

    note_readers(range(1, 36))

    assert Reader.select().count() == 35
