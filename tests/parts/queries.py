"""Counts the statements that go to SQL, so that a page can be held to a number that does not grow with its rows."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.statements: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take what peewee says of a statement, which is its text and its values; of connections it says a sentence."""
        message: object = record.msg
        if isinstance(message, tuple):
            self.statements.append(message[0])


@contextmanager
def noting_queries() -> Iterator[list[str]]:
    """Note every statement that this process sends meanwhile."""
    logger, listener = logging.getLogger("peewee"), _Listener()
    level, propagates = logger.level, logger.propagate
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield listener.statements
    finally:
        logger.removeHandler(listener)
        logger.setLevel(level)
        logger.propagate = propagates
