"""The writer's dashboard: what happens now, and what came over time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from claps.acts import notifications
from claps.plain.cards import cards_of, rates_of
from claps.plain.dashboard import Desk
from claps.plain.desk_limits import DESK_PART
from claps.plain.errors import Invalid, NotFound, Refused, SignInFirst
from claps.plain.figure_sheets import minutes_sheet, posts_sheet, referrers_sheet, times_sheet
from claps.plain.figures import COUNTED
from claps.plain.limits import FIGURE_ROWS, FIGURE_ROWS_TAKEN
from claps.plain.notifications import person_topic
from claps.plain.people import Person
from claps.plain.periods import RANGES, Period, week_of
from claps.plain.sheets import Sheet
from claps.plain.topics import Topic, desk_page_topic, writer_topic
from claps.web import answers, identity
from claps.web.dashboard import page_values
from claps.web.figures import own_names, own_page, period_or_refuse, some_period, sorting, take_away
from claps.web.forms import page_key
from claps.web.fragments import live_url
from claps.web.shelf import kept
from claps.web.site import site

bp = Blueprint("dashboard", __name__)


@bp.get("/dashboard")
@kept(own_names, key=own_page)
def desk() -> Response:
    """What happens now, moving while one looks; below it, what came in a period."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/dashboard")
    if site().calm.is_for(me.id):
        return answers.private_page("dashboard/calm.html", me=me, desk=desk_now(writer_topic(me.id)))
    period, error = some_period()
    values = page_values(desk_now(writer_topic(me.id)))
    response = answers.private_page(
        "dashboard/desk.html", me=me, live_url=own_live_url(me, writer_topic(me.id)), **values,
        **_over_time(me, period), **said(error),
    )
    response.status_code = 200 if error is None else 422
    return response


@bp.get("/dashboard/moved")
@kept(own_names, key=own_page)
def moved() -> Response:
    """What the page shows of its period, as partials: asked for by the page itself when news has told of a change."""
    me = counting_writer()
    return fragments(place_url="/dashboard", **_over_time(me, period_or_refuse()))


@bp.get("/dashboard/posts")
def posts() -> Response:
    """All posts as they are at this moment, a page of them (``before``, a post's id), moving while one looks."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/dashboard/posts")
    if site().calm.is_for(me.id):
        return answers.see_other("/dashboard")
    before = page_key("before") or 0
    topic = desk_page_topic(me.id, before)
    desk = desk_now(topic)
    shown = desk.shown()
    return answers.private_page(
        "dashboard/posts.html", me=me, desk=desk, shown=shown, is_first=not before,
        older_id=shown[-1].post.id if len(shown) == DESK_PART else None,
        live_url=own_live_url(me, topic), frame_url=f"/live/frame?topic={topic}",
    )


@bp.get("/dashboard/tables/<name>", defaults={"kind": ""})
@bp.get("/dashboard/tables/<name><any('.csv', '.json'):kind>")
def table(name: str, kind: str) -> Response:
    """A table of the dashboard by itself."""
    me = counting_writer()
    make = _SHEETS.get(name)
    if make is None:
        raise NotFound("There is no such table.")
    period = period_or_refuse()
    return take_away(make(me, period), kind, me=me, file_name=f"claps-{name}-{period.first_day}-{period.last_day}")


def writer() -> Person:
    """Who looks at their own figures.

    :raises SignInFirst: nobody is signed in.
    """
    me = identity.find_person()
    if me is None:
        raise SignInFirst("Figures are only for the writer.")
    return me


def counting_writer() -> Person:
    """Who looks at their own figures, and wants to see numbers.

    :raises SignInFirst: nobody is signed in.
    :raises Refused: calm mode is on.
    """
    me = writer()
    if site().calm.is_for(me.id):
        raise Refused("Calm mode is on, so numbers are put away. In the settings you can take them out again.")
    return me


def own_live_url(me: Person, topic: Topic) -> str:
    """The address that waits for news of a writer's dashboard, or of a part of it, and of their notifications."""
    version = notifications.version_of(site().database, me)
    return live_url([(topic, ""), (person_topic(me.id), str(version))])


def desk_now(topic: Topic) -> Desk:
    """A dashboard or a part of it: while somebody here looks at it, as new as what they see."""
    news = site().hub.news_of(topic)
    desk: Desk = site().writers.desk(topic) if news is None else news.value
    return desk.aged(int(time.time()) // 60)


def fragments(**values: object) -> Response:
    """The partials of figures that one person alone may see."""
    response = make_response(render_template("dashboard/_figures_news.html", **values))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def said(error: Invalid | None) -> dict[str, object]:
    """What the form of the period gets: what was typed, and what is wrong with it."""
    typed = {name: request.args.get(name, "")[:20] for name in ("from", "to", "grain")}
    return {"typed": typed, "errors": {error.field: error.message} if error else {}, "ranges": RANGES}


def _over_time(me: Person, period: Period) -> dict[str, object]:
    overviews, span, by = site().overviews, period.span, sorting()
    overview = overviews.of_writer(me, span)
    ranked = overviews.ranked(me, span, by=by, limit=FIGURE_ROWS)
    return {
        "period": period, "week": week_of(datetime.now(UTC).date()),
        "cards": cards_of(overview, than=period.before_text), "rates": rates_of(overview.total),
        "times": times_sheet(overview.points),
        "posts": posts_sheet(ranked, overviews.titles(me)), "by": by, "sortings": COUNTED[:-1],
        "referrers": referrers_sheet(overviews.referrers_of_writer(me, span, limit=FIGURE_ROWS)),
    }


def _times(me: Person, period: Period) -> Sheet:
    return times_sheet(site().overviews.of_writer(me, period.span).points)


def _posts(me: Person, period: Period) -> Sheet:
    overviews = site().overviews
    ranked = overviews.ranked(me, period.span, by=sorting(), limit=FIGURE_ROWS_TAKEN)
    return posts_sheet(ranked, overviews.titles(me))


def _referrers(me: Person, period: Period) -> Sheet:
    return referrers_sheet(site().overviews.referrers_of_writer(me, period.span, limit=FIGURE_ROWS_TAKEN))


def _minutes(me: Person, period: Period) -> Sheet:
    return minutes_sheet(desk_now(writer_topic(me.id)))


_SHEETS: dict[str, Callable[[Person, Period], Sheet]] = {
    "times": _times, "posts": _posts, "referrers": _referrers, "minutes": _minutes,
}
