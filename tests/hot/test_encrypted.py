"""Redis over TLS: alone, behind a Sentinel, and as a cluster; and a certificate that nobody vouches for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis as redis_library

from claps.hot.connection import answering, open_redis
from claps.plain.errors import Unavailable
from tests.parts.certificates import Certificates, make_certificates
from tests.parts.processes import Child, eventually, find_free_port
from tests.parts.redis_server import find_redis_server

PASSWORD = "a long/password"
QUOTED = "a%20long%2Fpassword"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority, and a certificate for this machine."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


class EncryptedRedis(Child):
    """A Redis that speaks nothing but TLS and wants a password; ``settings`` is what it is besides."""

    def __init__(
        self, folder: Path, certificates: Certificates, *settings: str, sentinel: bool = False, lasting: bool = False
    ) -> None:
        folder.mkdir()
        self.port = find_free_port()
        lines = [
            "port 0", f"tls-port {self.port}", f"dir {folder}", f"tls-cert-file {certificates.server}",
            f"tls-key-file {certificates.key}", f"tls-ca-cert-file {certificates.authority}", "tls-auth-clients no",
            "tls-replication yes", f'requirepass "{PASSWORD}"', *settings,
        ]
        (folder / "redis.conf").write_text("\n".join(lines) + "\n")
        mode = ["--sentinel"] if sentinel else []
        command = [find_redis_server(), str(folder / "redis.conf"), *mode]
        super().__init__(command, log=folder / "redis.log", lasting=lasting)
        self._authority = str(certificates.authority)

    def start(self) -> None:
        """Start it and return when it answers."""
        self.launch(self._answers)

    def ask(self, *command: str | int) -> object:
        """Ask it something."""
        with closing(redis_library.Redis(
            port=self.port, ssl=True, ssl_ca_certs=self._authority, password=PASSWORD
        )) as client:
            return client.execute_command(*command)

    def _answers(self) -> bool:
        try:
            return bool(self.ask("PING"))
        except redis_library.RedisError:
            return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[EncryptedRedis]:
    """A Redis of one node that may be a cluster as well."""
    settings = (
        "cluster-enabled yes", "tls-cluster yes", "cluster-announce-ip 127.0.0.1", f"cluster-port {find_free_port()}",
    )
    server = EncryptedRedis(tmp_path_factory.mktemp("cluster") / "redis", certificates, *settings, lasting=True)
    server.start()
    server.ask("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    eventually(lambda: b"cluster_state:ok" in bytes(server.ask("CLUSTER", "INFO")))  # type: ignore[call-overload]
    yield server
    server.kill()


def test_redis_and_its_cluster_are_reached_over_tls(server: EncryptedRedis, certificates: Certificates) -> None:
    place = f":{QUOTED}@127.0.0.1:{server.port}?ssl_ca_certs={certificates.authority}"

    for scheme in ("rediss", "rediss+cluster"):
        with closing(open_redis(f"{scheme}://{place}")) as client:
            assert client.incr("claps") > 0


def test_a_certificate_that_nobody_vouches_for_is_refused(server: EncryptedRedis) -> None:
    with closing(open_redis(f"rediss://:{QUOTED}@127.0.0.1:{server.port}")) as client, pytest.raises(Unavailable):
        with answering("count claps"):
            client.ping()


def test_a_sentinel_is_asked_over_tls_and_with_its_own_password(tmp_path: Path, certificates: Certificates) -> None:
    server = EncryptedRedis(tmp_path / "redis", certificates)
    sentinel = EncryptedRedis(
        tmp_path / "sentinel", certificates, f"sentinel monitor applause 127.0.0.1 {server.port} 1",
        f'sentinel auth-pass applause "{PASSWORD}"', sentinel=True,
    )
    server.start()
    sentinel.start()
    address = (
        f"rediss+sentinel://:{QUOTED}@127.0.0.1:{sentinel.port}/applause"
        f"?ssl_ca_certs={certificates.authority}&sentinel_password={QUOTED}"
    )

    with closing(open_redis(address)) as client:
        assert client.incr("claps") == 1

    sentinel.kill()
    server.kill()
