"""How much a load needs."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from claps.plain.limits import FLUSH_CHANGES, SHARDS
from claps.planning.figures import Figures
from claps.planning.loads import Load, usual_comments, usual_page_views
from claps.planning.money import make_bill
from claps.planning.needs import BUSY, Needs, find_needs, hot_call_share, relay_share
from claps.planning.prices import LISTS
from tests.planning.sites import make_load

FIGURES = Figures()
GROWING = (
    "workers", "worker_cpu", "cores", "redis_servers", "redis_bytes", "sql_servers", "sql_rows_per_second",
    "flushes_per_second", "rows_per_day", "sql_bytes_per_day", "app_bytes", "kernel_bytes", "files", "memory_bytes",
)


def list_needs(needs: Needs) -> list[float]:
    """Everything that there can be more or less of."""
    network = (needs.network.out_bytes, needs.network.in_bytes, needs.network.month_out_bytes)
    money = (make_bill(needs, prices).total for prices in LISTS)
    return [*(getattr(needs, name) for name in GROWING), *network, *money]


def draw_load(chance: random.Random) -> Load:
    """Some site or other."""
    readers = round(10 ** chance.uniform(0, 7))
    tables = round(10 ** chance.uniform(0, 4))
    return make_load(
        readers, round(readers * chance.random()), readers * 10 ** chance.uniform(-4, -1),
        posts=round(10 ** chance.uniform(0, 5)), tables=tables, watched_tables=chance.randint(0, tables),
        changes_per_second=chance.uniform(0, 100), socket_claps=chance.random(), long_poll=chance.random(),
        files_per_worker=chance.choice((1_024, 20_000, 200_000)),
    )


@pytest.mark.parametrize("seed", range(60))
def test_more_readers_never_need_less(seed: int) -> None:
    chance = random.Random(seed)
    before = draw_load(chance)
    readers = before.readers + chance.randint(1, before.readers + 1)
    views = usual_page_views(readers)
    after = replace(
        before, readers=readers, page_views_per_second=views, comments_per_second=usual_comments(views),
    )

    less, more = (list_needs(find_needs(load, FIGURES)) for load in (before, after))

    assert [pair for pair in zip(less, more, strict=True) if pair[0] > pair[1] * 1.000001] == []


@pytest.mark.parametrize("seed", range(20))
def test_a_larger_site_never_needs_less(seed: int) -> None:
    chance = random.Random(1_000 + seed)
    load = draw_load(chance)

    less, more = (list_needs(find_needs(one, FIGURES)) for one in (load, load.scaled(chance.uniform(1, 10))))

    assert [pair for pair in zip(less, more, strict=True) if pair[0] > pair[1] * 1.000001] == []


def test_a_worker_takes_no_more_readers_than_it_may_open_files() -> None:
    load = make_load(100_000, 0, claps=0.0, page_views_per_second=0.0, comments_per_second=0.0)

    assert find_needs(load, FIGURES).workers == 6
    assert find_needs(replace(load, files_per_worker=200_000), FIGURES).workers == 1


def test_processors_are_planned_with_room_to_breathe() -> None:
    load = make_load(100, 0, claps=3_500.0, page_views_per_second=0.0, comments_per_second=0.0, hot_claps=0.0, posts=1)

    needs = find_needs(load, replace(FIGURES, http_clap_us=1_000))

    assert 3.5 < needs.worker_cpu < 4
    assert needs.worker_cores == pytest.approx(needs.worker_cpu / BUSY)
    assert needs.workers >= needs.worker_cores


def test_memory_is_the_workers_and_the_kernels() -> None:
    load = make_load(10_000, 10_000, long_poll=0.0)
    figures = replace(FIGURES, worker_bytes=1e6, reader_bytes=100, kernel_bytes=1_000, watch_bytes=0)

    needs = find_needs(load, figures)

    assert needs.app_bytes == needs.workers * 1e6 + 1e6
    assert needs.kernel_bytes == 1e7


def test_a_replica_is_another_server_and_the_shards_are_those_that_are_busy() -> None:
    load = make_load(1_000, 100, claps=300_000.0)

    disk, replica = (find_needs(replace(load, ack=ack), FIGURES) for ack in ("disk", "replica"))

    assert disk.redis_servers == disk.redis_shards >= 3
    assert replica.redis_servers == 2 * disk.redis_servers


def test_a_flush_is_a_transaction_for_each_busy_shard() -> None:
    quiet, busy = (find_needs(make_load(100, 10, claps), FIGURES) for claps in (1.0, 10_000.0))

    assert quiet.flushes_per_second == pytest.approx(1.0, abs=0.05)
    assert busy.flushes_per_second == pytest.approx(SHARDS + 10_000 / FLUSH_CHANGES)


def test_a_day_writes_a_row_for_each_person_and_post() -> None:
    load = make_load(1_000, 10, claps=10.0, comments_per_second=1.0, busy_hours=1.0)

    needs = find_needs(load, FIGURES)

    assert needs.rows_per_day == 2 * 10 * 3_600 / 5 + 3_600
    assert needs.sql_bytes_per_day == 7_200 * (145 + 67) + 3_600 * 500


def test_what_one_post_can_take_does_not_depend_on_how_many_machines_there_are() -> None:
    load = make_load(1_000, 1_000, claps=20_000.0, hot_claps=1.0, page_views_per_second=0.0)

    assert hot_call_share(load, replace(FIGURES, redis_claps=40_000)) == 0.5
    assert relay_share(load, replace(FIGURES, heard_us=10.0, commit_ms=0.5), workers=100) == pytest.approx(0.2)
    assert relay_share(make_load(1_000, 0, claps=20_000.0), FIGURES, workers=100) == 0
    assert relay_share(replace(load, publish_most=10), replace(FIGURES, heard_us=10.0), workers=100) == 1e-4
