"""Which addresses of the Internet anybody may be sent to, and which belong to somebody's inside."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# By name and not by ``is_global``, which differs from one Python to the next and calls NAT64 global (CVE-2024-4032).
# From IANA's registries of special-purpose addresses; 168.63.129.16 is where Azure's machines ask for secrets.
_INSIDE_V4 = tuple(
    IPv4Network(text) for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)
# Only 2000::/3 was ever given out; of it these are no hosts, or, as 6to4 and Teredo, a way to an IPv4 address.
_GIVEN_OUT_V6 = IPv6Network("2000::/3")
_INSIDE_V6 = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NAT64 = IPv6Network("64:ff9b::/96")


def plain_address(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for (mapped, or by NAT64), or the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Tell whether an address is a host of the Internet, and of nobody's inside."""
    meant = plain_address(address)
    if isinstance(meant, IPv4Address):
        return not any(meant in network for network in _INSIDE_V4)
    if meant.scope_id is not None or meant not in _GIVEN_OUT_V6:
        return False
    return not any(meant in network for network in _INSIDE_V6)


def is_within(address: Address, networks: Sequence[Network]) -> bool:
    """Tell whether an address is in one of these networks."""
    meant = plain_address(address)
    return any(meant.version == network.version and meant in network for network in networks)


def read_address(text: str) -> Address | None:
    """Read an address as it is written; None for what is none."""
    try:
        return ip_address(text)
    except ValueError:
        return None
