"""People and guests are both readers, told apart by their numbers."""

from __future__ import annotations

from claps.plain.people import GUEST_ID_LEAST, Reader


def test_a_person_is_no_guest() -> None:
    assert not Reader(1).is_guest
    assert not Reader(GUEST_ID_LEAST - 1).is_guest


def test_a_number_with_the_guests_bit_is_a_guest() -> None:
    assert Reader(GUEST_ID_LEAST).is_guest


def test_the_greatest_guest_fits_a_signed_column_of_sql() -> None:
    assert GUEST_ID_LEAST | (GUEST_ID_LEAST - 1) == 2**63 - 1
