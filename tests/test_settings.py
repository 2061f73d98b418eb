"""Settings: what is read from the environment, and the sentence with which a bad value stops the start."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from claps.settings import BadSetting, embedded_socket, read_settings

KEY = "a key of sixteen letters or more"


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = read_settings({"CLAPS_VAR": str(tmp_path / "var")})

    assert settings.is_embedded
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'claps.sqlite'}"
    assert settings.redis_address == f"unix://{tmp_path / 'var' / 'redis.sock'}"
    assert (settings.bind, settings.workers, settings.ack) == ("127.0.0.1:8000", 2, "disk")
    assert (settings.flush_seconds, settings.trusted_proxies, settings.log) == (1.0, 0, "text")


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = read_settings({
        "CLAPS_VAR": str(tmp_path), "CLAPS_DATABASE_URL": "mysql://claps@db/claps", "CLAPS_REDIS_URL": "redis://r/1",
        "CLAPS_SECRET_KEY": KEY, "CLAPS_BIND": "unix:/run/claps.sock", "CLAPS_WORKERS": "6", "CLAPS_ACK": "replica",
        "CLAPS_FLUSH_SECONDS": "0.5", "CLAPS_TRUSTED_PROXIES": "1", "CLAPS_LOG": "json", "CLAPS_LOG_REQUESTS": "yes",
        "CLAPS_WEBHOOK_NETWORKS": "127.0.0.0/8, fd00::/8",
    })

    assert not settings.is_embedded
    assert (settings.database_url, settings.redis_address) == ("mysql://claps@db/claps", "redis://r/1")
    assert (settings.secret_key, settings.bind, settings.workers) == (KEY, "unix:/run/claps.sock", 6)
    assert (settings.ack, settings.flush_seconds, settings.trusted_proxies) == ("replica", 0.5, 1)
    assert (settings.log, settings.log_requests) == ("json", True)
    assert [str(network) for network in settings.webhook_networks] == ["127.0.0.0/8", "fd00::/8"]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CLAPS_DATABASE_URL", "postgres://db/claps", "must begin with sqlite:/// or mysql://"),
        ("CLAPS_DATABASE_URL", "claps.sqlite", "must begin with sqlite:/// or mysql://"),
        ("CLAPS_DATABASE_URL", "sqlite:///", "must name a file"),
        ("CLAPS_DATABASE_URL", "sqlite://claps.sqlite", "must name a file"),
        ("CLAPS_DATABASE_URL", "mysql://localhost", "must name a database"),
        ("CLAPS_DATABASE_URL", "mysql:///", "must name a database"),
        ("CLAPS_DATABASE_URL", "mysql://localhost:x/claps", "with ports from 1 to 65535"),
        ("CLAPS_REDIS_URL", "redis://localhost:70000/0", "with ports from 1 to 65535"),
        ("CLAPS_REDIS_URL", "redis://[::1/0", "must be an address"),
        ("CLAPS_REDIS_URL", "redis+sentinel://a:1,b:x/name", "with ports from 1 to 65535"),
        ("CLAPS_REDIS_URL", "redis+cluster://", "must name a host"),
        ("CLAPS_REDIS_URL", "unix://", "the path of a socket"),
        ("CLAPS_REDIS_URL", "http://redis:6379", "must begin with one of redis://"),
        ("CLAPS_REDIS_URL", "localhost", "must begin with one of redis://"),
        ("CLAPS_DATABASE_URL", "mysql://db/claps?ssl=true", "no options but ssl_ca"),
        ("CLAPS_DATABASE_URL", "mysql://db/claps?ssl_ca=/nowhere.pem", "/nowhere.pem cannot"),
        ("CLAPS_DATABASE_URL", f"mysql://db/claps?ssl_cert={__file__}", "must name an ssl_ca"),
        ("CLAPS_DATABASE_URL", f"mysql://db/claps?ssl_ca={__file__}&ssl_verify_identity=no", "true or false"),
        ("CLAPS_REDIS_URL", f"redis://r/0?ssl_ca_certs={__file__}", "no options but db"),
        ("CLAPS_REDIS_URL", "rediss://r/0?ssl_ca_certs=/nowhere.pem", "/nowhere.pem cannot"),
        ("CLAPS_SECRET_KEY", "short", "at least 16 characters"),
        ("CLAPS_BIND", "8000", "must be host:port or unix:/path"),
        ("CLAPS_BIND", "localhost:http", "must be host:port or unix:/path"),
        ("CLAPS_BIND", "localhost:²", "must be host:port or unix:/path"),
        ("CLAPS_BIND", "localhost:70000", "must be host:port or unix:/path"),
        ("CLAPS_WORKERS", "0", "a whole number from 1 to 256"),
        ("CLAPS_WORKERS", "two", "a whole number from 1 to 256"),
        ("CLAPS_WORKERS", "²", "a whole number from 1 to 256"),
        ("CLAPS_ACK", "paper", "one of memory, disk, replica"),
        ("CLAPS_FLUSH_SECONDS", "0", "seconds from 0.05 to 60"),
        ("CLAPS_FLUSH_SECONDS", "nan", "seconds from 0.05 to 60"),
        ("CLAPS_FLUSH_SECONDS", "soon", "seconds from 0.05 to 60"),
        ("CLAPS_TRUSTED_PROXIES", "-1", "a whole number from 0 to 10"),
        ("CLAPS_LOG", "xml", "one of text, json"),
        ("CLAPS_LOG_REQUESTS", "1", "one of no, yes"),
        ("CLAPS_SECURITY_CONTACT", "ada@example.org", "mailto:"),
        ("CLAPS_SECURITY_CONTACT", "mailto:a\nb", "mailto:"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "http:// or https://"),
        ("CLAPS_WEBHOOK_NETWORKS", "10.1.2.3/16", "networks with commas between"),
    ],
)
def test_a_bad_value_stops_with_a_sentence(tmp_path: Path, name: str, value: str, expected: str) -> None:
    with pytest.raises(BadSetting) as error:
        read_settings({"CLAPS_VAR": str(tmp_path), "CLAPS_SECRET_KEY": KEY, name: value})

    assert str(error.value).startswith(f"{name} ")
    assert expected in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLAPS_DATABASE_URL", "sqlite:///claps.sqlite"),
        ("CLAPS_DATABASE_URL", "mysql://claps:p%40ss@[::1]:3306/claps"),
        ("CLAPS_REDIS_URL", "rediss://:secret@redis:6380/0"),
        ("CLAPS_REDIS_URL", "unix:///run/redis.sock?db=1"),
        ("CLAPS_REDIS_URL", "redis+sentinel://a:26379,b:26379/mymaster?db=1"),
        ("CLAPS_REDIS_URL", "redis+cluster://a:7000,b"),
        ("CLAPS_DATABASE_URL", f"mysql://claps@db/claps?ssl_ca={__file__}&ssl_verify_identity=false"),
        ("CLAPS_REDIS_URL", f"rediss+sentinel://:secret@a:1,b:2/name?ssl_ca_certs={__file__}&sentinel_password=other"),
        ("CLAPS_REDIS_URL", "rediss+cluster://a:7000,b"),
        ("CLAPS_BIND", "[::]:8000"),
    ],
)
def test_addresses_of_every_kind_are_taken(tmp_path: Path, name: str, value: str) -> None:
    settings = read_settings({"CLAPS_VAR": str(tmp_path), "CLAPS_SECRET_KEY": KEY, name: value})

    assert value in (settings.database_url, settings.redis_url, settings.bind)


@pytest.mark.parametrize("name", ["CLAPS_DATABASE_URL", "CLAPS_REDIS_URL", "CLAPS_BIND", "CLAPS_WORKERS", "CLAPS_ACK"])
def test_an_empty_value_is_the_default(tmp_path: Path, name: str) -> None:
    unset = {"CLAPS_VAR": str(tmp_path), "CLAPS_SECRET_KEY": KEY}

    assert read_settings({**unset, name: ""}) == read_settings(unset)


@pytest.mark.parametrize(
    "parts", [{"CLAPS_DATABASE_URL": "mysql://db/claps"}, {"CLAPS_REDIS_URL": "redis://cache"}]
)
def test_a_key_is_required_as_soon_as_a_part_is_shared(tmp_path: Path, parts: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match="CLAPS_SECRET_KEY is required"):
        read_settings({"CLAPS_VAR": str(tmp_path / "var"), **parts})

    assert not (tmp_path / "var").exists()


def test_the_key_that_is_made_is_long_kept_and_nobody_elses(tmp_path: Path) -> None:
    environ = {"CLAPS_VAR": str(tmp_path / "var")}

    first, second = read_settings(environ), read_settings(environ)

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    path = tmp_path / "var" / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["secret_key"]


def test_the_socket_of_a_long_folder_is_moved_to_where_its_path_fits(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 120)

    assert len(str(embedded_socket(long))) <= 100
    assert embedded_socket(long) != embedded_socket(tmp_path / ("y" * 120))
    assert embedded_socket(tmp_path / "v") == tmp_path / "v" / "redis.sock"


@pytest.mark.parametrize(("other", "expected"), [
    ({}, True), ({"OTEL_SDK_DISABLED": "true"}, False), ({"OTEL_TRACES_EXPORTER": "none"}, False),
])
def test_traces_are_sent_where_an_endpoint_is_set(tmp_path: Path, other: dict[str, str], expected: bool) -> None:
    environ = {"CLAPS_VAR": str(tmp_path), "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", **other}

    assert read_settings(environ).sends_traces == expected


def test_traces_are_sent_over_http_only(tmp_path: Path) -> None:
    environ = {"CLAPS_VAR": str(tmp_path), "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317"}

    with pytest.raises(BadSetting, match="OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf"):
        read_settings({**environ, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})
