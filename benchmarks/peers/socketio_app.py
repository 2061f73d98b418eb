"""python-socketio under uvicorn: a room for each topic, and an acknowledgement for each clap."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncmy
import socketio

UPDATE = "UPDATE post SET claps = LAST_INSERT_ID(claps + 1) WHERE topic = %s"

sio = socketio.AsyncServer(
    async_mode="asgi", transports=[os.environ.get("PEER_TRANSPORT", "websocket")], http_compression=False,
)
pools: list[Any] = []


@sio.event
async def connect(sid: str, environ: dict[str, str], auth: Any) -> None:
    """Put a client into the room of its topic."""
    (topic,) = parse_qs(environ["QUERY_STRING"])["topic"]
    await sio.enter_room(sid, topic)


@sio.event
async def clap(sid: str, message: dict[str, Any]) -> dict[str, Any]:
    """Count a clap, tell everybody, and acknowledge it."""
    claps = await _count(message["topic"])
    await sio.emit("news", {"topic": message["topic"], "state": {"claps": claps}}, room=message["topic"])
    return {"ack": message["id"], "claps": claps}


async def _count(topic: str) -> int:
    async with pools[0].acquire() as connection, connection.cursor() as cursor:
        await cursor.execute(UPDATE, (topic,))
        return int(cursor.lastrowid)


async def _start() -> None:
    url = urlsplit(os.environ.get("PEER_DATABASE_URL", ""))
    if url.hostname:
        pools.append(await asyncmy.create_pool(
            host=url.hostname, port=url.port, user=url.username, password=unquote(url.password or ""),
            db=url.path[1:], autocommit=True,
        ))


async def _tell(scope: dict[str, Any], receive: Any, send: Any) -> None:
    body, more = b"", True
    while more:
        part = await receive()
        body, more = body + part.get("body", b""), part.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})
    if scope["method"] == "POST":
        await sio.emit("news", json.loads(body), room="post:1")


app = socketio.ASGIApp(sio, _tell, on_startup=_start)
