"""Notifications for programs."""

from __future__ import annotations

import pytest

from claps.app import Core
from claps.plain.people import Person
from tests.parts.telling import make_notifier, settle
from tests.web.api.conftest import Hand, Program


@pytest.fixture
def adas(core: Core, hand: Hand, ada: Person, ben: Person) -> Program:
    """Ada's program, who has been told of something."""
    hand(ben).ask("PUT", "/people/ada/follow")
    settle(core, make_notifier(core))
    return hand(ada)


def test_notifications_are_read_without_being_marked(hand: Hand, ben: Person) -> None:
    first, second = hand(ben, "read").get("/notifications"), hand(ben, "read").get("/notifications?before=7")

    assert (first.status_code, first.json, second.status_code) == (200, [], 200)
    assert hand(ben, "stats").get("/notifications").status_code == 403


def test_they_are_marked_and_that_is_taken_back(adas: Program, hand: Hand, ben: Person) -> None:
    [told] = adas.get("/notifications").json

    def is_read() -> bool:
        return bool(adas.get("/notifications").json[0]["read"])

    undo = adas.ask("POST", "/notifications/read", {"upto": told["turn"]}).json["undo"]
    marks = [is_read(), adas.ask("POST", "/notifications/unread", {"undo": undo}).status_code, is_read()]
    marks += [adas.ask("PUT", f"/notifications/{told['id']}/read").status_code, is_read()]
    marks += [adas.ask("DELETE", f"/notifications/{told['id']}/read").status_code, is_read()]

    assert marks == [True, 204, False, 204, True, 204, False]
    assert hand(ben).ask("PUT", f"/notifications/{told['id']}/read").status_code == 404


def test_a_kind_is_muted_and_told_again(adas: Program) -> None:
    muted = []
    for method in ("PUT", "DELETE"):
        assert adas.ask(method, "/notifications/kinds/followed/muted").status_code == 204
        muted.append([kind["kind"] for kind in adas.get("/notifications/kinds").json if kind["muted"]])

    assert muted == [["followed"], []]
    assert adas.ask("PUT", "/notifications/kinds/rain/muted").status_code == 422
