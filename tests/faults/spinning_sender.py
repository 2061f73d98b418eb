"""A program that hatches what tells webhooks: each does, without a pause, until it is killed.

Every line on its input hatches one; the answer is its process id. They are forks, because a program that starts takes
longer than one of these lives. Its clock goes sixty times as fast, so that who follows one who was killed waits for
half a second instead of half a minute.
"""

from __future__ import annotations

import os
import signal
import sys

from claps.acts.webhook_sending import Sender, read_clock
from claps.outside.couriers import Courier
from claps.settings import read_settings
from claps.store.database import Database

TIMES = 60
BEGAN_MS = read_clock()


def tell_on() -> None:
    """Tell webhooks until killed."""
    settings = read_settings(os.environ)
    sender = Sender(
        Database(settings.database_url), Courier(settings.webhook_networks), settings.secret_key,
        clock=lambda: BEGAN_MS + (read_clock() - BEGAN_MS) * TIMES,
    )
    print(os.getpid(), flush=True)
    sender.run_forever()


def main() -> None:
    """Hatch one a line; at the end of the input kill those that live."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        if os.fork() == 0:
            tell_on()


if __name__ == "__main__":
    main()
