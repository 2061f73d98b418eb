"""What looks like a machine, and what does not."""

from __future__ import annotations

import pytest

from claps.plain.bursts import Suspicion, suspect


@pytest.mark.parametrize(
    ("newcomers", "readers", "suspicion"),
    [
        ({50: 19}, 100, None),
        ({50: 20}, 100, Suspicion("alike", 50)),
        ({50: 18, 3: 2}, 100, Suspicion("alike", 50)),
        ({50: 17, 3: 3}, 100, None),
        ({1: 40}, 20, None),
        ({1: 41}, 20, Suspicion("unseen")),
        ({1: 20, 2: 30, 7: 10}, 0, Suspicion("unseen")),
        ({}, 0, None),
    ],
)
def test_many_who_give_the_same_or_do_not_read_are_strange(
    newcomers: dict[int, int], readers: int, suspicion: Suspicion | None
) -> None:
    assert suspect(newcomers, readers) == suspicion
