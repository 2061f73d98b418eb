"""Logs, for people and for machines."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from claps import logs
from claps.logs import LINES_OF_A_KIND, Few, JsonLines, TextLines, add_context, hide_secrets
from claps.settings import ROOT


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody's request is under way."""
    monkeypatch.setattr(logs, "_contexts", [])
    add_context(lambda: {"request_id": "r1"})
    yield


def record(text: str = "lost %d “readers”\n", *, with_error: bool = False) -> logging.LogRecord:
    """A record as the logging module makes it."""
    error = None
    if with_error:
        try:
            raise ZeroDivisionError("division by zero")
        except ZeroDivisionError:
            error = sys.exc_info()
    return logging.LogRecord("claps.live", logging.WARNING, __file__, 1, text, (3,) if "%" in text else (), error)


def test_a_record_is_one_json_object_on_one_line(context: None) -> None:
    line = JsonLines().format(record())

    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("warning", "claps.live", "lost 3 “readers”\n")
    assert told["at"].endswith("Z") and told["request_id"] == "r1"
    assert set(told) == {"at", "level", "logger", "process", "message", "request_id"}


def test_an_error_comes_with_its_traceback() -> None:
    line = JsonLines().format(record(with_error=True))

    assert "\n" not in line
    assert "ZeroDivisionError: division by zero" in json.loads(line)["traceback"]


def test_people_read_one_line_and_then_the_traceback(context: None) -> None:
    line, *trace = TextLines().format(record(with_error=True)).split("\n")

    assert line.endswith(r"claps.live: lost 3 “readers”\n request_id=r1")
    assert trace[-1] == "ZeroDivisionError: division by zero"


def test_nobody_else_writes_lines_of_the_log() -> None:
    line = TextLines().format(record("topic \r\n2026-11-21 ERROR\x1b[2J"))

    assert not {"\r", "\n", "\x1b"} & set(line)


def test_facts_about_a_record_are_members_of_its_object() -> None:
    told = record()
    told.told = {"status": 503}

    assert json.loads(JsonLines().format(told))["status"] == 503


@pytest.mark.parametrize(("text", "hidden"), [
    ("cannot reach mysql://claps:pa55word@db:3306/claps", "cannot reach mysql://claps:***@db:3306/claps"),
    ("redis://:pa55word@cache:6379", "redis://:***@cache:6379"),
    ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
    ("token clapsp_AbCdEfGhIjKlMnOp is gone", "token clapsp_*** is gone"),
    ("http://127.0.0.1:8000/posts/12 at 12:30", "http://127.0.0.1:8000/posts/12 at 12:30"),
])
def test_what_looks_like_a_secret_is_hidden(text: str, hidden: str) -> None:
    assert hide_secrets(text) == hidden


def test_what_comes_often_is_said_ten_times_a_minute_and_then_counted() -> None:
    now = 0.0
    few = Few(clock=lambda: now)

    passed = [few.filter(record()) for _ in range(500)]
    now = 61.0
    late = record()

    assert (sum(passed), few.filter(late)) == (LINES_OF_A_KIND, True)
    assert late.getMessage() == "lost 3 “readers”\n (490 like it were left out)"
    assert few.filter(record("another %d"))


def test_each_failed_request_is_logged_and_the_first_with_their_tracebacks() -> None:
    few, lines = Few(), [record(with_error=True) for _ in range(50)]
    for line in lines:
        line.told = {"error": "ZeroDivisionError"}

    assert all(few.filter(line) for line in lines)
    assert sum(line.exc_info is not None for line in lines) == LINES_OF_A_KIND


GREENLET = """
import gevent
from claps.logs import log_greenlets, set_up_logs
set_up_logs("json")
log_greenlets()
gevent.spawn(lambda: 1 // 0).join()
"""


def test_a_greenlet_that_ends_with_an_error_says_so_in_the_log() -> None:
    done = subprocess.run([sys.executable, "-c", GREENLET], cwd=ROOT, capture_output=True, text=True, timeout=30)

    told = json.loads(done.stderr)
    assert told["level"] == "error" and told["message"].startswith("a greenlet ended: <Greenlet")
    assert "ZeroDivisionError" in told["traceback"]
