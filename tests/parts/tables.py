"""Tables of a running site, as a program changes them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Answer, Client


def make_table(server: ClapsServer, **fields: object) -> tuple[Client, str]:
    """Try out a table; return a reader who may write into it, and its name."""
    client = server.open_client()
    answer = client.post_json("/api/v1/tables", {"scratch": True, **fields})
    assert answer.status == 201, answer.text
    return client, str(answer.json["name"])


def put(client: Client, name: str, key: str, value: Any) -> Answer:
    """Give a key a value."""
    headers = {"Content-Type": "application/json"}
    path = f"/api/v1/tables/{name}/entries/{quote(key, safe='')}"
    answer = client.ask("PUT", path, body=json.dumps(value).encode(), headers=headers)
    assert answer.status in (200, 201), answer.text
    return answer
