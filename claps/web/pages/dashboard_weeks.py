"""A week of a writer in short."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint
from werkzeug.wrappers import Response

from claps.plain.cards import cards_of, rates_of
from claps.plain.errors import NotFound
from claps.plain.figure_sheets import compared_sheet, posts_sheet, referrers_sheet, times_sheet
from claps.plain.people import Person
from claps.plain.periods import Period, Week, read_week, week_of
from claps.plain.sheets import Sheet
from claps.web import answers, identity
from claps.web.figures import own_names, own_page, take_away
from claps.web.pages.dashboard import counting_writer
from claps.web.shelf import kept
from claps.web.site import site

bp = Blueprint("dashboard_weeks", __name__)
BEST_POSTS = 5


@bp.get("/dashboard/weeks/<name>")
@kept(own_names, key=own_page)
def week(name: str) -> Response:
    """What a week brought, beside the one before."""
    if identity.find_person_id() is None:
        return answers.see_other(f"/login?next=/dashboard/weeks/{read_week(name).name}")
    me, found = counting_writer(), read_week(name)
    overview = site().overviews.of_writer(me, found.span)
    this_week = week_of(datetime.now(UTC).date())
    period = Period("", found.span, "", f"week {found.name}", "the week before")
    return answers.private_page(
        "dashboard/week.html", me=me, week=found, period=period,
        is_over=found.monday < this_week.monday,
        next_week=found.other(1) if found.monday < this_week.monday else None,
        cards=cards_of(overview, than="the week before"), rates=rates_of(overview.total),
        best_day=max(overview.points, key=lambda point: point.figures.views + point.figures.claps),
        sheets=[make(me, found) for make in _SHEETS.values()],
    )


@bp.get("/dashboard/weeks/<week_name>/tables/<name>", defaults={"kind": ""})
@bp.get("/dashboard/weeks/<week_name>/tables/<name><any('.csv', '.json'):kind>")
def table(week_name: str, name: str, kind: str) -> Response:
    """A table of a week by itself."""
    me, found = counting_writer(), read_week(week_name)
    make = _SHEETS.get(name)
    if make is None:
        raise NotFound("There is no such table.")
    return take_away(make(me, found), kind, me=me, file_name=f"claps-{found.name}-{name}")


def _totals(me: Person, found: Week) -> Sheet:
    return compared_sheet(site().overviews.of_writer(me, found.span))


def _posts(me: Person, found: Week) -> Sheet:
    overviews = site().overviews
    return posts_sheet(overviews.ranked(me, found.span, by="claps", limit=BEST_POSTS), overviews.titles(me))


def _times(me: Person, found: Week) -> Sheet:
    return times_sheet(site().overviews.of_writer(me, found.span).points)


def _referrers(me: Person, found: Week) -> Sheet:
    return referrers_sheet(site().overviews.referrers_of_writer(me, found.span, limit=BEST_POSTS))


_SHEETS = {"totals": _totals, "posts": _posts, "times": _times, "referrers": _referrers}
