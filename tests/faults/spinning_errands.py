"""A program that hatches workers: each does errands without a pause until it is killed.

Every line on its input hatches one; the answer is its process id. They are forks, because a program that starts takes
longer than a worker lives here.
"""

from __future__ import annotations

import os
import signal
import sys

from claps.acts.errands import Errands
from claps.acts.feeds import Feeds
from claps.acts.notifying import Notifier
from claps.app import build_core
from claps.hot.channels import teller
from claps.settings import read_settings


def work_on() -> None:
    """Do errands until killed."""
    print(os.getpid(), flush=True)
    core = build_core(read_settings(os.environ))
    feeds = Feeds(core.database, teller(core.redis), core.popularity)
    notifier = Notifier(core.database, core.publish, teller(core.redis))
    Errands(core.database, {"feed": feeds.do, "notify": notifier.do}).run_forever()


def main() -> None:
    """Hatch one worker a line; at the end of the input kill those that live."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        if os.fork() == 0:
            work_on()


if __name__ == "__main__":
    main()
