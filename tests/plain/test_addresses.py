"""Which addresses are the Internet's."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from claps.plain.addresses import is_public, is_within, plain_address

INSIDE = [
    "0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.255",
    "169.254.169.254", "168.63.129.16", "172.16.0.1", "172.31.255.255",
    "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b:1::8.8.8.8", "100::1", "2001::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1",
    "ff02::1", "2606:4700::1111%eth0",
]
OUTSIDE = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1",
    "223.255.255.255",
    "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1",
]


@pytest.mark.parametrize("text", INSIDE)
def test_nobodys_inside_is_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_hosts_of_the_internet_are_public(text: str) -> None:
    assert is_public(ip_address(text))


def test_what_stands_for_another_address_is_taken_for_that() -> None:
    assert str(plain_address(ip_address("::ffff:10.0.0.1"))) == str(plain_address(ip_address("64:ff9b::a00:1")))
    assert is_within(ip_address("::ffff:10.0.0.1"), [ip_network("fd00::/8"), ip_network("10.0.0.0/8")])
    assert not is_within(ip_address("11.0.0.1"), [ip_network("fd00::/8"), ip_network("10.0.0.0/8")])
