"""Where a webhook's address leads: read strictly, looked up once, and refused where it leads inside."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from gevent.monkey import get_original
from gevent.threadpool import ThreadPool

from claps.plain.addresses import Address, Network, is_public, is_within, plain_address, read_address
from claps.plain.errors import Invalid, Refused
from claps.plain.webhook_limits import ADDRESSES_TRIED, DELIVERIES_AT_ONCE, WEBHOOK_URL_LENGTH

# Of one name: the addresses it has, as text.
Lookup = Callable[[str, int], list[str]]
_LETTERS = re.compile(r"[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+")
# With the brackets that an IPv6 address has, and nothing that two readers of addresses could take for different hosts.
_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_INSIDE = "This address leads into a private network, where webhooks of this site may not go."


@dataclass(frozen=True, slots=True)
class Destination:
    """An address taken apart. ``host`` has no brackets; ``place`` is what the receiver's name and port are called."""

    is_https: bool
    host: str
    port: int
    place: str
    path: str


def read_destination(url: str, networks: Sequence[Network]) -> Destination:
    """Take an address apart; nothing is asked for it, so that a name may still lead anywhere.

    :param networks: of one's own, that webhooks may go to as well, over http:// too.
    :raises Invalid: it cannot be used, or is one inside.
    """
    if len(url) > WEBHOOK_URL_LENGTH or not _LETTERS.fullmatch(url) or "#" in url:
        raise Invalid("url", f"An address has at most {WEBHOOK_URL_LENGTH} letters, digits and signs, and no #.")
    scheme, _, rest = url.partition("://")
    place = re.split(r"[/?]", rest, maxsplit=1)[0]
    host, port = _split(place)
    scheme = scheme.lower()
    if scheme not in (("https", "http") if networks else ("https",)) or not _HOST.fullmatch(host):
        raise Invalid("url", "An address like https://example.org/hook, please, without a name or password in it.")
    if port and (not _PORT.fullmatch(port) or int(port) > 65_535):
        raise Invalid("url", "A port is a number up to 65535.")
    bare = host.strip("[]")
    literal = _read_literal(bare)
    if "[" in host and literal is None:
        raise Invalid("url", "There is no such address.")
    if literal is not None and not _may_go(literal, networks, is_https=scheme == "https"):
        raise Invalid("url", _INSIDE)
    parts = urlsplit(f"http://host{rest[len(place):]}")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(scheme == "https", bare, int(port or (443 if scheme == "https" else 80)), place, path)


def find_addresses(destination: Destination, networks: Sequence[Network], lookup: Lookup) -> list[Address]:
    """Look a name up, once, and return the addresses to connect to.

    All it has are looked at: who gives a name one address outside and one inside gets neither.

    :raises Refused: one of them is inside.
    :raises OSError: the name has none.
    """
    texts = lookup(destination.host, destination.port)
    # With the zone that a link-local address may have.
    found = [address for address in map(read_address, dict.fromkeys(texts)) if address is not None]
    if not found:
        raise OSError(f"{destination.host} has no address.")
    if not all(_may_go(address, networks, is_https=destination.is_https) for address in found):
        raise Refused(_INSIDE)
    return [plain_address(address) for address in found[:ADDRESSES_TRIED]]


class Resolver:
    """Asks the system for addresses, in threads of its own: a name server that does not answer delays no one else."""

    def __init__(self) -> None:
        self._threads = ThreadPool(DELIVERIES_AT_ONCE)

    def __call__(self, host: str, port: int) -> list[str]:
        """Look a name up.

        :raises OSError: it has no address.
        """
        found: list[str] | OSError = self._threads.apply(_look_up, (host, port))
        if isinstance(found, OSError):
            raise found
        return found


def _look_up(host: str, port: int) -> list[str] | OSError:
    # Returned, not raised: gevent writes a traceback for whatever leaves a thread. The system's own call, because in a
    # thread gevent's would begin a second loop.
    try:
        found = get_original("socket", "getaddrinfo")(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return error if isinstance(error, OSError) else OSError(str(error))
    return [str(place[0]) for *_, place in found]


def _split(place: str) -> tuple[str, str]:
    host, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        return place, ""
    return (host, port) if port else (place, "")


def _read_literal(host: str) -> Address | None:
    if host.rstrip(".").lower() == "localhost" or host.rstrip(".").lower().endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    found = read_address(host)
    if found is not None:
        return found
    try:
        # 127.1, 0177.0.0.1, 2130706433, 0x7f000001: what getaddrinfo() takes for an address is read as it reads it.
        return IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def _may_go(address: Address, networks: Sequence[Network], *, is_https: bool) -> bool:
    # What is public is reached by https alone: others could read along, and answer in its place.
    return is_within(address, networks) or (is_https and is_public(address))
