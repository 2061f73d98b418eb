"""Where a crowd may go: which site, from which addresses, and how many readers this process can be."""

from __future__ import annotations

import http.client
import ipaddress
import resource
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from claps.plain.errors import Invalid, Refused, Unavailable

# A source address has about 28,000 ports to connect from (net.ipv4.ip_local_port_range).
READERS_PER_ADDRESS = 25_000
FILES_OF_OUR_OWN = 64
KNOCK_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Target:
    """A site: ``netloc`` is what requests call it, ``address`` what sockets connect to."""

    netloc: str
    family: int
    address: tuple[Any, ...]

    @property
    def url(self) -> str:
        """The address as people write it."""
        return f"http://{self.netloc}"


def find_target(url: str, *, anywhere: bool) -> Target:
    """Look a site up.

    What was looked up is what is connected to, so that a name cannot be one thing here and another later.

    :param anywhere: also take addresses that are not this machine's own.
    :raises Invalid: the URL cannot be used, or its name is unknown.
    :raises Refused: it is not on this machine, and ``anywhere`` was not said.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise Invalid("url", f"“{url}” is no address of the form http://host:port; TLS is not spoken here.")
    try:
        port = parts.port or 80
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (ValueError, OSError) as error:
        raise Invalid("url", f"“{parts.netloc}” cannot be looked up: {error}") from error
    # IPv4 first: a name such as localhost has both, and servers here listen on 127.0.0.1.
    family, _, _, _, address = min(found, key=lambda item: item[0] != socket.AF_INET)
    if not anywhere and not is_loopback(str(address[0])):
        raise Refused(
            f"{parts.hostname} is not this machine: a crowd is an attack on anybody who does not expect it. "
            "If it is yours, say --anywhere."
        )
    return Target(parts.netloc.rpartition("@")[2], family, address)


def is_loopback(address: str) -> bool:
    """True for 127.0.0.0/8 and ::1, the IPv6 spelling of IPv4 included."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_loopback)


def url_of_bind(bind: str) -> str:
    """The address at which a site that listens on ``CLAPS_BIND`` is reached from here.

    :raises Invalid: it listens on a Unix socket.
    """
    if bind.startswith("unix:"):
        raise Invalid("url", "The site listens on a Unix socket: name its address with --url.")
    host, _, port = bind.rpartition(":")
    here = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "[::]": "[::1]"}
    return f"http://{here.get(host, host)}:{port}"


def knock(target: Target) -> None:
    """See whether a site answers.

    :raises Unavailable: it does not.
    """
    connection = http.client.HTTPConnection(target.address[0], target.address[1], timeout=KNOCK_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": target.netloc})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"Nobody answers at {target.url}: start the site with “claps serve” first.") from error
    finally:
        connection.close()
    if status != 200:
        raise Unavailable(f"{target.url}/healthz answers {status}: this is no Claps, or it is not well.")


def readers_possible(others: int) -> int:
    """How many readers this process has files for, beside ``others`` connections; raises its own limit first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return int(hard) - others - FILES_OF_OUR_OWN


def source_addresses(target: Target, readers: int) -> list[str | None]:
    """The addresses to connect from: more than one only where one has not ports enough, and only on loopback."""
    if readers <= READERS_PER_ADDRESS or target.family != socket.AF_INET or not is_loopback(target.address[0]):
        return [None]
    return [f"127.0.0.{number + 1}" for number in range(-(-readers // READERS_PER_ADDRESS))]
