"""A program in which many readers clap, and take back, until its input ends; then it tells what was acknowledged.

It uses the product's own ledger, as every worker does. Its last line is JSON: ``acknowledged``, the number of
answers; ``given``, the claps that remain of them by post; ``yours``, what each reader was told last.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import os  # noqa: E402
import random  # noqa: E402
import sys  # noqa: E402
from collections import Counter  # noqa: E402

import gevent  # noqa: E402
from gevent.fileobject import FileObject  # noqa: E402

from claps.app import build_core  # noqa: E402
from claps.plain.changes import Change  # noqa: E402
from claps.plain.people import GUEST_ID_LEAST  # noqa: E402
from claps.settings import read_settings  # noqa: E402

POSTS = range(1, 10)
HANDS = 12
READERS_PER_HAND = 20


class Crowd:
    """Readers, each of whom one greenlet speaks for, so that the last answer is the newest."""

    def __init__(self, seed: int) -> None:
        self.core = build_core(read_settings(os.environ))
        self.seed = seed
        self.ending = False
        self.acknowledged = 0
        self.given: Counter[int] = Counter()
        self.yours: dict[str, int] = {}

    def clap_on(self, hand: int) -> None:
        """Clap until told to end; one in six takes back."""
        luck = random.Random(f"{self.seed} {hand}")
        readers = [GUEST_ID_LEAST + hand * READERS_PER_HAND + number for number in range(READERS_PER_HAND)]
        while not self.ending:
            post_id, reader_id = luck.choice(POSTS), luck.choice(readers)
            amount = -50 if luck.random() < 1 / 6 else luck.randint(1, 20)
            clapped = self.core.ledger.take(Change("clap", post_id, str(reader_id), amount))
            self.acknowledged += 1
            self.given[post_id] += clapped.given
            self.yours[f"{post_id} {reader_id}"] = clapped.yours
            gevent.sleep(0.005)


def main() -> None:
    """Clap until the input ends."""
    crowd = Crowd(int(sys.argv[1]))
    hands = [gevent.spawn(crowd.clap_on, hand) for hand in range(HANDS)]
    FileObject(sys.stdin.fileno(), "rb").read()
    crowd.ending = True
    gevent.joinall(hands, raise_error=True)
    print(json.dumps({"acknowledged": crowd.acknowledged, "given": crowd.given, "yours": crowd.yours}))


if __name__ == "__main__":
    main()
