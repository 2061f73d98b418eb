"""Who is asking: nobody until something is done."""

from __future__ import annotations

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.web.conftest import SignIn


def give(client: Client, claps: int = 1) -> int:
    """Clap for post 2; return how many this reader has given."""
    return int(client.post_json("/posts/2/claps", {"claps": claps}).json["yours"])


def test_reading_sets_no_cookie_and_asks_for_none(guest: Client) -> None:
    answers = [guest.get(path) for path in ("/", "/posts/2", "/@ada", "/posts/2/hand", "/live?topic=post:2&wait=0")]

    assert {answer.cookies for answer in answers} == {()}
    assert "Cookie" not in answers[1].headers.get("vary", "")


def test_a_guest_gets_a_cookie_with_the_first_clap_and_is_known_by_it(guest: Client) -> None:
    first = guest.post_json("/posts/2/claps", {"claps": 2})

    assert [cookie.partition("=")[0] for cookie in first.cookies] == ["reader"]
    for attribute in ("HttpOnly", "SameSite=Lax", "Max-Age=63072000", "Path=/"):
        assert attribute in first.cookies[0]
    assert "Secure" not in first.cookies[0]
    assert give(guest, 3) == 5


def test_a_cookie_is_set_once(guest: Client) -> None:
    give(guest)

    assert guest.post_json("/posts/2/claps", {}).cookies == ()


def test_a_cookie_is_found_among_others(guest: Client) -> None:
    reader = guest.post_json("/posts/2/claps", {"claps": 2}).cookies[0].partition(";")[0]
    stranger = {"Cookie": f"theme=dark; {reader}; not-{reader}x", "Accept": "application/json"}

    assert guest.get("/posts/2/hand", headers=stranger).text.count('data-yours="2"') == 1


@pytest.mark.parametrize("forge", ["{}x", "x{}", "", "é{}", '"{}', "{0}" * 20])
def test_a_forged_cookie_is_nobodys(live_site: ClapsServer, forge: str) -> None:
    cookie = live_site.open_client().post_json("/posts/2/claps", {"claps": 2}).cookies[0]
    signed = cookie.partition(";")[0].removeprefix("reader=")
    forged = {"Cookie": f"reader={forge.format(signed)}"}

    answers = [live_site.open_client().get("/posts/2/hand", headers=forged) for _ in range(2)]

    assert ['data-yours="0"' in answer.text for answer in answers] == [True, True]


def test_two_guests_are_two_readers(live_site: ClapsServer) -> None:
    assert [give(live_site.open_client(), 4) for _ in range(2)] == [4, 4]


def test_who_signs_in_is_the_person_everywhere(sign_in: SignIn) -> None:
    first = sign_in("cyd")
    before = give(first)

    assert give(sign_in("cyd")) == min(50, before + 1)
    assert "reader" not in first.cookies


def test_a_session_is_kept_from_scripts_and_other_sites(guest: Client) -> None:
    answer = guest.post("/login", {"name": "ben", "password": "applause"})

    [cookie] = [one for one in answer.cookies if one.startswith("session=")]
    for attribute in ("HttpOnly", "SameSite=Lax", "Expires="):
        assert attribute in cookie


def test_who_signs_out_is_nobody(sign_in: SignIn) -> None:
    ben = sign_in("ben")

    answer = ben.post("/logout", {"out": 1})

    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert ben.get("/dashboard").headers["location"] == "/login?next=/dashboard"
