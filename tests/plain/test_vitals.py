"""The names of what a worker tells of itself."""

from __future__ import annotations

from claps.plain.meters import Times
from claps.plain.vitals import OF_SITE, OF_WORKERS, buckets_of, times_told
from tests.house.sources import ROOT


def test_each_bucket_counts_all_below_it() -> None:
    times = Times()
    for seconds in (0.002, 0.002, 0.2, 60):
        times.note(seconds)

    buckets = dict(buckets_of(times_told(times)))

    assert (buckets["0.001"], buckets["0.0025"], buckets["0.25"], buckets["10.0"], buckets["+Inf"]) == (0, 2, 3, 3, 4)


def test_names_end_as_prometheus_wants_them() -> None:
    wrong = [vital.name for vital in (*OF_WORKERS, *OF_SITE) if (vital.kind == "counter") != ("_total" in vital.name)]

    assert not wrong


def test_every_name_is_explained() -> None:
    told = (ROOT / "docs" / "watching.md").read_text()

    assert not [vital.name for vital in (*OF_WORKERS, *OF_SITE) if f"`{vital.name}`" not in told]
