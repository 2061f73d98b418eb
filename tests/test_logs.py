"""Logs, for people and for machines."""

from __future__ import annotations

import json
import logging
import sys

from claps.logs import JsonLines


def record(*, with_error: bool = False) -> logging.LogRecord:
    """A record as the logging module makes it."""
    error = None
    if with_error:
        try:
            raise ZeroDivisionError("division by zero")
        except ZeroDivisionError:
            error = sys.exc_info()
    return logging.LogRecord("claps.live", logging.WARNING, __file__, 1, "lost %d “readers”\n", (3,), error)


def test_a_record_is_one_json_object_on_one_line() -> None:
    line = JsonLines().format(record())

    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("warning", "claps.live", "lost 3 “readers”\n")
    assert told["at"].endswith("Z") and set(told) == {"at", "level", "logger", "message"}


def test_an_error_comes_with_its_traceback() -> None:
    line = JsonLines().format(record(with_error=True))

    assert "\n" not in line
    assert "ZeroDivisionError: division by zero" in json.loads(line)["traceback"]
