"""The example that receives webhooks, and the words of the docs about checking them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from claps.outside.couriers import Courier
from claps.plain.webhooks import new_salt, secret_of, signed_headers
from tests.parts.claps_server import ROOT
from tests.parts.processes import find_free_port
from tests.parts.receiver import LOOPBACK

SECRET = secret_of("the key of a site", new_salt())
OTHER = secret_of("the key of a site", new_salt())
BODY = '{"type":"ping","timestamp":"2026-11-21T16:00:00Z","data":{"webhook":5}}'


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The example, running."""
    port = str(find_free_port())
    command = [sys.executable, "-W", "error", str(ROOT / "examples" / "receive.py"), SECRET, "--port", port]
    process = subprocess.Popen([*command, "--seen", str(tmp_path / "seen.txt")], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == f"listening on http://127.0.0.1:{port}/\n"
    yield f"http://127.0.0.1:{port}/claps", process
    process.kill()
    process.communicate()


def test_it_takes_what_is_signed_and_prints_each_message_once(receiver: tuple[str, subprocess.Popen[str]]) -> None:
    url, process = receiver
    courier, now = Courier([ip_network(LOOPBACK)]), datetime.now(UTC)

    def send(name: str, *secrets: str, at: datetime = now, body: str = BODY) -> int | None:
        return courier.carry(url, body, signed_headers(secrets, name, BODY, at=at)).status

    refused = [
        send("msg_0", OTHER), send("msg_0", SECRET, at=now - timedelta(minutes=6)), send("msg_0", SECRET, body="{}"),
    ]
    taken = [send("msg_1", SECRET), send("msg_1", OTHER, SECRET), send("msg_2", OTHER, SECRET)]

    assert (refused, taken) == ([401] * 3, [204] * 3)
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == [f"msg_1 {BODY}\n", f"msg_2 {BODY}\n"]


def test_the_docs_check_what_comes_as_the_official_library_does() -> None:
    [code] = re.findall(r"```python\n(import base64.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # what a reader of the docs would copy
    is_ours: Callable[[str, dict[str, str], bytes], bool] = names["is_ours"]
    now = datetime.now(UTC)
    headers = signed_headers([OTHER, SECRET], "msg_1", BODY, at=now)

    assert is_ours(SECRET, headers, BODY.encode()) and is_ours(OTHER, headers, BODY.encode())
    assert not is_ours(secret_of("another", new_salt()), headers, BODY.encode())
    assert not is_ours(SECRET, headers, BODY.encode() + b" ")
    late = signed_headers([SECRET], "msg_1", BODY, at=now - timedelta(minutes=6))
    assert not is_ours(SECRET, late, BODY.encode())
