"""A writer's dashboard as a value: minutes pass, claps come, and what has not changed is not told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from claps.plain.dashboard import QUIET, Desk, DeskPost, DeskRow, Minutes, make_desk
from claps.plain.reactions import Reaction
from claps.plain.tallies import Tally
from claps.plain.versions import Version

MINUTE = 29_900_000
AT = datetime(2026, 11, 21, tzinfo=UTC)


def row(post_id: int = 12, minutes: Minutes = QUIET, *, readers: int = 0, claps: int = 8) -> DeskRow:
    """A post's row."""
    tally = Tally(post_id, Version("e1", 40), claps=claps, readers=readers)
    return DeskRow(DeskPost(post_id, f"Post {post_id}", AT), tally, minutes)


def claps_in(*counts: int) -> Minutes:
    """Minutes that had so many claps, and nothing else."""
    return (counts, *QUIET[1:])


def clapped(desk: Desk, post_id: int, claps: int, *, minute: int = MINUTE) -> Desk:
    """The dashboard after claps."""
    tally = desk.rows[post_id].tally
    version = Version("e1", tally.version.offset + 1)
    return desk.with_tally(replace(tally, claps=tally.claps + claps, version=version), now_minute=minute)


def test_the_sums_are_those_of_all_posts() -> None:
    rows = [row(13, claps_in(*[0] * 29, 2), readers=1), row(12, claps_in(7, *[0] * 28, 5), readers=3)]

    desk = make_desk(rows, MINUTE)

    assert (desk.sums.claps, desk.sums.readers) == (16, 4)
    assert desk.minutes == claps_in(7, *[0] * 28, 7)


def test_a_clap_moves_its_row_the_sums_and_the_last_minute() -> None:
    before = make_desk([row(13), row(12, claps_in(7, *[0] * 28, 5))], MINUTE)

    after = clapped(before, 12, 3)

    assert (after.rows[12].tally.claps, after.sums.claps) == (11, before.sums.claps + 3)
    assert after.rows[12].minutes == claps_in(7, *[0] * 28, 8) == after.minutes
    assert after.rows[13] is before.rows[13]
    assert after.version() != before.version()


def test_added_up_anew_it_is_the_same() -> None:
    desk = clapped(make_desk([row(13), row(12, claps_in(7, *[0] * 28, 5))], MINUTE), 13, 2)

    again = make_desk(desk.rows.values(), MINUTE)

    assert (again, again.version()) == (desk, desk.version())


def test_minutes_pass_without_anybodys_clap() -> None:
    before = make_desk([row(12, claps_in(7, *[0] * 28, 5))], MINUTE)

    after = before.aged(MINUTE + 2)

    assert after.rows[12].minutes == claps_in(*[0] * 27, 5, 0, 0) == after.minutes
    assert after.version().offset == before.version().offset + 2 * 256
    assert before.aged(MINUTE) is before
    assert before.aged(MINUTE + 10_000).rows[12].minutes is QUIET


def test_a_clock_that_is_set_back_takes_no_minute_back() -> None:
    before = make_desk([row(12, claps_in(7, *[0] * 28, 5))], MINUTE)

    assert before.aged(MINUTE - 5) is before


def test_a_clap_in_a_new_minute_stands_in_that_minute() -> None:
    after = clapped(make_desk([row(12, claps_in(7, *[0] * 28, 5))], MINUTE), 12, 3, minute=MINUTE + 1)

    assert after.rows[12].minutes == claps_in(*[0] * 28, 5, 3)


def test_taking_back_more_than_a_minute_has_leaves_nought() -> None:
    after = clapped(make_desk([row(12, claps_in(7, *[0] * 28, 2))], MINUTE), 12, -8)

    assert after.rows[12].minutes == claps_in(7, *[0] * 29)


def test_of_many_posts_the_busiest_and_the_newest_are_shown_newest_first() -> None:
    rows = [row(post_id, readers=1 if post_id < 100 else 0) for post_id in range(1_000, 0, -1)]
    desk = make_desk(rows, MINUTE)

    shown = [one.post.id for one in desk.shown()]

    assert shown == [1_000, *range(99, 87, -1)]
    assert desk.others(desk.shown()) == 99 - 12


def test_a_hundred_more_that_somebody_reads_are_named_and_the_rest_is_a_number() -> None:
    rows = [row(post_id, readers=2 if post_id == 7 else 1) for post_id in range(200, 0, -1)]
    desk = make_desk(rows, MINUTE)

    shown = desk.shown()
    also = desk.also_read(shown)

    named = {one.post.id for one in (*shown, *also)}
    assert (len(also), 7 in named, len(named)) == (100, True, len(shown) + 100)
    assert desk.others((*shown, *also)) == 201 - 2 - (len(named) - 1)


def test_a_part_shows_all_of_its_posts() -> None:
    part = make_desk([row(post_id) for post_id in range(25, 0, -1)], MINUTE, is_part=True)

    assert [one.post.id for one in part.shown()] == list(range(25, 0, -1))
    assert part.also_read(part.shown()) == ()


def reaction(person_id: int, count: int, *, minute: int = MINUTE, post_id: int = 12) -> Reaction:
    """What somebody gave."""
    return Reaction(minute, post_id, "claps", person_id, f"p{person_id}", f"Person {person_id}", count)


def test_a_tick_names_people_and_says_that_there_are_others() -> None:
    desk = make_desk([row(12, claps_in(*[0] * 29, 9))], MINUTE)

    alone = desk.with_reactions([reaction(2, 9)])
    crowd = desk.with_reactions([reaction(number, 1) for number in range(2, 8)])

    [tick] = alone.ticks()
    assert ([one.person_id for one in tick.givers], tick.has_others) == ([2], False)
    [tick] = crowd.ticks()
    assert ([one.person_id for one in tick.givers], tick.has_others) == ([2, 3, 4], True)


def test_names_make_a_version_of_their_own_and_go_with_their_minutes() -> None:
    desk = make_desk([row(12, claps_in(*[0] * 29, 9))], MINUTE)

    named = desk.with_reactions([reaction(2, 3), reaction(3, 3, post_id=99)])

    assert named.with_reactions([reaction(2, 4)]).reactions == (reaction(2, 4),), "told again, and not added"
    assert desk.version().offset < named.version().offset < clapped(desk, 12, 1).version().offset
    assert named.aged(MINUTE + 30).reactions == ()


def test_where_nothing_moves_the_newest_are_shown() -> None:
    desk = make_desk([row(post_id) for post_id in range(1_000, 0, -1)], MINUTE)

    assert [one.post.id for one in desk.shown()] == [1_000, 999, 998, 997, 996]


def test_claps_of_one_minute_on_one_post_are_one_tick_and_views_are_none() -> None:
    minutes = ((*[0] * 28, 3, 4), (*[0] * 29, 1), (*[0] * 29, 9), (0,) * 30)

    ticks = make_desk([row(12, minutes)], MINUTE).ticks()

    told = [(tick.minute, tick.kind, tick.count) for tick in ticks]
    assert told == [(MINUTE, "claps", 4), (MINUTE, "likes", 1), (MINUTE - 1, "claps", 3)]


def test_of_a_thousand_posts_only_the_one_that_moved_is_told() -> None:
    before = make_desk([row(post_id) for post_id in range(1_000, 0, -1)], MINUTE)

    told = clapped(before, 12, 3).told(before)

    assert [one["post"] for one in told["posts"]] == [12]
    assert told["all"]["claps"] == 8_003


def test_who_has_seen_nothing_is_told_a_hundred_posts_and_how_many_there_are_else() -> None:
    told = make_desk([row(post_id) for post_id in range(1_000, 0, -1)], MINUTE).told(None)

    assert (len(told["posts"]), told["not_told"]) == (100, 900)
