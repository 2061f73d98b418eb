"""Notifications for programs: read, marked, and muted."""

from __future__ import annotations

from flask import Blueprint, Response

from claps.acts import notifications
from claps.acts.feeds import feed_channel
from claps.plain.errors import ClapsError
from claps.plain.notifications import KINDS
from claps.plain.people import Person
from claps.web.api import asked, told
from claps.web.api.described import BEFORE, describe
from claps.web.api.errors import answer_problem
from claps.web.api.once import once
from claps.web.api.paper_schemas import KindSchema, ReadBody, ReadSchema, UnreadBody
from claps.web.api.schemas import NotificationSchema, read_body
from claps.web.bearer import needs
from claps.web.forms import page_key
from claps.web.shelf import shelf
from claps.web.site import site

bp = Blueprint("api-notifications", __name__, url_prefix="/api/v1/notifications")
bp.register_error_handler(ClapsError, answer_problem)
bp.before_request(asked.check_utf8)


@bp.get("")
@needs("read")
@describe(gives=NotificationSchema, lists=True, query=BEFORE)
def news() -> Response:
    """What happened to what is one's own, newest first; reading it here marks nothing as seen."""
    me = told.some_person()
    shown = notifications.read_page(site().database, me, before_turn=page_key("before"))
    query = None if shown.next_turn is None else f"before={shown.next_turn}"
    return told.answer([told.notification_fields(item) for item in shown.items], next_query=query)


@bp.post("/read")
@needs("read")
@describe(gives=ReadSchema, takes=ReadBody)
@once
def read_all() -> Response:
    """Mark as read all up to a ``turn``; what came after it stays unread."""
    me, upto = told.some_person(), read_body(ReadBody)["upto"]
    undo = notifications.read_all(site().database, site().publish, me, upto_turn=upto)
    _forget(me)
    return told.answer({"undo": undo})


@bp.post("/unread")
@needs("read")
@describe(status=204, takes=UnreadBody)
@once
def unread() -> Response:
    """Take back what reading all has marked."""
    me, undo = told.some_person(), read_body(UnreadBody)["undo"]
    notifications.unread(site().database, site().publish, me, read_turn=undo)
    _forget(me)
    return told.nothing()


@bp.put("/<int:notice_id>/read")
@needs("read")
@describe(status=204)
def read_one(notice_id: int) -> Response:
    """Mark one as read."""
    return _mark(notice_id, is_read=True)


@bp.delete("/<int:notice_id>/read")
@needs("read")
@describe(status=204)
def unread_one(notice_id: int) -> Response:
    """Mark one as not read."""
    return _mark(notice_id, is_read=False)


@bp.get("/kinds")
@needs("read")
@describe(gives=KindSchema, lists=True)
def kinds() -> Response:
    """What one can be told of, and what of it is muted."""
    muted = notifications.read_page(site().database, told.some_person()).muted
    return told.answer([{"kind": kind, "about": about, "muted": kind in muted} for kind, about in KINDS.items()])


@bp.put("/kinds/<kind>/muted")
@needs("read")
@describe(status=204)
def mute(kind: str) -> Response:
    """Be told nothing of a kind; what comes meanwhile is not made up for."""
    return _mute(kind, muted=True)


@bp.delete("/kinds/<kind>/muted")
@needs("read")
@describe(status=204)
def unmute(kind: str) -> Response:
    """Be told of a kind again."""
    return _mute(kind, muted=False)


def _mark(notice_id: int, *, is_read: bool) -> Response:
    me, number = told.some_person(), asked.possible_id(notice_id)
    notifications.read_one(site().database, site().publish, me, number, is_read=is_read)
    _forget(me)
    return told.nothing()


def _mute(kind: str, *, muted: bool) -> Response:
    me = told.some_person()
    notifications.mute(site().database, site().publish, me, kind, muted=muted)
    _forget(me)
    return told.nothing()


def _forget(me: Person) -> None:
    shelf().changed(feed_channel(me.id))  # the badge on the page of one's own that is kept
