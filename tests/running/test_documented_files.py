"""The files that ``docs/running.md`` tells to copy are taken by those who read them."""

from __future__ import annotations

import subprocess
from contextlib import closing
from pathlib import Path

import pytest
import redis

from claps.settings import read_settings
from tests.parts.certificates import Certificates, make_certificates
from tests.parts.claps_server import BIN
from tests.parts.mariadb_server import find
from tests.parts.nginx_in_front import DOCUMENTED, NginxInFront, replace_all
from tests.parts.processes import Child, find_free_port
from tests.parts.redis_server import find_redis_server


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    """An authority, and a certificate for this machine."""
    return make_certificates(tmp_path / "certificates")


def run(*command: str | Path) -> str:
    """Run a program that looks a file through; return what it says when it does not like it."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in DOCUMENTED.glob("claps*.*"):
        text = unit.read_text()
        if unit.suffix == ".service":
            text = replace_all(text, {"/srv/claps/.venv/bin": str(BIN)})
        (tmp_path / unit.name).write_text(text)

    assert not run("systemd-analyze", "verify", *sorted(tmp_path.iterdir()))


@pytest.mark.parametrize("upstream", ["nginx-one.conf", "nginx-many.conf"])
def test_nginx_takes_its_files(tmp_path: Path, certificates: Certificates, upstream: str) -> None:
    nginx = NginxInFront(tmp_path / "nginx", (8001, 8002), certificates)
    (tmp_path / "nginx" / "upstream.conf").write_text((DOCUMENTED / upstream).read_text())

    assert not run(*nginx.command, "-t")


def test_haproxy_takes_its_file(tmp_path: Path, certificates: Certificates) -> None:
    both = tmp_path / "claps.pem"
    both.write_text(certificates.server.read_text() + certificates.key.read_text())
    file = tmp_path / "haproxy.cfg"
    file.write_text(replace_all((DOCUMENTED / "haproxy.cfg").read_text(), {
        "/etc/haproxy/claps.pem": str(both), ":443": f"127.0.0.1:{find_free_port()}", "maxconn 200000": "maxconn 100",
    }))

    assert not run(find("haproxy"), "-c", "-q", "-f", file)


def test_mariadb_knows_every_variable_of_its_files() -> None:
    for name in ("mariadb.cnf", "mariadb-pair.cnf"):
        assert not run(find("mariadbd"), f"--defaults-file={DOCUMENTED / name}", "--help", "--verbose")


def test_redis_and_a_sentinel_start_with_their_files(tmp_path: Path, certificates: Certificates) -> None:
    here = {
        "10.0.0.21": "127.0.0.1", "/etc/redis/server.pem": str(certificates.server),
        "/etc/redis/server.key": str(certificates.key), "/etc/redis/authority.pem": str(certificates.authority),
    }
    texts = {name: (DOCUMENTED / name).read_text() for name in ("redis.conf", "redis-of-three.conf", "sentinel.conf")}
    ports = find_free_port(), find_free_port()
    (tmp_path / "redis.conf").write_text(replace_all(texts["redis.conf"], {"/var/lib/redis": str(tmp_path)}))
    (tmp_path / "one.conf").write_text(replace_all(texts["redis-of-three.conf"], {
        "/etc/redis/redis.conf": str(tmp_path / "redis.conf"), "tls-port 6379": f"tls-port {ports[0]}", **here,
    }))
    (tmp_path / "sentinel.conf").write_text(replace_all(texts["sentinel.conf"], {
        "tls-port 26379": f"tls-port {ports[1]}", "10.0.0.21 6379": f"127.0.0.1 {ports[0]}", **here,
    }))
    server = Child([find_redis_server(), str(tmp_path / "one.conf")], log=tmp_path / "redis.log")
    sentinel = Child([find_redis_server(), str(tmp_path / "sentinel.conf"), "--sentinel"], log=tmp_path / "s.log")

    server.launch(lambda: ask(ports[0], certificates, "PING", password="a long password"))
    sentinel.launch(lambda: ask(ports[1], certificates, "PING"))

    assert ask(ports[0], certificates, "CONFIG", "GET", "appendfsync", password="a long password")
    assert ask(ports[1], certificates, "SENTINEL", "get-master-addr-by-name", "claps") == [
        b"127.0.0.1", str(ports[0]).encode(),
    ]
    sentinel.kill()
    server.kill()


def ask(port: int, certificates: Certificates, *command: str, password: str | None = None) -> object:
    """Ask a Redis something over TLS; None when it does not answer."""
    try:
        with closing(redis.Redis(
            port=port, ssl=True, ssl_ca_certs=str(certificates.authority), password=password
        )) as client:
            return client.execute_command(*command)
    except redis.RedisError:
        return None


@pytest.mark.parametrize("name", ["one-machine.env", "mysql-and-redis.env", "many-machines.env"])
def test_claps_takes_the_environments(tmp_path: Path, certificates: Certificates, name: str) -> None:
    text = (DOCUMENTED / name).read_text().replace("/etc/claps/authority.pem", str(certificates.authority))
    environ = dict(line.split("=", 1) for line in text.splitlines())

    settings = read_settings({"CLAPS_VAR": str(tmp_path / "var"), **environ})

    assert settings.trusted_proxies == 1
