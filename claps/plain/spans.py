"""Where somebody may look how long a part of some work takes; nobody does unless traces are sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

Around = Callable[[str, str], AbstractContextManager[Any]]
Done = Callable[[str, float, Mapping[str, int]], None]


class Spans:
    """What is called around work that leaves the process.

    ``around`` takes which system is asked and what it is asked for; ``done`` what was done in the background, for how
    many seconds until now, and with what numbers. None costs whoever looks a comparison.
    """

    around: Around | None = None
    done: Done | None = None


spans = Spans()
