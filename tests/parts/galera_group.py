"""Three MariaDB servers that are one by Galera, behind HAProxy, set up as ``docs/failures.md`` says."""

from __future__ import annotations

import re
import secrets
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pymysql

from tests.parts.mariadb_server import MariadbServer
from tests.parts.own_address import OwnAddress
from tests.parts.processes import Child, eventually, find_free_port
from tests.parts.sql_balancer import EXAMPLES, SqlBalancer, settle, write_program

PROVIDER = Path("/usr/lib/galera/libgalera_smm.so")
SERVERS = 3
NEAR = "127.0.0.1"
# Where the members of the group find each other; everybody else finds them near.
NETWORK = "127.0.3"
REJOIN_SECONDS = 60


class GaleraServer(MariadbServer):
    """One of the three; :meth:`prepare` it, and :meth:`join` it to the others.

    :ivar own: where it is for the others, and comes from.
    """

    def __init__(self, folder: Path, address: str) -> None:
        assert PROVIDER.exists(), f"{PROVIDER} is not installed; on Debian: apt-get install galera-4 rsync"
        folder.mkdir(parents=True)
        super().__init__(folder, defaults=EXAMPLES / "galera.cnf")
        self.own = OwnAddress(folder / "own", address)
        self.environ = self.own.environ
        self.group_port = find_free_port()
        self._alone = list(self.command)
        self._joined: list[str] = []

    def prepare(self) -> None:
        """Make its data, as a server that knows no group."""
        self.command = [*self._alone, "--wsrep-on=OFF"]
        super().start()

    def join(self, group: Sequence[GaleraServer]) -> None:
        """Know where all are from its next start on."""
        ports = {"gmcast.listen_addr": f"tcp://{self.place}", "ist.recv_addr": f"{NEAR}:{find_free_port()}"}
        options = ";".join(f"{name}={value}" for name, value in {**ports, "gcache.size": "32M"}.items())
        self._joined = [
            *self._alone, f"--wsrep-node-address={self.place}", f"--wsrep-node-name=at-{self.port}",
            f"--wsrep-sst-receive-address={NEAR}:{find_free_port()}", f"--wsrep-provider-options={options}",
            f"--wsrep-cluster-address=gcomm://{','.join(one.place for one in group)}",
        ]

    @property
    def place(self) -> str:
        """Its address and port for the others."""
        return f"{self.own.address}:{self.group_port}"

    def found(self) -> None:
        """Start it as the first of a new group."""
        self.command = [*self._joined, "--wsrep-new-cluster"]
        super().start()

    def start(self) -> None:
        """Start it, and return when it belongs to the part that may write."""
        self.command = [*self._joined, f"--wsrep-start-position={self._find_position()}"]
        super().start()

    def count_group(self) -> int:
        """How many it takes for the part that may write, itself among them; 0 when it does not belong to it."""
        try:
            told = dict(self.run("SHOW STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_cluster_size')"))
        except (OSError, pymysql.MySQLError):
            return 0
        return int(told["wsrep_cluster_size"]) if told["wsrep_ready"] == "ON" else 0

    def _answers(self, *, password: str) -> bool:
        return super()._answers(password=password) and (not self._joined or self.count_group() > 0)

    def _find_position(self) -> str:
        # As Debian's service does: after a crash only InnoDB's log knows how far it has come.
        command = [*self._joined, "--wsrep-recover"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        found = re.search(r"Recovered position: ?(\S+)", done.stdout + done.stderr)
        assert found, done.stdout + done.stderr
        return found[1]


class GaleraGroup:
    """The three, of which one at a time is written to. Not started by being made: call :meth:`start`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._password = secrets.token_hex(16)
        self.servers = [
            GaleraServer(folder / f"galera-{number}", f"{NETWORK}.{number + 1}") for number in range(SERVERS)
        ]
        check, login = folder / "galera_is_ready.sh", folder / "sql.cnf"
        login.write_text(f"[client]\nuser=looker\npassword={self._password}\n")
        write_program(check, settle("galera_is_ready.sh", {"/etc/haproxy/sql.cnf": str(login)}))
        self.balancer = SqlBalancer(
            folder / "balancer", self.servers, example="haproxy-galera.cfg",
            paths={"/etc/haproxy/galera_is_ready.sh": str(check)},
        )

    @property
    def port(self) -> int:
        """Where everybody finds the one that is written to."""
        return self.balancer.port

    @property
    def children(self) -> list[Child]:
        """Everything that can be killed."""
        return [self.balancer, *self.servers]

    @property
    def primary(self) -> GaleraServer:
        """The one that the balancer sends everybody to."""
        with pymysql.connect(host=NEAR, port=self.port, user="looker", password=self._password) as connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT @@port")
                [port] = cursor.fetchone() or [0]
        return next(server for server in self.servers if server.port == port)

    def start(self) -> None:
        """Start all and the balancer, and return when it lets through."""
        first, *others = self.servers
        first.prepare()
        first.run(f"CREATE USER looker@{NEAR} IDENTIFIED BY '{self._password}'")
        first.stop()
        for server in self.servers:
            server.join(self.servers)
        first.found()
        # With the same beginning they need only what comes after it, and no copy of everything.
        for other in others:
            first.give_data_to(other)
        first.found()
        with ThreadPoolExecutor(len(others)) as threads:
            for started in [threads.submit(other.start) for other in others]:
                started.result()
        self.balancer.start()
        self.wait_until_open()

    def wait_until_open(self) -> None:
        """Return when the balancer lets through."""
        eventually(self._is_open, seconds=REJOIN_SECONDS)

    def make_database(self) -> str:
        """Make an empty database whose user may do nothing else, and return its URL at the balancer."""
        self.servers[0].run("CREATE DATABASE claps CHARACTER SET utf8mb4")
        self.servers[0].run(f"CREATE USER claps@{NEAR} IDENTIFIED BY '{self._password}'")
        self.servers[0].run(f"GRANT ALL ON claps.* TO claps@{NEAR}")
        return f"mysql://claps:{self._password}@{NEAR}:{self.port}/claps"

    def revive(self) -> None:
        """Bring back what is dead or frozen, and return when all may write."""
        for child in self.children:
            child.resume()
        for server in self.servers:
            if not server.is_running:
                server.start()
        if not self.balancer.is_running:
            self.balancer.start()
        eventually(lambda: all(server.count_group() == SERVERS for server in self.servers), seconds=REJOIN_SECONDS)
        self.wait_until_open()

    def kill(self) -> None:
        """Kill everything."""
        for child in self.children:
            child.resume()
            child.kill()

    def _is_open(self) -> bool:
        try:
            return self.primary.is_running
        except pymysql.MySQLError:
            return False
