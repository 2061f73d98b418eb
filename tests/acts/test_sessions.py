"""Ending sessions, and giving a password to who has forgotten theirs."""

from __future__ import annotations

import logging

import pytest

from claps.acts.people import join, sign_in
from claps.acts.sessions import change_password, give_password, read_turn, sign_out_everywhere
from claps.app import Core
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import Invalid, NotFound, Refused
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE
PASSWORD, OTHER = "a few words in a row", "quite other words now"


def test_each_end_begins_a_turn_and_is_told_to_the_house(core: Core) -> None:
    told: list[tuple[str, str]] = []
    eve = join(core.database, "eve", "Eve", PASSWORD)

    first = sign_out_everywhere(core.database, lambda *message: told.append(message), eve)
    second = change_password(core.database, lambda *message: told.append(message), eve, current=PASSWORD, new=OTHER)

    assert (first, second, read_turn(core.database, eve)) == (1, 2, 2)
    assert told == [(HOUSE_CHANNEL, f"out {eve.id} {turn}") for turn in (1, 2)]
    assert sign_in(core.database, "eve", OTHER) == eve


def test_the_same_change_sent_twice_is_one_and_what_is_refused_ends_nothing(core: Core) -> None:
    eve = join(core.database, "eve", "Eve", PASSWORD)
    publish = core.publish

    turns = [change_password(core.database, publish, eve, current=PASSWORD, new=OTHER) for _ in range(2)]
    for current, new, field in ((PASSWORD, PASSWORD + "!", "current"), (OTHER, "eve eve eve eve eve", "new")):
        with pytest.raises(Invalid) as error:
            change_password(core.database, publish, eve, current=current, new=new)
        assert error.value.field == field

    assert turns == [1, 1] and read_turn(core.database, eve) == 1


def test_who_has_forgotten_a_password_is_given_one_that_is_in_no_log(
    core: Core, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    eve = join(core.database, "eve", "Eve", PASSWORD)

    given = give_password(core.database, core.publish, "@Eve")

    assert sign_in(core.database, "eve", given) == eve
    assert (read_turn(core.database, eve), len(given)) == (1, 24)
    assert f"the password of person {eve.id} was changed" in caplog.text and given not in caplog.text
    with pytest.raises(Refused):
        sign_in(core.database, "eve", PASSWORD)
    with pytest.raises(NotFound):
        give_password(core.database, core.publish, "nobody")
