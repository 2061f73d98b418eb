"""A private MariaDB with the durability of its defaults, that may be killed or frozen."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql
from pymysql.cursors import Cursor

from tests.parts.processes import Child, find_free_port

# A part of the system that is not on everybody's PATH.
SYSTEM_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])


class MariadbServer(Child):
    """A MariaDB on a free port, with its data in ``folder``.

    As root it runs as the user ``mysql``, because mariadbd refuses to be root; so ``folder`` must be one
    that this user can reach. Not started by being made: call :meth:`start`.

    :param defaults: a file of settings; without one, none is read.
    """

    def __init__(self, folder: Path, *, lasting: bool = False, defaults: Path | None = None) -> None:
        self.port = find_free_port()
        self.folder = folder
        self.password = secrets.token_hex(16)
        self.socket = str(folder / "mariadb.sock")
        self._databases = 0
        self.environ: dict[str, str] = {}
        # Small buffers: faster to start. What a commit means is left as it comes.
        command = [
            find("mariadbd"), f"--defaults-file={defaults}" if defaults else "--no-defaults",
            f"--datadir={folder / 'data'}", f"--socket={self.socket}", f"--tmpdir={folder / 'tmp'}",
            f"--port={self.port}", "--bind-address=127.0.0.1", f"--pid-file={folder / 'mariadb.pid'}",
            "--skip-name-resolve", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M",
            "--performance-schema=OFF", *([] if defaults else ["--skip-log-bin"]), *_user_arguments(),
        ]
        super().__init__(command, log=folder / "mariadb.log", lasting=lasting)

    def start(self) -> None:
        """Start it and return when it takes connections; the first time, make its data first."""
        is_new = not (self.folder / "data").exists()
        self._make_rooms()
        if is_new:
            self._initialise()
        environ = {**os.environ, **self.environ}
        self.launch(lambda: self._answers(password="" if is_new else self.password), environ=environ)
        if is_new:
            self._secure()

    def restart(self) -> None:
        """Kill it if it runs, and start it with the data that it had."""
        self.kill()
        self.start()

    @property
    def children(self) -> Sequence[Child]:
        """Everything that can be killed."""
        return [self]

    @property
    def primary(self) -> MariadbServer:
        """The one that is written to."""
        return self

    def revive(self) -> None:
        """Bring it back if a test left it dead or frozen."""
        self.resume()
        if not self.is_running:
            self.start()

    def give_data_to(self, other: MariadbServer) -> None:
        """Give another one that was never started the same data and the same root; both are stopped after it."""
        if not (self.folder / "data").exists():
            self.start()
        self.stop()
        other.folder.mkdir(exist_ok=True)
        shutil.copytree(self.folder / "data", other.folder / "data")
        other.password = self.password
        other._make_rooms()
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "mysql", str(other.folder)], check=True)

    def make_database(self) -> str:
        """Make an empty database and return its URL, for CLAPS_DATABASE_URL."""
        self._databases += 1
        name = f"claps_{self._databases}"
        self.run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return f"mysql://root:{self.password}@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Remove a database that :meth:`make_database` made."""
        self.run(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]}")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement as the server's root and return its rows."""
        with self.connected() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    @contextmanager
    def connected(self) -> Iterator[Cursor]:
        """A cursor of the server's root, for several statements; each is committed."""
        connection = self._connect(self.password)
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def _connect(self, password: str) -> pymysql.Connection[Any]:
        # Asked first, because PyMySQL leaves its socket open when nobody listens.
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(self.socket)
        return pymysql.connect(
            unix_socket=self.socket, user="root", password=password, autocommit=True, connect_timeout=5,
            charset="utf8mb4",
        )

    def _answers(self, *, password: str) -> bool:
        try:
            self._connect(password).close()
        except (OSError, pymysql.MySQLError):
            return False
        return True

    def _make_rooms(self) -> None:
        # With a temporary folder of its own: another one that starts at this moment clears the common one.
        for name in ("data", "tmp"):
            (self.folder / name).mkdir(exist_ok=True)
        if os.geteuid() == 0:
            for room in (self.folder, self.folder / "data", self.folder / "tmp"):
                shutil.chown(room, "mysql")

    def _initialise(self) -> None:
        command = [
            find("mariadb-install-db"), "--no-defaults", f"--datadir={self.folder / 'data'}",
            "--skip-test-db", "--auth-root-authentication-method=normal", "--innodb-log-file-size=32M",
            *_user_arguments(),
        ]
        environ = {**os.environ, "TMPDIR": str(self.folder / "tmp")}
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environ)
        assert done.returncode == 0, done.stdout + done.stderr

    def _secure(self) -> None:
        # It listens where every user of this machine can reach it.
        connection = self._connect("")
        try:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM mysql.global_priv WHERE user <> 'root' OR host <> 'localhost'")
                cursor.execute("FLUSH PRIVILEGES")
                for host in ("localhost", "127.0.0.1"):
                    cursor.execute(f"CREATE USER IF NOT EXISTS root@'{host}'")
                    cursor.execute(f"ALTER USER root@'{host}' IDENTIFIED BY '{self.password}'")
                    cursor.execute(f"GRANT ALL ON *.* TO root@'{host}' WITH GRANT OPTION")
        finally:
            connection.close()


def _user_arguments() -> list[str]:
    return ["--user=mysql"] if os.geteuid() == 0 else []


def find(program: str) -> str:
    """Return the path of one of MariaDB's programs."""
    found = shutil.which(program, path=SYSTEM_PATH)
    assert found, f"{program} is not installed; `make test-setup` says how to get it"
    return found
