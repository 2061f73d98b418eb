"""The host that a reader came from, and nothing else."""

from __future__ import annotations

import pytest

from claps.plain.referrers import HOST_LENGTH, UNKNOWN, host_of


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Example.org/search?q=secret#here", "example.org"),
        ("http://news.example.org:8080", "news.example.org"),
        ("https://me:pass@example.org/", "example.org"),
        ("https://xn--glckchen-n4a.example", "xn--glckchen-n4a.example"),
    ],
)
def test_only_the_host_is_left(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    "address",
    ["", "about:blank", "android-app://org.example/", "http://intranet/wiki", "https://ex ample.org/",
     f"https://{'a' * HOST_LENGTH}.org/", "javascript:alert(1)", "https://[::1]/"],
)
def test_what_says_no_host_that_all_may_know_says_nothing(address: str) -> None:
    assert host_of(address) == UNKNOWN
