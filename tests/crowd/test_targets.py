"""Where a crowd may go."""

from __future__ import annotations

import pytest

from claps.crowd.targets import (
    READERS_PER_ADDRESS,
    find_target,
    is_loopback,
    knock,
    readers_possible,
    source_addresses,
    url_of_bind,
)
from claps.plain.errors import Invalid, Refused, Unavailable
from tests.parts.processes import find_free_port


@pytest.mark.parametrize("url", ["http://192.0.2.1:8000", "http://0.0.0.0:8000", "http://[2001:db8::1]/"])
def test_another_machine_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="--anywhere"):
        find_target(url, anywhere=False)


def test_another_machine_is_taken_when_it_is_said() -> None:
    target = find_target("http://192.0.2.1:8000", anywhere=True)

    assert target.address == ("192.0.2.1", 8000)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:80", "http://127.9.9.9", "http://[::1]:1"])
def test_this_machine_is_taken(url: str) -> None:
    assert find_target(url, anywhere=False).url == url


@pytest.mark.parametrize("url", ["https://127.0.0.1", "127.0.0.1:8000", "http://", "http://127.0.0.1:99999", "ftp://x"])
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    with pytest.raises(Invalid):
        find_target(url, anywhere=True)


def test_an_ipv4_address_in_ipv6_spelling_is_what_it_is() -> None:
    assert is_loopback("::ffff:127.0.0.1")
    assert not is_loopback("::ffff:192.0.2.1")


def test_a_site_on_every_address_is_asked_on_loopback() -> None:
    assert url_of_bind("0.0.0.0:8000") == "http://127.0.0.1:8000"
    assert url_of_bind("127.0.0.1:9000") == "http://127.0.0.1:9000"


def test_a_site_on_a_unix_socket_needs_an_address() -> None:
    with pytest.raises(Invalid, match="--url"):
        url_of_bind("unix:/run/claps.sock")


def test_nobody_at_home_is_said_in_one_sentence() -> None:
    target = find_target(f"http://127.0.0.1:{find_free_port()}", anywhere=False)

    with pytest.raises(Unavailable, match="claps serve"):
        knock(target)


def test_connections_of_others_leave_room_for_fewer_readers() -> None:
    assert readers_possible(0) - readers_possible(100) == 100


def test_many_readers_come_from_several_addresses() -> None:
    target = find_target("http://127.0.0.1:8000", anywhere=False)

    assert source_addresses(target, READERS_PER_ADDRESS) == [None]
    assert source_addresses(target, 2 * READERS_PER_ADDRESS) == ["127.0.0.1", "127.0.0.2"]
