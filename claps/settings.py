"""The one reader of the environment: a bad value stops the start and says what was expected."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, cast
from urllib.parse import SplitResult, parse_qsl, urlsplit

from claps.plain.addresses import Network

Ack = Literal["memory", "disk", "replica"]
ROOT = Path(__file__).resolve().parent.parent

# What may stand behind the question mark of an address; the names are those of the drivers.
_MYSQL_OPTIONS = ("ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_identity", "unix_socket")
_REDIS_TLS_OPTIONS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname")
_SENTINEL_OPTIONS = ("sentinel_username", "sentinel_password")
_FILES = ("ssl_ca", "ssl_cert", "ssl_key", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_YES_OR_NO = ("ssl_verify_identity", "ssl_check_hostname")


class BadSetting(Exception):
    """A setting in the environment cannot be used; the message names it and what was expected."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a running Claps can be told from outside; see the table in README.md.

    ``redis_url`` is None when ``claps serve`` keeps a Redis of its own in ``var``.
    """

    database_url: str
    redis_url: str | None
    secret_key: str
    bind: str = "127.0.0.1:8000"
    var: Path = Path("var")
    workers: int = 2
    ack: Ack = "disk"
    flush_seconds: float = 1.0
    trusted_proxies: int = 0
    log: Literal["text", "json"] = "text"
    security_contact: str | None = None
    log_requests: bool = False
    sends_traces: bool = False
    webhook_networks: tuple[Network, ...] = ()

    @property
    def redis_address(self) -> str:
        """The URL under which Redis is reached, the embedded one included."""
        return self.redis_url or f"unix://{embedded_socket(self.var)}"

    @property
    def is_embedded(self) -> bool:
        """True when nothing but this machine's own files is used: SQLite and a Redis child."""
        return self.redis_url is None and self.database_url.startswith("sqlite")


def embedded_socket(var: Path) -> Path:
    """Tell where the embedded Redis listens; a socket's path may have 107 bytes, so a long one is moved."""
    path = var.resolve() / "redis.sock"
    if len(str(path).encode()) <= 100:
        return path
    mark = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path("/tmp") / f"claps-{mark}.sock"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read and check every ``CLAPS_…`` setting.

    :raises BadSetting: a value is not usable; the message says which and what was expected.
    """
    var = Path(environ.get("CLAPS_VAR") or "var")
    database_url = environ.get("CLAPS_DATABASE_URL") or f"sqlite:///{var.resolve() / 'claps.sqlite'}"
    _check_database_url(database_url)
    redis_url = environ.get("CLAPS_REDIS_URL") or None
    if redis_url is not None:
        _check_redis_url(redis_url)
    embedded = redis_url is None and database_url.startswith("sqlite")
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key=_secret_key(environ, var, embedded=embedded),
        bind=_bind(environ),
        var=var,
        workers=_whole(environ, "CLAPS_WORKERS", 2, least=1, most=256),
        ack=cast(Ack, _choice(environ, "CLAPS_ACK", "disk", ("memory", "disk", "replica"))),
        flush_seconds=_seconds(environ, "CLAPS_FLUSH_SECONDS", 1.0),
        trusted_proxies=_whole(environ, "CLAPS_TRUSTED_PROXIES", 0, least=0, most=10),
        log=cast(Literal["text", "json"], _choice(environ, "CLAPS_LOG", "text", ("text", "json"))),
        security_contact=_contact(environ),
        log_requests=_choice(environ, "CLAPS_LOG_REQUESTS", "no", ("no", "yes")) == "yes",
        sends_traces=_sends_traces(environ),
        webhook_networks=_networks(environ, "CLAPS_WEBHOOK_NETWORKS"),
    )


def _check_database_url(url: str) -> None:
    parts = _parts("CLAPS_DATABASE_URL", url)
    if parts.scheme not in ("sqlite", "mysql"):
        raise BadSetting("CLAPS_DATABASE_URL must begin with sqlite:/// or mysql://")
    if parts.scheme == "sqlite" and (parts.netloc or not parts.path[1:]):
        raise BadSetting("CLAPS_DATABASE_URL must name a file, as in sqlite:///var/claps.sqlite")
    if parts.scheme == "mysql" and not parts.path[1:]:
        raise BadSetting("CLAPS_DATABASE_URL must name a database, as in mysql://claps@localhost/claps")
    if parts.scheme == "mysql":
        _check_options("CLAPS_DATABASE_URL", parts, _MYSQL_OPTIONS)
        if "ssl_cert" in parts.query and "ssl_ca" not in parts.query:
            raise BadSetting("CLAPS_DATABASE_URL must name an ssl_ca with an ssl_cert")


def _check_redis_url(url: str) -> None:
    parts = _parts("CLAPS_REDIS_URL", url)
    plain = ("redis", "redis+sentinel", "redis+cluster")
    encrypted = tuple(scheme.replace("redis", "rediss") for scheme in plain)
    schemes = (*plain, *encrypted, "unix")
    if parts.scheme not in schemes:
        raise BadSetting(f"CLAPS_REDIS_URL must begin with one of {', '.join(s + '://' for s in schemes)}")
    if not (parts.path if parts.scheme == "unix" else parts.netloc):
        raise BadSetting("CLAPS_REDIS_URL must name a host, or with unix:// the path of a socket")
    tls = _REDIS_TLS_OPTIONS if parts.scheme in encrypted else ()
    sentinel = _SENTINEL_OPTIONS if parts.scheme.endswith("+sentinel") else ()
    _check_options("CLAPS_REDIS_URL", parts, ("db", *tls, *sentinel))


def _check_options(name: str, parts: SplitResult, known: tuple[str, ...]) -> None:
    for option, value in parse_qsl(parts.query, keep_blank_values=True):
        if option not in known:
            raise BadSetting(f"{name} must have no options but {', '.join(known)}; {option} is none of them")
        if option in _FILES and not os.access(value, os.R_OK):
            raise BadSetting(f"{name} must name a file that can be read with {option}; {value} cannot")
        if option in _YES_OR_NO and value not in ("true", "false"):
            raise BadSetting(f"{name} must say true or false with {option}")


def _parts(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        for node in parts.netloc.rpartition("@")[2].split(","):
            # Asking for the port checks it.
            if urlsplit(f"//{node}").port == 0:
                raise ValueError
    except ValueError as error:
        raise BadSetting(f"{name} must be an address, with ports from 1 to 65535 if any") from error
    return parts


def _secret_key(environ: Mapping[str, str], var: Path, *, embedded: bool) -> str:
    key = environ.get("CLAPS_SECRET_KEY", "")
    if key:
        if len(key) < 16:
            raise BadSetting("CLAPS_SECRET_KEY must have at least 16 characters")
        return key
    if not embedded:
        raise BadSetting(
            "CLAPS_SECRET_KEY is required with a database or Redis of your own: every node must sign with the "
            "same key. Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
    path = var / "secret_key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        fresh = var / f"secret_key.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(32))
        try:
            # Link, not rename: of two processes that start together the first one's key stands.
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        fresh.unlink()
    return path.read_text().strip()


def _bind(environ: Mapping[str, str]) -> str:
    bind = environ.get("CLAPS_BIND") or "127.0.0.1:8000"
    if bind.startswith("unix:"):
        return bind
    _, colon, port = bind.rpartition(":")
    if not colon or not port.isdecimal() or not 0 < int(port) < 65536:
        raise BadSetting("CLAPS_BIND must be host:port or unix:/path")
    return bind


def _sends_traces(environ: Mapping[str, str]) -> bool:
    # OpenTelemetry's own settings, which its library reads; here it is only seen that it can use them.
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or environ.get("OTEL_TRACES_EXPORTER") == "none":
        return False
    names = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    name = next((name for name in names if environ.get(name)), None)
    if name is None:
        return False
    parts = _parts(name, environ[name])
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSetting(f"{name} must begin with http:// or https://, as in http://127.0.0.1:4318")
    for name in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if environ.get(name, "http/protobuf") != "http/protobuf":
            raise BadSetting(f"{name} must be http/protobuf")
    return True


def _contact(environ: Mapping[str, str]) -> str | None:
    contact = environ.get("CLAPS_SECURITY_CONTACT") or None
    if contact is not None and not (contact.startswith(("mailto:", "https://", "tel:")) and contact.isprintable()):
        raise BadSetting("CLAPS_SECURITY_CONTACT must be an address such as mailto:you@example.org or https://…")
    return contact


def _whole(environ: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise BadSetting(f"{name} must be a whole number from {least} to {most}")
    return int(text)


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0.05 <= value <= 60:
        raise BadSetting(f"{name} must be seconds from 0.05 to 60")
    return value


def _networks(environ: Mapping[str, str], name: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(text.strip()) for text in environ.get(name, "").split(",") if text.strip())
    except ValueError as error:
        raise BadSetting(f"{name} must be networks with commas between, as in 127.0.0.0/8,10.2.0.0/16") from error


def _choice(environ: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = environ.get(name) or default
    if value not in choices:
        raise BadSetting(f"{name} must be one of {', '.join(choices)}")
    return value
