"""Whole copies of a database while others write to it: SQLite's own, and the one that MySQL's programs make."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from claps.plain.errors import Unavailable

SQLITE_COPY = "claps.sqlite"
MYSQL_COPY = "claps.sql.gz"
BLOCK_BYTES = 1024 * 1024
# A dump says something all the time; one that says nothing for so long has lost its server.
SILENT_SECONDS = 600
# One reading of everything as it is at one moment, under no lock; and nothing for which one would have to be root.
_DUMP = (
    "--single-transaction", "--quick", "--skip-lock-tables", "--no-tablespaces", "--hex-blob",
    "--default-character-set=utf8mb4", "--skip-comments",
)


def copy_name(url: str) -> str:
    """The file's name of a copy of this database."""
    return SQLITE_COPY if urlsplit(url).scheme == "sqlite" else MYSQL_COPY


def copy_database(url: str, folder: Path) -> None:
    """Copy a database, as it is at one moment, into a folder.

    :raises Unavailable: it cannot be read, or the program that copies is not there.
    """
    target = folder / copy_name(url)
    if target.name == SQLITE_COPY:
        _copy_sqlite(Path(urlsplit(url).path[1:]), target)
        return
    parts = urlsplit(url)
    with _told(parts) as told, gzip.open(target, "wb", compresslevel=6) as out:
        with _run(_find("mariadb-dump", "mysqldump"), told, *_DUMP, parts.path[1:]) as dump:
            assert dump.stdin is not None and dump.stdout is not None
            dump.stdin.close()
            _carry(dump.stdout, out, dump)


def load_database(url: str, folder: Path) -> None:
    """Bring a copy into an empty database.

    :raises Unavailable: it cannot be written, or the program that loads is not there.
    """
    source = folder / copy_name(url)
    if source.name == SQLITE_COPY:
        target = Path(urlsplit(url).path[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy_sqlite(source, target)
        return
    parts = urlsplit(url)
    with _told(parts) as told, gzip.open(source, "rb") as copy:
        with _run(_find("mariadb", "mysql"), told, "--default-character-set=utf8mb4", parts.path[1:]) as load:
            assert load.stdin is not None
            _carry(copy, load.stdin, load)
            load.stdin.close()


def _copy_sqlite(source: Path, target: Path) -> None:
    # All pages in one step: in WAL mode nobody who writes waits for it, and it need not begin anew when they do.
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as here, \
                closing(sqlite3.connect(part)) as there:
            here.backup(there)
            # Else its last changes would lie in a file beside it.
            there.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise Unavailable(f"{source} cannot be copied: {error}") from error
    part.replace(target)


def _find(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise Unavailable(f"{names[0]} is not on PATH: install MariaDB’s or MySQL’s client programs.")


@contextmanager
def _told(parts: SplitResult) -> Iterator[str]:
    # A file and no arguments, which every user of this machine can read.
    options = dict(parse_qsl(parts.query))
    lines = {
        "host": parts.hostname, "port": parts.port, "user": parts.username and unquote(parts.username),
        "password": parts.password and unquote(parts.password), "socket": options.get("unix_socket"),
        "ssl-ca": options.get("ssl_ca"), "ssl-cert": options.get("ssl_cert"), "ssl-key": options.get("ssl_key"),
    }
    quoted = [f'{name} = "{_escape(str(value))}"' for name, value in lines.items() if value]
    if "ssl_ca" in options and options.get("ssl_verify_identity") != "false":
        quoted.append("loose-ssl-verify-server-cert")
    with tempfile.NamedTemporaryFile("w", prefix="claps-", suffix=".cnf") as file:
        file.write("\n".join(["[client]", *quoted]) + "\n")
        file.flush()
        yield file.name


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _carry(source: Any, target: Any, child: subprocess.Popen[bytes]) -> None:
    # Block by block, each with a time limit: a child that is killed ends the waiting on both sides.
    while True:
        watch = threading.Timer(SILENT_SECONDS, child.kill)
        watch.start()
        try:
            block = source.read(BLOCK_BYTES)
            target.write(block)
        finally:
            watch.cancel()
        if not block:
            return


@contextmanager
def _run(program: str, told: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryFile() as complaints:
        command = [program, f"--defaults-file={told}", *arguments]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints)
        try:
            yield child
            code = child.wait(SILENT_SECONDS)
        except BrokenPipeError:
            code = child.wait(SILENT_SECONDS)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
        if code:
            complaints.seek(0)
            text = complaints.read().decode(errors="replace").strip()
            raise Unavailable(f"{Path(program).name} ended with {code}: {text[-500:]}")
