"""What was asked under a key, in SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claps.store import repeats

pytestmark = pytest.mark.usefixtures("transaction")
BEN, CYD = 2, 3


def test_a_key_is_begun_once_kept_with_its_answer_and_forgotten() -> None:
    assert [repeats.begin(person_id, "k", "a") for person_id in (BEN, BEN, CYD)] == [True, False, True]
    before = repeats.hold(BEN, "k")
    repeats.finish(BEN, "k", status=201, head="Location: /x", body="{}")
    repeats.begin_again(CYD, "k")
    after = repeats.hold(BEN, "k")

    assert before is not None and (before.asked_digest, before.status) == ("a", None)
    assert after is not None and (after.status, after.head, after.body) == (201, "Location: /x", "{}")
    assert repeats.age_of(after) < timedelta(seconds=60)
    repeats.forget(BEN, "k")
    assert repeats.hold(BEN, "k") is None
    assert repeats.drop_before(datetime.now(UTC) - timedelta(hours=1), 10) == 0
    assert repeats.drop_before(datetime.now(UTC) + timedelta(hours=1), 10) == 1
    repeats.begin(BEN, "k", "a")
    assert [repeats.drop_repeats_of(BEN, 10) for _ in range(2)] == [1, 0]
