"""A MariaDB primary with a semi-synchronous replica behind HAProxy, set up and changed as ``docs/failures.md`` says."""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

from tests.parts.mariadb_server import MariadbServer
from tests.parts.processes import Child
from tests.parts.sql_balancer import EXAMPLES, HOSTS, SqlBalancer, settle

NAMES = ("one", "two")
SCRIPT = EXAMPLES.parent.parent / "tools" / "promote_sql.py"
ACCOUNT_RIGHTS = (
    "RELOAD, REPLICATION SLAVE, REPLICATION SLAVE ADMIN, REPLICATION MASTER ADMIN, READ ONLY ADMIN, REPLICA MONITOR"
)


class ReplicatedServer(MariadbServer):
    """One of the two."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True)
        self.name = name
        super().__init__(folder, defaults=EXAMPLES / "mariadb.cnf")
        self.command.append(f"--server-id={1 + NAMES.index(name)}")


class MariadbPair:
    """Two servers, of which one is primary. Not started by being made: call :meth:`start`.

    :ivar servers: both; :attr:`primary` says which one is written to.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.servers = [ReplicatedServer(folder / name, name) for name in NAMES]
        self.primary = self.servers[0]
        self._old: ReplicatedServer | None = None
        self._password = secrets.token_hex(16)
        self._settings, map_file = folder / "promote_sql.ini", folder / "sql.map"
        control = folder / "sql.sock"
        map_file.write_text(f"primary {NAMES[0]}\n")
        paths = {"/run/haproxy/sql.sock": str(control), "/etc/haproxy/sql.map": str(map_file)}
        self.balancer = SqlBalancer(folder / "balancer", self.servers, example="haproxy-mariadb.cfg", paths=paths)
        places = {
            f"host = {host}\nport = 3306": f"host = 127.0.0.1\nport = {server.port}"
            for host, server in zip(HOSTS, self.servers, strict=False)
        }
        self._settings.write_text(settle("promote_sql.ini", {**paths, **places, "a long password": self._password}))

    @property
    def port(self) -> int:
        """Where everybody finds the primary."""
        return self.balancer.port

    def start(self) -> None:
        """Start both and the balancer, and return when the replica follows."""
        first, second = self.servers
        first.start()
        first.run(f"CREATE USER failover@127.0.0.1 IDENTIFIED BY '{self._password}'")
        first.run(f"GRANT {ACCOUNT_RIGHTS} ON *.* TO failover@127.0.0.1")
        first.give_data_to(second)
        for server in self.servers:
            server.start()
        first.run("SET GLOBAL read_only = OFF")
        self.balancer.start()
        self._order("follow", second)

    def make_database(self) -> str:
        """Make an empty database whose user may do nothing else, and return its URL at the balancer."""
        self.primary.run("CREATE DATABASE claps CHARACTER SET utf8mb4")
        self.primary.run(f"CREATE USER claps@127.0.0.1 IDENTIFIED BY '{self._password}'")
        self.primary.run("GRANT ALL ON claps.* TO claps@127.0.0.1")
        return f"mysql://claps:{self._password}@127.0.0.1:{self.port}/claps"

    @property
    def replica(self) -> ReplicatedServer:
        """The one that is not written to."""
        return next(server for server in self.servers if server is not self.primary)

    def promote(self) -> None:
        """Put the replica in the primary's place."""
        new, self._old = self.replica, self.primary
        self._order("promote", new)
        self.primary = new

    def revive(self) -> None:
        """Bring back what is dead or frozen, and let who is not primary follow."""
        for child in self.children:
            child.resume()
        if not self.balancer.is_running:
            self.balancer.start()
        if not self.primary.is_running:
            # It may have lost what the replica has: so it never goes on by itself.
            self.promote()
        if self._old is self.replica:
            # What it still waited to have confirmed is taken back when it starts.
            self.replica.kill()
        if not self.replica.is_running:
            self.replica.start()
            self._order("follow", self.replica)
        self._old = None

    def kill(self) -> None:
        """Kill everything."""
        for child in self.children:
            child.resume()
            child.kill()

    @property
    def children(self) -> list[Child]:
        """Everything that can be killed."""
        return [self.balancer, *self.servers]

    def _order(self, act: str, server: ReplicatedServer) -> None:
        command = [sys.executable, str(SCRIPT), act, server.name, "--settings", str(self._settings)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
