"""Sessions are checked once, and end all the same."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from flask import Flask

from claps.plain import allowance
from claps.plain.patience import SQL_REQUEST_SECONDS
from claps.plain.people import Person
from tests.web.pages.conftest import Enter, enter

__all__ = ["enter"]


def signed_in(app: Flask, session: str) -> bool:
    """Whether somebody with this session is let in."""
    answer = app.test_client(use_cookies=False).get("/following", headers={"Cookie": session})
    return answer.status_code == 200


@pytest.fixture
def session(enter: Enter, ada: Person) -> str:
    """The cookie of Ada's session."""
    cookie = enter(ada).get_cookie("session")
    assert cookie is not None
    return f"session={cookie.value}"


def test_a_session_is_good_again_and_again_among_other_cookies(app: Flask, session: str) -> None:
    assert [signed_in(app, cookies) for cookies in (session, session, f"a=b; {session}; c=d")] == [True] * 3


def test_a_session_that_was_good_ends_with_its_time(app: Flask, session: str) -> None:
    assert signed_in(app, session)

    app.permanent_session_lifetime = timedelta(seconds=-1)

    assert not signed_in(app, session)


def test_a_session_of_a_node_whose_clock_is_ahead_is_good(
    app: Flask, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_hour_ago = time.time() - 3_600

    monkeypatch.setattr("claps.web.quick.time.time", lambda: an_hour_ago)

    assert signed_in(app, session)


@pytest.mark.parametrize("forge", ["{}x", "{}.x", "my{}"])
def test_a_forged_session_is_nobodys_after_a_good_one(app: Flask, session: str, forge: str) -> None:
    assert signed_in(app, session)

    assert not signed_in(app, forge.format(session))


def test_reading_with_a_session_sets_no_cookie(app: Flask, session: str) -> None:
    answer = app.test_client(use_cookies=False).get("/following", headers={"Cookie": session})

    assert "Set-Cookie" not in answer.headers


def test_a_request_that_has_waited_long_enough_for_sql_is_refused_and_the_next_begins_anew(app: Flask) -> None:
    def wait() -> None:
        left = allowance.current.get()
        assert left is not None
        left.left_seconds -= waits.pop()

    waits = [0.0, SQL_REQUEST_SECONDS]
    app.before_request_funcs[None].append(wait)
    answers = [app.test_client().get("/search?q=bells") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [503, 200]
    assert "too slow" in answers[0].text and answers[0].headers["Retry-After"]
    assert allowance.current.get() is None
