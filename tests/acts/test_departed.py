"""Who has left is known in every worker."""

from __future__ import annotations

from datetime import UTC, datetime

from claps.acts.departed import Departed
from claps.app import Core
from claps.plain.people import Person
from claps.store.people import let_go
from claps.store.session_turns import begin_turn
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE


def test_who_has_left_is_heard_of_and_found_in_sql(core: Core, ada: Person, ben: Person) -> None:
    told, asking = Departed(core.database), Departed(core.database)
    asking.look()

    core.database.transact(lambda: let_go(ada.id, at=datetime.now(UTC)))
    told.hear(f"left {ada.id}")
    asking.look()

    for departed in (told, asking):
        assert (departed.has_left(ada.id), departed.has_left(ben.id)) == (True, False)


def test_what_else_is_said_of_the_house_is_no_news(core: Core) -> None:
    departed = Departed(core.database)

    for strange in ("left", "left x", "left 7 8", "changed post:7", "out 7", "out 7 x", "out 7 1 1"):
        departed.hear(strange)

    assert not departed.has_left(7)
    assert not departed.is_over(7, 0)


def test_who_signed_out_everywhere_is_heard_of_and_found_in_sql(core: Core, ada: Person, ben: Person) -> None:
    told, asking = Departed(core.database), Departed(core.database)
    ended: list[int] = []
    asking.ended = ended.append

    turn = core.database.transact(lambda: begin_turn(ada.id))
    told.hear(f"out {ada.id} {turn}")
    for _ in range(2):
        asking.look()
    told.hear(f"out {ada.id} 0")  # late

    for departed in (told, asking):
        assert [departed.is_over(ada.id, one) for one in (0, turn, turn + 1)] == [True, False, False]
        assert not departed.is_over(ben.id, 0)
    assert ended == [ada.id]
