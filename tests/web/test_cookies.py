"""What cookies are called, and from whom they are taken."""

from __future__ import annotations

import pytest
from flask import Flask

from claps.acts.people import join
from claps.app import Core
from claps.plain.posts import Post

SAFE, PLAIN = "https://claps.test", "http://claps.test"
PASSWORD = "a few words in a row"


def set_by(answer: object) -> list[str]:
    """The cookies that an answer sets."""
    return answer.headers.getlist("Set-Cookie")  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(("base_url", "prefix"), [(SAFE, "__Host-"), (PLAIN, "")])
def test_cookies_are_bound_to_the_host_where_there_is_tls(
    core: Core, app: Flask, article: Post, base_url: str, prefix: str
) -> None:
    join(core.database, "zoe", "Zoe", PASSWORD)
    guest, zoe = app.test_client(), app.test_client()

    [given] = set_by(guest.post(f"/posts/{article.id}/claps", base_url=base_url))
    signed_in = zoe.post("/login", data={"name": "zoe", "password": PASSWORD}, base_url=base_url)
    [session] = [cookie for cookie in set_by(signed_in) if "session=" in cookie]

    for cookie, name in ((given, "reader"), (session, "session")):
        assert cookie.startswith(f"{prefix}{name}=")
        assert ("Secure" in cookie) == bool(prefix)
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert zoe.get("/dashboard", base_url=base_url).status_code == 200


def test_over_tls_a_cookie_that_a_neighbour_could_have_set_is_nobodys(app: Flask, core: Core, article: Post) -> None:
    join(core.database, "zoe", "Zoe", PASSWORD)
    zoe = app.test_client()
    zoe.post("/login", data={"name": "zoe", "password": PASSWORD}, base_url=PLAIN)
    session = zoe.get_cookie("session", domain="claps.test")
    assert session is not None

    def ask(base_url: str) -> int:
        stranger = app.test_client(use_cookies=False)
        cookies = {"Cookie": f"session={session.value}"}
        return stranger.get("/dashboard", headers=cookies, base_url=base_url).status_code

    assert (ask(PLAIN), ask(SAFE)) == (200, 303)
