"""A program that hatches flushers: each flushes without a pause until it is killed.

Every line on its input hatches one; the answer is its process id, and another line when it has flushed for the
first time. They are forks, because a program that starts takes longer than a flusher lives here.
"""

from __future__ import annotations

import os
import signal
import sys

from claps.acts.flush import flush_all
from claps.app import build_core
from claps.plain.errors import Unavailable
from claps.settings import read_settings


def flush_on() -> None:
    """Flush until killed."""
    print(os.getpid(), flush=True)
    core = build_core(read_settings(os.environ))
    told = False
    while True:
        try:
            flush_all(core.database, core.journal, reopen=core.mending.reopen)
        except Unavailable as error:
            # Another one has the locks for long, as it may happen on two busy cores; a worker tries again, too.
            print(error.message, file=sys.stderr)
        if not told:
            print("flushed", flush=True)
            told = True


def main() -> None:
    """Hatch one flusher a line; at the end of the input kill those that live."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        if os.fork() == 0:
            flush_on()


if __name__ == "__main__":
    main()
