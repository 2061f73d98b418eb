"""Where addresses lead, and which of them are refused."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from claps.outside.destinations import Resolver, find_addresses, read_destination
from claps.plain.errors import Invalid, Refused

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "127.0.1", "0177.0.0.1", "0x7f.0.0.1", "2130706433", "017700000001", "0x7f000001",
        "127.0.0.1.", "0", "0.0.0.0", "10.0.0.1", "192.168.0.1", "169.254.169.254", "2852039166", "[::]", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]", "[::127.0.0.1]", "[fe80::1]",
        "[fd00:ec2::254]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "LOCALHOST", "localhost.",
        "a.localhost", "a.localhost.",
    ],
)
def test_an_address_inside_is_refused_however_it_is_written(host: str) -> None:
    for port in ("", ":8443"):
        with pytest.raises(Invalid, match="private network"):
            read_destination(f"https://{host}{port}/hook", ())


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "example.org", "//example.org/", "https:///hook", "https://",
        "https://ada:secret@example.org/", "https://example.org@127.0.0.1/", "https://example.org\\@127.0.0.1/",
        "https://example.org/#there", "https://exa mple.org/", "https://example.org/\r\nX: y", "https://exämple.org/",
        "https://example..org/", "https://[::1%25lo]/", "https://[example.org]/", "https://example.org:0/",
        "https://example.org:65536/", "https://example.org:x/", "https://example.org:/",
        "https://example.org/" + "a" * 500,
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as error:
        read_destination(url, ())

    assert error.value.field == "url"


def test_an_address_is_taken_apart_as_it_was_written() -> None:
    plain = read_destination("https://Example.org/a/../b?c=d&e", ())
    with_port = read_destination("HTTPS://[2606:4700::1111]:8443", ())

    assert (plain.host, plain.port, plain.place, plain.path) == ("Example.org", 443, "Example.org", "/a/../b?c=d&e")
    assert (with_port.host, with_port.port, with_port.path) == ("2606:4700::1111", 8443, "/")
    assert with_port.place == "[2606:4700::1111]:8443"


def test_networks_of_ones_own_are_reached_and_public_hosts_still_by_https_alone() -> None:
    for url in ("http://127.0.0.1:8000/", "https://localhost/", "http://[::1]/"):
        read_destination(url, LOOPBACK)
    for url in ("http://8.8.8.8/", "http://10.0.0.1/", "https://10.0.0.1/"):
        with pytest.raises(Invalid):
            read_destination(url, LOOPBACK)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2606:4700::1111", "fe80::1%eth0"], ["::ffff:127.0.0.1"]]
)
def test_a_name_that_leads_inside_is_refused_also_if_it_leads_outside_as_well(addresses: list[str]) -> None:
    destination = read_destination("https://inside.test/", ())

    with pytest.raises(Refused, match="private network"):
        find_addresses(destination, (), lambda host, port: addresses)


def test_a_name_without_an_address_is_none() -> None:
    with pytest.raises(OSError):
        find_addresses(read_destination("https://nowhere.test/", ()), (), lambda host, port: [])


def test_a_name_outside_gives_its_addresses_each_once() -> None:
    destination = read_destination("https://outside.test/", ())

    found = find_addresses(destination, (), lambda host, port: ["8.8.8.8", "8.8.8.8", "::ffff:1.1.1.1"])

    assert [str(address) for address in found] == ["8.8.8.8", "1.1.1.1"]


def test_the_system_is_asked_and_says_so_when_it_knows_nothing() -> None:
    resolve = Resolver()

    assert "127.0.0.1" in resolve("localhost", 80)
    with pytest.raises(OSError):
        resolve("a" * 64 + ".invalid", 80)
