"""Keys, addresses and files."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from claps.checks.site import check_key, check_key_file, check_proxies, check_site, check_vendor
from claps.settings import Settings
from tests.parts.claps_server import ROOT

EMBEDDED = Settings("sqlite:////nowhere", None, "k" * 32)
OWN = replace(EMBEDDED, redis_url="redis://127.0.0.1:6379/0")


def test_a_random_key_is_well() -> None:
    assert {check_key(secrets.token_urlsafe(32)).grade for _ in range(200)} == {"ok"}


@pytest.mark.parametrize("key", ["changeme-changeme-changeme", "a" * 40, "my-secret-key-of-this-site", "abcabc" * 5])
def test_a_key_that_can_be_guessed_is_unsafe(key: str) -> None:
    assert check_key(key).grade == "unsafe"


@pytest.mark.parametrize("key", ["correct horse battery staple", "correct-horse-battery-staple", "q8Zr2LmX0vTbN4ws"])
def test_a_key_made_by_hand_or_short_is_a_warning(key: str) -> None:
    finding = check_key(key)

    assert finding.grade == "warn"
    assert "token_urlsafe" in finding.remedy


def test_a_key_file_that_others_can_read_is_unsafe(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    path.write_text("x")

    path.chmod(0o644)
    open_to_all = check_key_file(path)
    path.chmod(0o600)

    assert open_to_all.grade == "unsafe"
    assert check_key_file(path).grade == "ok"


@pytest.mark.parametrize(
    ("bind", "proxies", "embedded", "grade"),
    [
        ("127.0.0.1:8000", 0, True, "ok"),
        ("127.0.0.1:8000", 1, False, "ok"),
        ("unix:/run/claps.sock", 1, False, "ok"),
        ("[::1]:8000", 0, True, "ok"),
        ("127.0.0.1:8000", 0, False, "warn"),
        ("0.0.0.0:8000", 0, True, "warn"),
        ("0.0.0.0:8000", 1, False, "warn"),
    ],
)
def test_who_is_believed_depends_on_who_can_come(bind: str, proxies: int, embedded: bool, grade: str) -> None:
    settings = replace(EMBEDDED if embedded else OWN, bind=bind, trusted_proxies=proxies)

    assert check_proxies(settings).grade == grade


def test_scripts_that_are_missing_are_named(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "vendor.sha256").write_text("00  static/vendor/htmx.min.js\n")

    finding = check_vendor(tmp_path)

    assert finding.grade == "warn"
    assert "htmx.min.js" in finding.said


def test_the_key_that_was_made_at_the_first_start_is_judged_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("changeme")
    (tmp_path / "secret_key").chmod(0o600)

    found = check_site(replace(EMBEDDED, var=tmp_path, secret_key="changeme"), ROOT)

    assert found[0].grade == "ok"
