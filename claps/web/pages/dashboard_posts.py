"""One post's figures, for its writer: what came, who clapped, what looks like a machine, and who else may look."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from claps.acts import bursts, clappers, shares
from claps.acts.overview import check_own_post
from claps.plain.cards import cards_of, rates_of
from claps.plain.errors import NotFound
from claps.plain.figure_sheets import OF_POST, clappers_sheet, minutes_sheet, referrers_sheet, times_sheet
from claps.plain.limits import FIGURE_ROWS, FIGURE_ROWS_TAKEN
from claps.plain.people import Person
from claps.plain.periods import Period
from claps.plain.posts import Post
from claps.plain.sheets import Sheet
from claps.plain.topics import desk_post_topic
from claps.web import answers, identity
from claps.web.dashboard import page_values
from claps.web.figures import own_names, own_page, period_or_refuse, some_period, take_away
from claps.web.forms import page_key, undoes
from claps.web.pages.dashboard import counting_writer, desk_now, fragments, own_live_url, said, writer
from claps.web.shelf import kept, shelf
from claps.web.site import site

bp = Blueprint("dashboard_posts", __name__)
_POST = "/dashboard/posts/<int(max=999999999999999999):post_id>"


@bp.get(_POST)
@kept(own_names, key=own_page)
def post(post_id: int) -> Response:
    """One post's figures in a period, and all that its writer decides about them."""
    me = identity.find_person()
    if me is None:
        return answers.see_other(f"/login?next=/dashboard/posts/{post_id}")
    found = _own(post_id, me)
    parts = site()
    values = {
        "me": me, "post": found, "is_calm": parts.calm.hides(post_id), "share_url": _share_url(found),
        "name_text": found.title or found.summary_text,
    }
    if parts.calm.is_for(me.id):
        return answers.private_page("dashboard/post_calm.html", **values)
    period, error = some_period()
    topic = desk_post_topic(me.id, post_id)
    response = answers.private_page(
        "dashboard/post.html", live_url=own_live_url(me, topic), **values, **said(error), **_over_time(found, period),
        **page_values(desk_now(topic)), tally=parts.library.tallies_of([found])[post_id], **_looked_at(me, found),
    )
    response.status_code = 200 if error is None else 422
    return response


@bp.get(f"{_POST}/moved")
@kept(own_names, key=own_page)
def moved(post_id: int) -> Response:
    """What the page shows of its period, and who clapped: asked for by the page when news has told of a change."""
    me = counting_writer()
    found, period = _own(post_id, me), period_or_refuse()
    values = {**_over_time(found, period), **_looked_at(me, found)}
    return fragments(post=found, place_url=f"/dashboard/posts/{post_id}", **values)


@bp.get(f"{_POST}/clappers")
def who_clapped(post_id: int) -> Response:
    """Who clapped, behind ``after``."""
    me = counting_writer()
    found = _own(post_id, me)
    shown = clappers.who_clapped(site().database, me, found, after_id=page_key("after") or 0)
    name_text = found.title or found.summary_text
    return answers.private_page("dashboard/clappers.html", me=me, post=found, clappers=shown, name_text=name_text)


@bp.get(f"{_POST}/tables/<name>", defaults={"kind": ""})
@bp.get(f"{_POST}/tables/<name><any('.csv', '.json'):kind>")
def table(post_id: int, name: str, kind: str) -> Response:
    """A table of a post's figures by itself."""
    me = counting_writer()
    found, make = _own(post_id, me), _SHEETS.get(name)
    if make is None:
        raise NotFound("There is no such table.")
    period = period_or_refuse()
    days = f"{period.first_day}-{period.last_day}"
    return take_away(make(me, found, period), kind, me=me, file_name=f"claps-{post_id}-{name}-{days}")


@bp.post(f"{_POST}/bursts/<int(max=999999999999999999):burst_id>")
def burst(post_id: int, burst_id: int) -> Response:
    """Take what looks like a machine out of the count, or put it back (``undo=1``)."""
    me, parts = writer(), site()
    found = _own(post_id, me)
    act = bursts.put_back if undoes(request.form) else bursts.take_out
    act(parts.database, parts.errands, me, found, burst_id)
    parts.overviews.forget()
    return _back(me, post_id, "bursts")


@bp.post(f"{_POST}/share")
def share(post_id: int) -> Response:
    """Make a link to the post's figures, or end it (``undo=1``)."""
    me, database = writer(), site().database
    found = _own(post_id, me)
    if undoes(request.form):
        ended = shares.revoke(database, me, found)
        shelf().changed(*(f"share:{number}" for number in ended))
    else:
        shares.share(database, me, found)
    return _back(me, post_id, "share")


def _own(post_id: int, me: Person) -> Post:
    return check_own_post(site().library.get_counted(post_id), me)


def _back(me: Person, post_id: int, section: str) -> Response:
    shelf().changed(f"writer:{me.id}")
    return answers.see_other(f"/dashboard/posts/{post_id}?c={secrets.token_hex(2)}#{section}")


def _share_url(found: Post) -> str | None:
    token = shares.find_token(site().database, found, str(current_app.config["SECRET_KEY"]))
    return None if token is None else f"{request.url_root.rstrip('/')}/shared/{token}"


def _over_time(found: Post, period: Period) -> dict[str, object]:
    overviews = site().overviews
    overview = overviews.of_post(found, period.span)
    return {
        "period": period, "cards": cards_of(overview, than=period.before_text, names=OF_POST),
        "rates": rates_of(overview.total), "times": times_sheet(overview.points, OF_POST),
        "referrers": referrers_sheet(overviews.referrers_of_post(found, period.span, limit=FIGURE_ROWS)),
    }


def _looked_at(me: Person, found: Post) -> dict[str, object]:
    database = site().database
    return {
        "clappers": clappers.who_clapped(database, me, found), "bursts": bursts.bursts_of(database, me, found),
    }


def _minutes(me: Person, found: Post, period: Period) -> Sheet:
    return minutes_sheet(desk_now(desk_post_topic(me.id, found.id)))


def _times(me: Person, found: Post, period: Period) -> Sheet:
    return times_sheet(site().overviews.of_post(found, period.span).points, OF_POST)


def _referrers(me: Person, found: Post, period: Period) -> Sheet:
    return referrers_sheet(site().overviews.referrers_of_post(found, period.span, limit=FIGURE_ROWS_TAKEN))


def _clappers(me: Person, found: Post, period: Period) -> Sheet:
    rows: list[tuple[Person, int]] = []
    shown = clappers.who_clapped(site().database, me, found)
    rows += shown.rows
    while shown.next_after_id is not None and len(rows) < FIGURE_ROWS_TAKEN:
        shown = clappers.who_clapped(site().database, me, found, after_id=shown.next_after_id)
        rows += shown.rows
    return clappers_sheet(rows, guests=shown.guests, guest_claps=shown.guest_claps)


_SHEETS: dict[str, Callable[[Person, Post, Period], Sheet]] = {
    "times": _times, "referrers": _referrers, "clappers": _clappers, "minutes": _minutes,
}
