"""Sketches: what their error is, and that they can be put together in any way."""

from __future__ import annotations

from math import sqrt

import pytest

from claps.plain.sketches import EMPTY, STANDARD_ERROR, add_to, count, merge, pack, unpack

CROWDS = 40


def names(start: int, end: int, *, crowd: int = 0) -> list[str]:
    return [f"{crowd} {number}" for number in range(start, end)]


def test_nobody_is_nobody() -> None:
    assert count(EMPTY) == count(merge([])) == 0


def test_few_are_counted_exactly() -> None:
    for number in range(1, 20):
        assert count(add_to(EMPTY, names(0, number))) == number


@pytest.mark.parametrize("size", [1_000, 5_000, 20_000])
def test_the_error_is_what_it_is_said_to_be(size: int) -> None:
    errors = [count(add_to(EMPTY, names(0, size, crowd=crowd))) / size - 1 for crowd in range(CROWDS)]

    spread = sqrt(sum(error * error for error in errors) / CROWDS)

    assert STANDARD_ERROR == pytest.approx(0.01625)
    # The names are always the same, and so are the errors: 0.7 to 1.3 times are what 40 crowds may differ by.
    assert spread < 1.3 * STANDARD_ERROR
    assert max(map(abs, errors)) < 4 * STANDARD_ERROR


def test_who_comes_twice_is_one() -> None:
    once = add_to(EMPTY, names(0, 500))

    assert add_to(once, names(0, 500)) == once


def test_putting_together_is_counting_all_at_once() -> None:
    parts = [add_to(EMPTY, names(start, start + 700)) for start in range(0, 3_000, 500)]

    merged = merge(parts)

    assert merged == add_to(EMPTY, names(0, 3_200))
    assert merged == merge(reversed(parts)) == merge([merge(parts[:3]), merge(parts[3:])])
    assert merged == bytes(map(max, *parts))


@pytest.mark.parametrize(("size", "most_bytes"), [(1, 50), (100, 400), (1_000, 1_300), (200_000, 2_100)])
def test_a_sketch_is_small_whatever_is_in_it(size: int, most_bytes: int) -> None:
    sketch = add_to(EMPTY, names(0, size))

    assert len(pack(sketch)) < most_bytes
    assert unpack(pack(sketch)) == sketch
