"""MySQL over TLS: the server's certificate and its name are checked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from claps.plain.errors import Unavailable
from claps.store.database import Database
from tests.parts.certificates import HOST, Certificates, make_certificates
from tests.parts.mariadb_server import MariadbServer


@pytest.fixture(scope="module")
def certificates(parts_folder: Path) -> Certificates:
    """An authority, and a certificate for this machine; MariaDB's user may read its key."""
    made = make_certificates(parts_folder / "certificates", names=[HOST])
    made.key.chmod(0o644)
    return made


@pytest.fixture(scope="module")
def server(parts_folder: Path, certificates: Certificates) -> Iterator[MariadbServer]:
    """A MariaDB that speaks TLS."""
    folder = parts_folder / "encrypted"
    folder.mkdir()
    server = MariadbServer(folder, lasting=True)
    server.command += [f"--ssl-cert={certificates.server}", f"--ssl-key={certificates.key}"]
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder)


def test_what_is_asked_goes_over_tls(server: MariadbServer, certificates: Certificates) -> None:
    url = server.make_database().replace("127.0.0.1", "localhost")

    with closing(Database(f"{url}?ssl_ca={certificates.authority}")) as database:
        with database.reading():
            ((_, cipher),) = database.peewee.execute_sql("SHOW STATUS LIKE 'Ssl_cipher'").fetchall()

    assert cipher.startswith("TLS_")


def test_a_server_that_nobody_vouches_for_is_not_asked(
    server: MariadbServer, certificates: Certificates, tmp_path: Path
) -> None:
    stranger = make_certificates(tmp_path / "stranger").authority

    with closing(Database(f"{server.make_database()}?ssl_ca={stranger}")) as database, pytest.raises(Unavailable):
        database.ask()


def test_a_server_of_another_name_is_asked_only_when_that_is_said(
    server: MariadbServer, certificates: Certificates
) -> None:
    url = f"{server.make_database()}?ssl_ca={certificates.authority}"

    with closing(Database(url)) as database, pytest.raises(Unavailable):
        database.ask()
    with closing(Database(f"{url}&ssl_verify_identity=false")) as database:
        database.ask()
