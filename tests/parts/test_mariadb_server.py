"""The tests' MariaDB keeps what it has committed."""

from __future__ import annotations

import pytest

from tests.parts.mariadb_server import MariadbServer


def test_what_it_committed_survives_a_kill(mariadb: MariadbServer) -> None:
    name = mariadb.make_database().rpartition("/")[2]
    mariadb.run(f"CREATE TABLE {name}.tally (claps INT)")
    mariadb.run(f"INSERT INTO {name}.tally VALUES (157)")

    mariadb.restart()

    assert mariadb.run(f"SELECT claps FROM {name}.tally") == [(157,)]


def test_a_stopped_one_refuses_connections(mariadb: MariadbServer) -> None:
    mariadb.stop()

    with pytest.raises(OSError):
        mariadb.run("SELECT 1")


def test_a_frozen_one_goes_on_where_it_was(mariadb: MariadbServer) -> None:
    mariadb.pause()
    mariadb.resume()

    assert mariadb.run("SELECT 1") == [(1,)]


def test_it_takes_every_character(mariadb: MariadbServer) -> None:
    assert mariadb.run("SELECT '👏'") == [("👏",)]
