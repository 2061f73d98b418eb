"""Puts a MariaDB replica in the primary's place, and lets a server that was started follow the primary.

    .venv/bin/python tools/promote_sql.py promote two

    promote two       HAProxy sends nobody to the old one any more, and then all to two
    follow one        one, just started, becomes a replica; from then on commits wait for it

Servers have the names that HAProxy's backends have. Where they are says an ini file (examples/failover).
It ends with 1 and a sentence when it cannot; then nobody is sent anywhere, and it may be called again.
"""

from __future__ import annotations

import argparse
import configparser
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql
from pymysql.cursors import DictCursor

NOBODY = "nobody"
ANSWER_SECONDS = 3
CATCH_UP_SECONDS = 60
LOOK_SECONDS = 0.1
SECTIONS = ("haproxy", "account")


class Failed(Exception):
    """It cannot be done, and why."""


class Balancer:
    """HAProxy, which asks a map who is primary. The file is for its next start, the socket for now."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._socket = settings["socket"]
        self._map = Path(settings["map"])

    def primary(self) -> str:
        """Whom the file names."""
        return self._map.read_text().split()[1]

    def send_all_to(self, name: str) -> None:
        """Name another primary."""
        new = self._map.with_name(self._map.name + ".new")
        new.write_text(f"primary {name}\n")
        os.replace(new, self._map)
        self._order(f"set map {self._map} primary {name}")

    def cut_off(self, name: str) -> None:
        """Break every connection to a server."""
        self._order(f"shutdown sessions server {name}/{name}")

    def _order(self, order: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX) as way:
                way.settimeout(ANSWER_SECONDS)
                way.connect(self._socket)
                way.sendall(order.encode() + b"\n")
                told = way.recv(65_536).decode().strip()
        except (FileNotFoundError, ConnectionRefusedError):
            return  # It does not run: it reads the file when it starts.
        except OSError as error:
            raise Failed(f"HAProxy does not answer, and may still send writers to the old one: {error}") from error
        if told:
            raise Failed(f"HAProxy says: {told}")


class Server:
    """One MariaDB, asked as the account that may do this."""

    def __init__(self, settings: configparser.ConfigParser, name: str) -> None:
        if name not in settings or name in SECTIONS:
            raise Failed(f"There is no server “{name}” in the settings.")
        self.name, self.host, self.port = name, settings[name]["host"], int(settings[name]["port"])
        self.account = settings["account"]

    def run(self, *statements: str) -> dict[str, Any]:
        """Run statements; return the last one's first row, empty when there is none."""
        try:
            connection = pymysql.connect(
                host=self.host, port=self.port, user=self.account["user"], password=self.account["password"],
                connect_timeout=ANSWER_SECONDS, read_timeout=ANSWER_SECONDS, autocommit=True, cursorclass=DictCursor,
            )
            with closing(connection), connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return cursor.fetchone() or {}
        except pymysql.MySQLError as error:
            raise Failed(f"{self.name} cannot “{statements[-1]}”: {error}") from error

    def position(self) -> str:
        """How far it has written."""
        return str(self.run("SELECT @@gtid_binlog_pos AS position")["position"])

    def wait_until(self, what: str, is_true: Callable[[dict[str, Any]], bool]) -> None:
        """Look at its replication until something is true of it."""
        deadline = time.monotonic() + CATCH_UP_SECONDS
        while not is_true(told := self.run("SHOW SLAVE STATUS")):
            failure = told.get("Last_SQL_Error") or told.get("Last_IO_Error")
            if failure and told["Last_IO_Errno"] != 2003 or time.monotonic() > deadline:
                raise Failed(f"{self.name} does not {what}: {failure or told}")
            time.sleep(LOOK_SECONDS)


def promote(settings: configparser.ConfigParser, name: str) -> None:
    """Let nobody write any more, bring all that was answered to the new one, and let all write there."""
    balancer, new = Balancer(settings["haproxy"]), Server(settings, name)
    new.run("SELECT 1")
    others = [Server(settings, other) for other in settings.sections() if other not in (*SECTIONS, name)]
    balancer.send_all_to(NOBODY)
    for other in others:
        balancer.cut_off(other.name)
        _stop(other, new)
    new.run("STOP SLAVE IO_THREAD")
    new.wait_until("bring in what it has received", _has_brought_in)
    new.run(
        "STOP SLAVE", "RESET SLAVE ALL", "SET GLOBAL rpl_semi_sync_master_enabled = OFF", "SET GLOBAL read_only = OFF"
    )
    balancer.send_all_to(name)


def _stop(old: Server, new: Server) -> None:
    # In a planned change it answers; what it has answered last is waited for, and it becomes read-only. One that is
    # frozen or gone was cut off: what it still commits waits for a replica that never asks it again.
    try:
        old.run("SET GLOBAL read_only = ON")
        new.run(f"SELECT MASTER_GTID_WAIT('{old.position()}', {ANSWER_SECONDS - 1})")
    except Failed as failure:
        print(f"{old.name} is left as it is: {failure}", file=sys.stderr)


def _has_brought_in(told: dict[str, Any]) -> bool:
    return not told or str(told["Slave_SQL_Running_State"]).startswith("Slave has read all relay log")


def follow(settings: configparser.ConfigParser, name: str) -> None:
    """Let a server follow the primary; when it has all, commits wait for it from then on."""
    primary, replica = Server(settings, Balancer(settings["haproxy"]).primary()), Server(settings, name)
    account = settings["account"]
    replica.run(
        "STOP SLAVE",
        "SET GLOBAL read_only = ON",
        "SET GLOBAL rpl_semi_sync_master_enabled = OFF",
        "SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_binlog_pos",
        f"CHANGE MASTER TO MASTER_HOST = '{primary.host}', MASTER_PORT = {primary.port}, "
        f"MASTER_USER = '{account['user']}', MASTER_PASSWORD = '{account['password']}', "
        "MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos",
        "START SLAVE",
    )
    replica.wait_until("follow", lambda told: told["Slave_IO_Running"] == "Yes" and not told["Seconds_Behind_Master"])
    primary.run("SET GLOBAL rpl_semi_sync_master_enabled = ON")


def main(words: list[str]) -> int:
    """Do what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("act", choices=("promote", "follow"))
    parser.add_argument("server")
    parser.add_argument("--settings", default="/etc/promote_sql.ini")
    asked = parser.parse_args(words)
    settings = configparser.ConfigParser(interpolation=None)
    settings.read_string(Path(asked.settings).read_text())
    try:
        {"promote": promote, "follow": follow}[asked.act](settings, asked.server)
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
