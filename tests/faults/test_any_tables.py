"""Whatever is done to a table, and whoever is cut off or dies meanwhile: it is as a model says, to everybody.

What fails is printed with its seed: ``pytest --hypothesis-seed=…`` does the same again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPException
from threading import Timer
from urllib.parse import quote

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from tests.faults.table_model import Model, Step, Told
from tests.faults.table_watchers import PollWatcher, SocketWatcher, Watcher
from tests.parts.claps_server import ROOT, ClapsServer
from tests.parts.http_client import Answer, Client
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer
from tests.parts.tables import make_table, put

WATCHERS: tuple[type[Watcher], ...] = (SocketWatcher, SocketWatcher, PollWatcher, PollWatcher)
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Look:
    """One who watches reads what is told next, and comes back for it if need be."""

    who: int


@dataclass(frozen=True, slots=True)
class Cut:
    """One who watches is cut off."""

    who: int


Turn = Step | list[Step] | Look | Cut

keys = st.sampled_from(["a", "a/b", "🔔"])
values = st.integers(-9, 9) | st.sampled_from(["text", {"deep": ["ü", None]}])
ttls = st.sampled_from([None, 3_600])


def some_step(*conditions: str) -> st.SearchStrategy[Step]:
    """Any operation, under one of these conditions."""
    some = st.sampled_from(conditions)
    return st.one_of(
        st.builds(Step, st.just("put"), keys, values, ttl=ttls, condition=some | st.sampled_from(["", "new"])),
        st.builds(Step, st.just("increment"), keys, by=st.integers(-9, 9), ttl=ttls, condition=some),
        st.builds(Step, st.sampled_from(["delete", "ttl"]), keys, ttl=ttls, condition=some),
    )


steps = some_step("", "", "", "held", "any", "stale")
# Most of these can be done, and so all that is in them.
batches = st.lists(some_step("", "", "", "", "", "held"), min_size=2, max_size=4)
whos = st.integers(0, len(WATCHERS) - 1)
writes = st.one_of(steps, steps, batches)
turns = st.one_of(steps, steps, batches, st.builds(Look, whos), st.builds(Cut, whos))
# Nothing is made smaller: that would be hundreds of runs. Its seed repeats a failure.
bounded = settings(
    deadline=None, database=None, phases=[Phase.generate], report_multiple_bugs=False, print_blob=True
)


class Play:
    """One table with those who watch it, and the model of what it should be."""

    def __init__(self, server: ClapsServer, stack: ExitStack, *, is_killed: bool = False) -> None:
        self._is_killed = is_killed
        self._writer, self._name = make_table(server)
        self._path = f"/api/v1/tables/{self._name}"
        self.model = Model(self._version().partition(".")[0], {})
        self._watchers = [kind(server.port, self._name) for kind in WATCHERS]
        for watcher in self._watchers:
            stack.callback(watcher.cut)

    def take(self, turn: Turn) -> None:
        """Take one turn."""
        match turn:
            case Look(who):
                self._watchers[who].look(self.model)
            case Cut(who):
                self._watchers[who].cut()
            case _:
                self._write(turn)

    def end(self) -> None:
        """See that everybody has seen the table as it is, and will see what comes."""
        for _ in range(2):
            for watcher in self._watchers:
                watcher.catch_up(self.model)
            self._write(Step("put", "the last", self.model.offset))
        told = self._ask("GET", f"{self._path}/entries")
        assert told.headers["table-version"] == self.model.version
        assert [(one["key"], one["value"], one["version"], "expires_at" in one) for one in told.json] == [
            (key, kept.value, f"{self.model.epoch}.{kept.at}", kept.runs_out)
            for key, kept in sorted(self.model.kept.items())
        ]

    def _write(self, turn: Step | list[Step]) -> None:
        if isinstance(turn, Step):
            told = self.model.spell(turn)
            status, after = self.model.after(turn)
        else:
            status, after, operations = self.model.after_all(turn)
            told = {"operations": operations}
        try:
            answer = send(self._writer, self._path, told)
        except (OSError, HTTPException) as error:
            if isinstance(error, TimeoutError) or not self._is_killed:
                raise
            # Killed with its worker: it was done as a whole, or not at all.
            version = self._version()
            assert version in (self.model.version, after.version)
            self.model = after if version == after.version else self.model
            return
        assert answer.status == status, (told, answer.text)
        if status == 412 and isinstance(turn, Step):
            kept, current = self.model.kept.get(turn.key), answer.json["current"]
            assert (current and current["version"]) == (kept and f"{self.model.epoch}.{kept.at}")
        if status < 400:
            assert answer.json["version"] == after.version
        self.model = after

    def _version(self) -> str:
        return str(self._ask("GET", self._path).json["version"])

    def _ask(self, method: str, path: str) -> Answer:
        def answered() -> Answer | None:
            try:
                return self._writer.ask(method, path)
            except HTTPException:
                return None  # A worker was killed while it answered.

        answer = eventually(answered, seconds=20)
        assert answer is not None and answer.status == 200
        return answer


def send(client: Client, path: str, told: Told) -> Answer:
    """Ask for a step by the address that is made for it, or for a batch."""
    if "operations" in told:
        return client.ask("POST", f"{path}/batch", body=json.dumps(told).encode(), headers=JSON)
    method = {"put": "PUT", "delete": "DELETE", "increment": "POST", "ttl": "PATCH"}[told["op"]]
    address = f"{path}/entries/{quote(told['key'], safe='')}{'/increment' if told['op'] == 'increment' else ''}"
    if "ttl" in told:
        address += f"?ttl={'none' if told['ttl'] is None else told['ttl']}"
    headers = dict(JSON)
    if "if_match" in told:
        headers["If-Match"] = "*" if told["if_match"] == "*" else f'"{told["if_match"]}"'
    if "if_none_match" in told:
        headers["If-None-Match"] = "*"
    body = {"put": told.get("value"), "increment": {"by": told.get("by")}}
    return client.ask(
        method, address, headers=headers, body=json.dumps(body[told["op"]]).encode() if told["op"] in body else None
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, lasting_redis: RedisServer) -> Iterator[ClapsServer]:
    """A running site with two workers on SQLite, whose workers may be killed."""
    lasting_redis.flush()
    folder = tmp_path_factory.mktemp("any-tables")
    url = f"sqlite:///{folder / 'claps.db'}"
    server = ClapsServer(folder / "site", database_url=url, redis_url=lasting_redis.url, lasting=True)
    server.start()
    yield server
    server.kill()


@settings(bounded, max_examples=40)
@given(st.lists(turns, min_size=12, max_size=40))
def test_everybody_sees_the_table_that_the_model_says(site: ClapsServer, script: Sequence[Turn]) -> None:
    note(str(script))
    with ExitStack() as stack:
        play = Play(site, stack)
        for turn in script:
            play.take(turn)
        play.end()


@settings(bounded, max_examples=2)
@given(st.lists(turns, min_size=12, max_size=30), st.integers(0, 10), st.lists(writes, min_size=20, max_size=30))
def test_and_so_they_do_when_a_worker_is_killed_meanwhile(
    site: ClapsServer, script: Sequence[Turn], milliseconds: int, rest: Sequence[Turn]
) -> None:
    note(f"{script}\n{milliseconds} ms\n{rest}")
    pids = site.worker_pids
    # The one that has been there longest answers most, and so something is likely to be under way in it.
    killing = Timer(milliseconds / 1_000, os.kill, (pids[0], signal.SIGKILL))
    with ExitStack() as stack:
        play = Play(site, stack, is_killed=True)
        for turn in script:
            play.take(turn)
        killing.start()
        for turn in rest:
            play.take(turn)
        killing.join()
        play.end()
    eventually(lambda: len(set(site.worker_pids) - set(pids)) == 1)


def test_a_writer_that_dies_before_it_tells_anybody_is_heard_of(site: ClapsServer) -> None:
    writer, name = make_table(site)
    put(writer, name, "a", "told")
    path = f"/live?topic=table:{name}"
    with ExitStack() as stack:
        watchers = [kind(site.port, name) for kind in WATCHERS]
        epoch = str(writer.get(f"/api/v1/tables/{name}").json["version"]).partition(".")[0]
        _, model = Model(epoch, {}).after(Step("put", "a", "told"))
        for watcher in watchers:
            stack.callback(watcher.cut)
            watcher.catch_up(model)
            watcher.look(model)
        stream = stack.enter_context(writer.open_stream(path, headers={"Accept": "text/event-stream"}))
        stream.read_until('"snapshot":"end"')

        command = [sys.executable, "-m", "tests.faults.dying_writer", name, "b"]
        died = subprocess.run(command, env=site.environ, cwd=ROOT, capture_output=True, text=True, timeout=60)

        assert died.returncode == -signal.SIGKILL, died.stderr
        _, model = model.after(Step("put", "b", "untold"))
        for watcher in watchers:
            watcher.catch_up(model)
        stream.read_until('"untold"', seconds=30)
