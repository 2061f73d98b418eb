"""What a person of the crowd does before and after it: joins, takes out what was kept, and leaves."""

from __future__ import annotations

import http.client
import io
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zipfile import BadZipFile, ZipFile

from claps.crowd.readers import AGENT
from claps.crowd.targets import Target
from claps.plain.errors import Unavailable
from claps.plain.writing import new_key

ANSWER_SECONDS = 30
_NAME = re.compile(rb'href="/@(\w+)"')
_OWN_ID = re.compile(rb"topic=writer:(\d+)")
_POST = re.compile(r"/posts/(\d+)")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who has joined; ``cookie`` is what their browser sends."""

    name: str
    password: str
    cookie: str


def join(target: Target) -> Account:
    """Open an account under a name that nobody has.

    :raises Unavailable: the site does not let anybody join.
    """
    name, password = f"crowd_{secrets.token_hex(6)}", secrets.token_urlsafe(16)
    fields = {"name": name, "display_name": "One of the crowd", "password": password}
    answer, _ = _ask(target, "POST", "/join", fields=fields)
    cookie = "; ".join(one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", []))
    if answer.status != 303 or not cookie:
        raise Unavailable(f"Joining {target.url} is answered {answer.status}: no people can be simulated there.")
    return Account(name, password, cookie)


def publish_note(target: Target, account: Account, text: str) -> int:
    """Publish a note; return its number.

    :raises Unavailable: the site does not take it.
    """
    answer, _ = _ask(target, "POST", "/write/note", fields={"key": new_key(), "body": text}, account=account)
    found = _POST.search(answer.headers.get("Location", ""))
    if answer.status != 303 or found is None:
        raise Unavailable(f"A note for {target.url} is answered {answer.status}: no dashboard can be watched there.")
    return int(found[1])


def find_own_id(target: Target, account: Account) -> int:
    """Read by which number a person's dashboard is watched.

    :raises Unavailable: it is not shown.
    """
    answer, page = _ask(target, "GET", "/dashboard", account=account)
    found = _OWN_ID.search(page)
    if found is None:
        raise Unavailable(f"The dashboard at {target.url} is answered {answer.status}.")
    return int(found[1])


def find_writers(target: Target) -> list[str]:
    """Read the names of those whose posts stand on the front page."""
    _, page = _ask(target, "GET", "/")
    return [name.decode() for name in dict.fromkeys(_NAME.findall(page))]


def take_out(target: Target, account: Account) -> dict[str, list[dict[str, Any]]]:
    """Read all that the site has of a person, as anybody gets it who asks for a copy; by kind.

    :raises Unavailable: it is not given.
    """
    answer, body = _ask(target, "POST", "/settings/export", fields={"export": "1"}, account=account)
    try:
        with ZipFile(io.BytesIO(body)) as parcel:
            names = {kind: f"{kind}.json" for kind in ("comments", "likes", "follows")}
            there = parcel.namelist()
            return {kind: json.loads(parcel.read(name)) if name in there else [] for kind, name in names.items()}
    except BadZipFile as error:
        raise Unavailable(f"{account.name}’s copy is answered {answer.status}.") from error


def make_table(target: Target, account: Account) -> str:
    """Make a realtime table that only its owner may read; return its name.

    :raises Unavailable: the site makes none.
    """
    wanted = {"name": f"crowd-{secrets.token_hex(6)}", "visibility": "members"}
    answer, _ = _ask(target, "POST", "/api/v1/tables", told=wanted, account=account)
    if answer.status != 201:
        raise Unavailable(f"Making a table at {target.url} is answered {answer.status}.")
    return wanted["name"]


def read_table(target: Target, account: Account, name: str) -> dict[str, Any]:
    """Read a small table, by key.

    :raises Unavailable: it is not given.
    """
    answer, body = _ask(target, "GET", f"/api/v1/tables/{name}/entries?limit=500", account=account)
    if answer.status != 200:
        raise Unavailable(f"The table {name} is answered {answer.status}.")
    return {entry["key"]: entry["value"] for entry in json.loads(body)}


def leave(target: Target, account: Account) -> bool:
    """Delete an account, with all that belongs to it; False when it is still there."""
    fields = {"password": account.password, "now": "1"}
    answer, _ = _ask(target, "POST", "/settings/leave", fields=fields, account=account)
    return answer.status == 303


def _ask(
    target: Target, method: str, path: str, *, fields: Mapping[str, str] | None = None,
    told: object = None, account: Account | None = None,
) -> tuple[http.client.HTTPResponse, bytes]:
    headers = {"Host": target.netloc, "User-Agent": AGENT}
    if account is not None:
        headers["Cookie"] = account.cookie
    if fields is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    body = urlencode(fields) if fields is not None else None
    if told is not None:
        headers["Content-Type"], body = "application/json", json.dumps(told)
    connection = http.client.HTTPConnection(target.address[0], target.address[1], timeout=ANSWER_SECONDS)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"{target.url}{path} does not answer: {error}") from error
    finally:
        connection.close()
