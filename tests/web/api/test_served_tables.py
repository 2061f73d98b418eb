"""Realtime tables on a served site: addresses as servers hand them on, and entries that run out by themselves."""

from __future__ import annotations

from typing import Any

from tests.parts.http_client import Client
from tests.parts.processes import eventually

PUT = {"Content-Type": "application/json"}


def open_scratch(guest: Client) -> str:
    """Make a table to try out; return its address."""
    made = guest.post_json("/api/v1/tables", {"scratch": True})
    assert made.status == 201, made.text
    return made.headers["location"]


def test_slashes_and_strange_letters_arrive_as_they_were_sent(guest: Client) -> None:
    url = open_scratch(guest)

    for spelled in ("a%2Fb", "%2F%2Fa", "a//b", "%F0%9F%94%94", "50%25", "x/increment", "%22%27;--"):
        assert guest.ask("PUT", f"{url}/entries/{spelled}", body=b"1", headers=PUT).status == 201, spelled

    keys = [entry["key"] for entry in guest.get(f"{url}/entries").json]
    assert keys == sorted(["a/b", "//a", "a//b", "🔔", "50%", "x/increment", "\"';--"])
    assert guest.ask("PUT", f"{url}/entries/%FF", body=b"1", headers=PUT).status == 400


def test_an_entry_runs_out_by_itself_and_is_told_as_gone(guest: Client) -> None:
    url = open_scratch(guest)
    put = guest.ask("PUT", f"{url}/entries/a?ttl=1", body=b'"soon gone"', headers=PUT).json

    def changes() -> Any:
        return guest.get(f"{url}/changes?since={put['version']}").json

    [change] = eventually(changes)

    assert (change["event"]["op"], change["event"]["key"]) == ("expire", "a")
    assert change["event"]["at"] >= put["expires_at"]
    assert guest.get(f"{url}/entries/a").status == 404
