"""Work that takes long on purpose or by nature, out of the way of everybody else's news."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gevent import get_hub

T = TypeVar("T")


def in_thread(function: Callable[..., T], *args: object) -> T:
    """Call a function in a thread and wait for what it returns.

    Errors that are told to people are returned, not raised: gevent writes a traceback for whatever leaves a thread.
    """
    result: T = get_hub().threadpool.apply(function, args)
    return result
