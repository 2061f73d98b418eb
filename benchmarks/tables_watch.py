"""Watched tables: news a second out of one worker, a put to the last of 100 watchers, and what a watched table weighs.

Ten thousand tables have one watcher each; twenty of them get 99 more. Changes are told as a put tells them, by PUBLISH
in Redis, so that the relay, the encoding and the writing are measured and SQL is not: each of the twenty in turn, as
fast as the worker keeps up. A put is a PUT of the API, from the request until the last of 100 has the change, beside
a bare C loop of send() over 100 sockets. Besides, what Redis takes for channels when each table has one of its own.
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import redis

from benchmarks.figures import Figure, middle
from benchmarks.programs import BareLoop, Crowd
from benchmarks.sites import BenchSite, open_site, upgrade_request
from claps.plain.channels import channel_of, put_name
from claps.plain.limits import TABLE_CHANNELS, WATCHERS_PER_TABLE
from claps.plain.tables import table_topic
from claps.settings import embedded_socket
from tests.parts.http_client import Client

TABLES = 10_000
FULL = 20
ROUNDS = 100
PUTS = 100
PATIENCE_SECONDS = 60
# What is held on this machine: a put's transaction and its fsync, and the loop over its watchers, beside a bare one.
WHOLE_BOUND_MS, SLOWER_BOUND, WATCH_BOUND_BYTES = 250, 2.0, 16 * 1024


def measure(folder: Path) -> list[Figure]:
    """Measure all of it on one worker."""
    with open_site(folder) as site, Crowd(folder, site.port) as crowd, BareLoop(folder, WATCHERS_PER_TABLE) as bare:
        client = redis.Redis(unix_socket_path=str(embedded_socket(site.server.var)))
        names = _add_tables(site)
        channels = _weigh_channels(client)
        weights = _weigh(site, client, crowd, names)
        memory = site.resident_bytes
        for name in names[:FULL]:
            _watch(site, crowd, name, WATCHERS_PER_TABLE - 1)
        site.settle()
        further = (site.resident_bytes - memory) / (FULL * (WATCHERS_PER_TABLE - 1))
        weights.append(Figure("a further watcher of a table, in the worker", further, "bytes"))
        rates = _flood(site, client, crowd, names[:FULL])
        crowd.close()
        site.wait_for_nobody()
        return channels + weights + rates + _put_to_last(site, crowd, bare, names[-1])


def _add_tables(site: BenchSite) -> list[str]:
    ada = _sign_in(site)
    names = [f"watched-{number}" for number in range(TABLES)]
    ada.post_json("/api/v1/tables", {"name": names[0]})
    # The others as rows: a thousand requests would be measured for nothing.
    with closing(sqlite3.connect(site.server.var / "claps.sqlite")) as database, database:
        for name in names[1:]:
            for table, column in (("realtime_table", "name"), ("log", "topic")):
                columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
                chosen = ", ".join("?" if one == column else f'"{one}"' for one in columns)
                prefix = "" if column == "name" else "table:"
                database.execute(
                    f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} WHERE {column} = ?",
                    (prefix + name, prefix + names[0]),
                )
    return names


def _sign_in(site: BenchSite) -> Client:
    ada = site.server.open_client()
    ada.post("/login", {"name": "ada", "password": "applause"})
    return ada


def _watch(site: BenchSite, crowd: Crowd, name: str, count: int) -> None:
    wanted = crowd.count()[0] + count
    opened = crowd.open(count, upgrade_request(f"topic=table:{name}", site.port, json_wire=True))
    assert opened.open == wanted, opened


def _weigh(site: BenchSite, client: Any, crowd: Crowd, names: list[str]) -> list[Figure]:
    # Whatever the first ones make a worker allocate is not theirs.
    for name in names[:50]:
        _watch(site, crowd, name, 1)
    site.settle()
    memory, kept = site.resident_bytes, client.info("memory")["used_memory"]
    for name in names[50:]:
        _watch(site, crowd, name, 1)
    site.settle()
    weighed = len(names) - 50
    return [
        Figure(
            "a watched table with its watcher, in the worker", (site.resident_bytes - memory) / weighed, "bytes",
            WATCH_BOUND_BYTES,
        ),
        Figure("the same in Redis", (client.info("memory")["used_memory"] - kept) / weighed, "bytes"),
    ]


def _weigh_channels(client: Any) -> list[Figure]:
    figures = []
    for count in (TABLE_CHANNELS, TABLES):
        before, began = client.info("memory")["used_memory"], time.monotonic()
        listening = client.pubsub()
        for start in range(0, count, 1_000):
            listening.subscribe(*(f"benchmark:{number}" for number in range(start, min(count, start + 1_000))))
        for _ in range(count):
            assert listening.get_message(timeout=10)
        took, kept = time.monotonic() - began, client.info("memory")["used_memory"] - before
        listening.close()
        figures += [
            Figure(f"{count:,} channels heard anew, by one connection", took * 1000, "ms"),
            Figure("the same in Redis, each", kept / count, "bytes"),
        ]
    return figures


def _flood(site: BenchSite, client: Any, crowd: Crowd, names: list[str]) -> list[Figure]:
    epoch = site.server.open_client().get(f"/api/v1/tables/{names[0]}").json["version"].partition(".")[0]
    wanted = crowd.count()[1] + ROUNDS * FULL * WATCHERS_PER_TABLE
    used, began = site.cpu_seconds, time.monotonic()
    for number in range(1, ROUNDS + 1):
        event = json.dumps({"op": "put", "key": "btc", "value": number, "at": "2026-11-21T12:00:00.000Z"})
        with client.pipeline(transaction=False) as pipe:
            for topic in map(table_topic, names):
                pipe.publish(channel_of(topic), put_name(topic, f"{epoch}.{number} {event}"))
            pipe.execute()
    while crowd.count()[1] < wanted:
        assert time.monotonic() - began < PATIENCE_SECONDS, f"{wanted - crowd.count()[1]} were not told"
        time.sleep(0.005)
    seconds, told = time.monotonic() - began, ROUNDS * FULL * WATCHERS_PER_TABLE
    return [
        Figure(f"changes told to {WATCHERS_PER_TABLE} watchers each, of {FULL} tables", told / seconds, "news/s"),
        Figure("the same by processor time", told / (site.cpu_seconds - used), "news/s"),
    ]


def _put_to_last(site: BenchSite, crowd: Crowd, bare: BareLoop, name: str) -> list[Figure]:
    ada, ours, theirs = _sign_in(site), [], []
    _watch(site, crowd, name, WATCHERS_PER_TABLE)
    site.settle()
    for number in range(PUTS + 1):
        needle = f'"value":{10_000 + number},'

        def put(number: int = number) -> None:
            headers = {"Content-Type": "application/json"}
            path = f"/api/v1/tables/{name}/entries/btc"
            assert ada.ask("PUT", path, body=str(10_000 + number).encode(), headers=headers).status < 300

        mine = crowd.see(needle, put)
        assert mine.count == WATCHERS_PER_TABLE, mine
        other = bare.round(needle, mine.frame_bytes)
        if number:  # The first one warms up.
            ours.append(mine)
            theirs.append(other)
    whole = [seen.whole_ms for seen in ours]
    ratio = middle([mine.span_ms / other.span_ms for mine, other in zip(ours, theirs, strict=True)])
    return [
        Figure(f"PUT until the last of {WATCHERS_PER_TABLE} has it: half of {PUTS}", middle(whole), "ms"),
        Figure("the same: 99 of 100", _most(whole), "ms", WHOLE_BOUND_MS),
        Figure("from the first watcher to the last", middle([seen.span_ms for seen in ours]), "ms"),
        Figure("the same in a bare loop of send()", middle([seen.span_ms for seen in theirs]), "ms"),
        Figure("the one to the other, median", ratio, "times", SLOWER_BOUND),
        Figure("from the first watcher to the last: 99 of 100", _most([seen.span_ms for seen in ours]), "ms"),
        Figure("the same in a bare loop of send(): 99 of 100", _most([seen.span_ms for seen in theirs]), "ms"),
    ]


def _most(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99) - 1]
