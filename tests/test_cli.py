"""The ``claps`` command, as it is run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from claps import __version__
from claps.plain.changes import Change
from claps.settings import ROOT
from tests.parts.claps_server import ClapsServer
from tests.parts.inside import GUEST, open_core, write_person
from tests.parts.redis_server import RedisServer

MakeServer = Callable[..., ClapsServer]
MIGRATIONS = sorted(path.stem for path in (ROOT / "migrations").glob("[0-9]*.py"))


@pytest.fixture
def site(make_server: MakeServer, redis: RedisServer) -> ClapsServer:
    """A site that is not started and has nothing yet."""
    return make_server(redis_url=redis.url)


def test_it_says_what_it_is(site: ClapsServer) -> None:
    version, help_text = site.run("--version"), site.run("--help")

    assert version.stdout == f"claps, version {__version__}\n"
    for command in ("serve", "migrate", "flush", "demo", "password", "simulate", "check", "plan"):
        assert f"  {command} " in help_text.stdout


def test_migrating_names_what_it_applied_and_the_second_time_there_is_nothing(site: ClapsServer) -> None:
    first, second = site.run("migrate"), site.run("migrate")

    applied = [f"applied {name}" for name in MIGRATIONS]
    assert first.stdout.splitlines() == [*applied, f"{len(MIGRATIONS)} migrations applied."]
    assert second.stdout == "Nothing to migrate.\n"
    assert (first.returncode, second.returncode) == (0, 0)


def test_migrating_puts_what_older_nodes_counted_meanwhile_into_opening_rows(
    site: ClapsServer, redis: RedisServer
) -> None:
    with open_core(f"sqlite:///{site.var.resolve() / 'claps.sqlite'}", redis.url) as core:
        write_person(core, "ada")
        core.database.transact(lambda: core.database.peewee.execute_sql("UPDATE person SET followers = 3"))

    told = [site.run("migrate").stdout.splitlines() for _ in range(2)]

    assert told[0][1:] == ["1 posts and writers had counts that no figure told of; they are in opening rows now."]
    assert told == [["Nothing to migrate.", *told[0][1:]], ["Nothing to migrate."]]


def test_the_demo_fills_an_empty_site_alone_and_flushing_carries_claps_into_sql(
    site: ClapsServer, redis: RedisServer
) -> None:
    site.run("migrate")

    first, second = site.run("demo"), site.run("demo")
    with open_core(f"sqlite:///{site.var.resolve() / 'claps.sqlite'}", redis.url) as core:
        core.ledger.take(Change("clap", 1, str(GUEST.id), 8))
    flushes = [site.run("flush").stdout for _ in range(2)]

    assert first.stdout == "9 posts written. Sign in as ada with the password: applause\n"
    assert (second.returncode, "There are posts already" in second.stderr) == (1, True)
    assert flushes == ["1 journal entries flushed.\n", "0 journal entries flushed.\n"]


def test_a_bad_setting_is_one_line_and_exit_code_2(make_server: MakeServer) -> None:
    done = make_server(environ={"CLAPS_WORKERS": "many"}).run("flush")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "claps: CLAPS_WORKERS must be a whole number from 1 to 256\n"


def test_a_plan_is_made_without_anything_running(make_server: MakeServer, tmp_path: Path) -> None:
    site = make_server(environ={"CLAPS_ACK": "replica"})

    asked = ("plan", "--readers", "50000", "--hot", "5000", "--claps-per-second", "100", "--figures", str(tmp_path))
    table, told = site.run(*asked), json.loads(site.run(*asked, "--json").stdout)

    assert "clap to sight, p50" in table.stdout
    assert (told["load"]["readers"], told["load"]["ack"], told["needs"]["workers"]) == (50_000, "replica", 3)
    assert told["figures"]["send_us"]["origin"].startswith("reference")


def test_a_plan_for_numbers_that_cannot_be_is_refused(site: ClapsServer) -> None:
    wrong, odd = site.run("plan", "--readers", "ten"), site.run("plan", "--readers", "10", "--hot", "11")

    assert (wrong.returncode, "Invalid value for '--readers'" in wrong.stderr) == (2, True)
    assert (odd.returncode, odd.stderr) == (1, "claps: 11 cannot read one post when 10 read at all.\n")


def test_a_part_that_is_away_is_one_line_and_exit_code_1(make_server: MakeServer, redis: RedisServer) -> None:
    site = make_server(redis_url=redis.url)
    redis.kill()

    done = site.run("flush")

    assert done.returncode == 1
    assert done.stderr == "claps: Redis cannot read the journal right now (ConnectionError).\n"


def test_logs_can_be_lines_of_json(make_server: MakeServer, redis: RedisServer) -> None:
    site = make_server(redis_url=redis.url, environ={"CLAPS_LOG": "json"})

    site.start()
    site.stop()

    lines = [json.loads(line) for line in site.log_text.splitlines() if line.startswith("{")]
    assert {"logger": "claps.running.supervisor", "level": "info"}.items() <= lines[0].items()
    assert lines[0]["message"] == f"migrated: {MIGRATIONS[0]} to {MIGRATIONS[-1]}"
