"""What the published client of applause-button is answered."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Answer, Client
from tests.parts.sites import register

_NUMBERS = count(1)


@pytest.fixture
def host(live_site: ClapsServer) -> str:
    """A registered website; an old part of it has no TLS."""
    host = f"applause{next(_NUMBERS)}.example"
    register(live_site, f"https://{host}", f"http://old.{host}")
    return host


def update(client: Client, body: Any, page: str, origin: str | None = None, **headers: str) -> Answer:
    """Clap as the client does: a JSON text of the claps and its version, sent as plain text."""
    from_where = origin or f"https://{page.partition('/')[0]}"
    sent = {"Content-Type": "text/plain", "Origin": from_where, "Sec-Fetch-Site": "cross-site", **headers}
    path = "/update-claps" if headers else f"/update-claps?url={page}"
    return client.ask("POST", path, body=json.dumps(body).encode(), headers=sent)


def test_claps_are_a_bare_number(guest: Client, host: str) -> None:
    origin, page = f"https://{host}", f"https://{host}/bells"
    before = guest.get(f"/get-claps?url={page}", headers={"Origin": origin})

    clapped = update(guest, "3,4.0.5", page, origin=origin)

    after = guest.get(f"/get-claps?url={page}?a=b&c=d")
    assert (before.text, clapped.text, after.text) == ("0", "3", "3")
    assert before.headers["access-control-allow-origin"] == origin == clapped.headers["access-control-allow-origin"]
    assert not clapped.cookies


def test_the_page_is_named_by_its_address_with_or_without_scheme_or_by_where_the_request_comes_from(
    guest: Client, host: str
) -> None:
    update(guest, "2,4.0.5", f"{host}/bells")
    update(guest, "1,4.0.5", "", origin=f"http://old.{host}", Referer=f"http://old.{host}/attic?x=y")

    counts = [
        guest.get(f"/get-claps?url={host}/bells"),
        guest.get("/get-claps", headers={"Referer": f"https://{host}/bells?from=feed"}),
        guest.get(f"/get-claps?url=old.{host}/attic"),
        guest.get("/get-claps"),
    ]

    assert [answer.text for answer in counts] == ["2", "2", "1", '"no referer set"']


def test_a_request_has_one_to_ten_claps_and_what_is_no_count_is_one(guest: Client, host: str) -> None:
    bodies = ("99,4.0.5", -39.95, 9.9, 4, "4", True)

    given = [update(guest, body, f"{host}/{n}").json for n, body in enumerate(bodies)]

    assert given == [10, 1, 1, 4, 4, 1]


def test_claps_past_fifty_leave_the_number_as_it_is_so_that_the_client_stops(guest: Client, host: str) -> None:
    told = [update(guest, "10,4.0.5", f"{host}/bells").json for _ in range(6)]

    assert told == [10, 20, 30, 40, 50, 50]


def test_many_pages_are_a_list_of_those_with_claps(guest: Client, host: str) -> None:
    update(guest, "3,4.0.5", f"{host}/bells")
    urls = [f"https://{host}/bells?a", f"{host}/bells", f"{host}/new", "nobody.example", ""]

    told = guest.ask("POST", "/get-multiple", body=json.dumps(urls).encode(), headers={"Origin": f"https://{host}"})

    assert told.json == [{"url": f"{host}/bells", "claps": 3}]
    assert told.headers["access-control-allow-origin"] == f"https://{host}"


def test_what_is_asked_wrongly_or_from_elsewhere_is_refused(guest: Client, host: str) -> None:
    headers = {"Origin": f"https://{host}"}
    answers = [
        update(guest, "1,4.0.5", f"{host}/bells", origin="https://evil.example"),
        update(guest, "1,4.0.5", "nobody.example"),
        update(guest, "1,4.0.5", ""),
        guest.ask("POST", f"/update-claps?url={host}", body=b"{", headers=headers),
        guest.ask("POST", "/get-multiple", body=b'{"url": 1}'),
        guest.get("/get-claps?url=nobody.example"),
    ]

    assert [answer.status for answer in answers] == [403, 404, 400, 400, 422, 404]
    assert "access-control-allow-origin" not in answers[0].headers
