"""Logs on standard error, for people or for machines: what happened, where, and for whose request."""

from __future__ import annotations

import json
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import gevent

Context = Callable[[], Mapping[str, str]]
# Nothing here is ever logged on purpose; but what others raise may quote it. Passwords in addresses, what is shown as
# a bearer's, and tokens of our own.
_SECRETS = (
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), r"\1***@"),
    (re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]+"), r"\1 ***"),
    (re.compile(r"\b(claps[a-z]_)[\w-]{8,}"), r"\1***"),
)
# A message is one line; who puts others into an address does not write lines of the log.
_BREAKS = {code: f"\\x{code:02x}" for code in (*range(0x09), *range(0x0b, 0x20), 0x7F)} | {10: "\\n"}
KINDS_SECONDS = 60.0
LINES_OF_A_KIND = 10
_contexts: list[Context] = []


def add_context(tell: Context) -> None:
    """Let each line say what ``tell`` knows at that moment of what is being done; it must not fail."""
    if tell not in _contexts:
        _contexts.append(tell)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one record."""
        told: dict[str, Any] = {
            "at": f"{_time(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": hide_secrets(record.getMessage()),
            **_context(),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            told["traceback"] = hide_secrets(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


class TextLines(logging.Formatter):
    """A line for people; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one record."""
        at = f"{_time(record, '%Y-%m-%d %H:%M:%S')}.{int(record.msecs):03d}"
        message = hide_secrets(record.getMessage()).translate(_BREAKS)
        about = "".join(f" {name}={value}" for name, value in _context().items())
        line = f"{at} {record.levelname} {record.process} {record.name}: {message}{about}"
        if record.exc_info:
            line += "\n" + hide_secrets(self.formatException(record.exc_info))
        return line


class Few(logging.Filter):
    """Lets the first lines of a kind pass in each minute: what fails a thousand times a second is said ten times.

    A kind is a message before anything is filled in. How many were left out is said with the next one.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._begun = clock()
        self._passed: Counter[tuple[str, str]] = Counter()
        self._left_out: Counter[tuple[str, str]] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Decide about one record."""
        now, kind = self._clock(), (record.name, str(record.msg))
        if now - self._begun >= KINDS_SECONDS:
            self._begun = now
            self._passed.clear()
        self._passed[kind] += 1
        if hasattr(record, "told"):
            # Somebody wants each of them; a reader may have been told its id. But not each one's traceback.
            if self._passed[kind] > LINES_OF_A_KIND:
                record.exc_info = record.exc_text = None
            return True
        if self._passed[kind] > LINES_OF_A_KIND:
            self._left_out[kind] += 1
            return False
        left_out = self._left_out.pop(kind, 0)
        if left_out:
            record.msg = f"{record.msg} ({left_out} like it were left out)"
        elif self._passed[kind] == LINES_OF_A_KIND:
            record.msg = f"{record.msg} (more of these within the minute are left out)"
        return True


def hide_secrets(text: str) -> str:
    """Take out what looks like a password or a token."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def set_up_logs(kind: str) -> None:
    """Send logs to standard error, as ``text`` or ``json``."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if kind == "json" else TextLines())
    handler.addFilter(Few())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("claps").setLevel(logging.INFO)


def log_greenlets() -> None:
    """Let greenlets that end with an error say so here; gevent would write to standard error by itself."""
    gevent.get_hub().print_exception = _log_greenlet  # type: ignore[assignment, method-assign]


def _log_greenlet(context: Any, kind: Any, error: Any, trace: Any) -> None:
    logging.getLogger(__name__).error("a greenlet ended: %s", context, exc_info=(kind, error, trace))


def _time(record: logging.LogRecord, form: str) -> str:
    # In UTC, whatever the machine's clock shows: logs of several machines are read beside each other.
    return time.strftime(form, time.gmtime(record.created))


def _context() -> dict[str, str]:
    return {name: value for tell in _contexts for name, value in tell().items()}
