"""flask-sock as its documentation shows it: a greenlet for each client, and a loop over the clients of a topic."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from typing import Any
from urllib.parse import unquote, urlsplit

import pymysql
from flask import Flask, request
from flask_sock import Sock
from gevent.queue import Queue
from simple_websocket import ConnectionClosed

CONNECTIONS = 10
UPDATE = "UPDATE post SET claps = LAST_INSERT_ID(claps + 1) WHERE topic = %s"

app = Flask(__name__)
sock = Sock(app)
rooms: defaultdict[str, set[Any]] = defaultdict(set)
pool: Queue[Any] = Queue()


def _fill_pool() -> None:
    url = urlsplit(os.environ.get("PEER_DATABASE_URL", ""))
    for _ in range(CONNECTIONS if url.hostname else 0):
        pool.put(pymysql.connect(
            host=url.hostname, port=url.port or 3306, user=url.username, password=unquote(url.password or ""),
            database=url.path[1:], autocommit=True,
        ))


@sock.route("/live")
def live(client: Any) -> None:
    """Keep a client in the room of its topic, and take its claps."""
    room = rooms[request.args["topic"]]
    room.add(client)
    try:
        while True:
            _clap(client, json.loads(client.receive()))
    finally:
        room.discard(client)


@app.post("/tell")
def tell() -> str:
    """Tell a text to everybody."""
    _tell("post:1", request.get_data(as_text=True))
    return ""


@app.get("/")
def index() -> str:
    """Say that it runs."""
    return ""


def _clap(client: Any, message: dict[str, Any]) -> None:
    claps = _count(message["topic"])
    client.send(json.dumps({"ack": message["id"], "claps": claps}))
    _tell(message["topic"], json.dumps({"topic": message["topic"], "state": {"claps": claps}}))


def _count(topic: str) -> int:
    connection = pool.get()
    try:
        with connection.cursor() as cursor:
            cursor.execute(UPDATE, (topic,))
            return int(cursor.lastrowid)
    finally:
        pool.put(connection)


def _tell(topic: str, text: str) -> None:
    for client in list(rooms[topic]):
        try:
            client.send(text)
        except ConnectionClosed:
            rooms[topic].discard(client)


_fill_pool()
