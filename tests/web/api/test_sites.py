"""Websites for programs."""

from __future__ import annotations

from flask import Flask

from claps.plain.people import Person
from tests.web.api.conftest import Hand

BLOG = {"name": "Blog", "origins": ["https://blog.example"]}


def test_a_website_is_registered_changed_and_deleted(hand: Hand, ada: Person) -> None:
    program = hand(ada)

    made = program.ask("POST", "/sites", BLOG)
    changed = program.ask("PUT", "/sites/1", {"name": "New", "origins": ["https://new.example", "www.new.example"]})
    listed = program.get("/sites")
    gone = program.ask("DELETE", "/sites/1")

    assert (made.status_code, made.headers["Location"], made.json) == (201, "/api/v1/sites/1", {"id": 1, **BLOG})
    assert changed.json["origins"] == ["https://new.example", "https://www.new.example"]
    assert listed.json == [changed.json]
    assert (gone.status_code, program.get("/sites/1").status_code) == (204, 404)


def test_pages_and_their_addresses_are_told(hand: Hand, app: Flask, ada: Person) -> None:
    program, url = hand(ada), "https://blog.example/post"
    program.ask("POST", "/sites", BLOG)
    app.test_client().post("/embed/claps", data={"url": f"{url}/old", "claps": 3})

    moved = program.ask("POST", "/sites/1/aliases", {"url": url, "alias": f"{url}/old"})
    again = app.test_client().post("/embed/claps", data={"url": url}, headers={"Accept": "application/json"})
    pages = program.get("/sites/1/pages")
    removed = program.ask("DELETE", f"/sites/1/aliases?alias={url}/old")

    assert moved.json == {"post": 1, "url": url}
    assert again.json is not None and again.json["claps"] == 4
    [page] = pages.json
    assert (page["post"], page["url"], page["aliases"]) == (1, url, [f"{url}/old"])
    assert removed.status_code == 204
    assert program.ask("DELETE", "/sites/1/aliases?alias=x").status_code == 422


def test_what_is_somebody_elses_is_not_there(hand: Hand, ada: Person, ben: Person) -> None:
    hand(ada).ask("POST", "/sites", BLOG)

    assert hand(ben).ask("POST", "/sites", BLOG).status_code == 409
    assert hand(ben).get("/sites/1/pages").status_code == 404
    assert hand(ben, "read").get("/sites").status_code == 403
    assert hand(ada, "stats").ask("DELETE", "/sites/1").status_code == 403
    assert hand(None).get("/sites").status_code == 401
