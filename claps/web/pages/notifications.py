"""What happened to what is one's own."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from claps.acts import notifications
from claps.acts.feeds import feed_channel
from claps.plain.errors import Malformed, SignInFirst
from claps.plain.notifications import KINDS, person_topic
from claps.plain.people import Person
from claps.web import answers, identity
from claps.web.forms import sent, whole_number
from claps.web.fragments import live_url
from claps.web.shelf import shelf
from claps.web.site import site

bp = Blueprint("notifications", __name__)
_SAID = {
    "read": "All marked as read.", "back": "They are unread again.", "one": "Marked as read.",
    "unread": "Marked as unread.", "mute": "Muted. What comes meanwhile is not made up for.",
    "unmute": "You are told of it again.",
}


@bp.get("/notifications")
def page() -> Response:
    """One's notifications, the newest first; whoever looks at them has seen them."""
    me = identity.find_person()
    if me is None:
        if answers.wants_json():
            raise SignInFirst("Notifications are for the person they are about.")
        return answers.see_other("/login?next=/notifications")
    before = _turn("before")
    shown = notifications.read_page(site().database, me, before_turn=before)
    version = shown.version
    if before is None and _is_looked_at():
        version = notifications.look(site().database, site().publish, me, shown=shown)
        shelf().changed(feed_channel(me.id))  # the badge on the page of one's own that is kept
    if answers.wants_json():
        return answers.data(
            {
                "items": [notifications.notification_event(item) for item in shown.items],
                "before": shown.next_turn, "turn": shown.turn, "version": str(version), "muted": shown.muted,
            }
        )
    said, _, turn = request.args.get("c", "").partition(".")
    return answers.private_page(
        "notifications/page.html", me=me, shown=shown, badge="", kinds=KINDS, said_text=_SAID.get(said, ""),
        undo_turn=int(turn) if said == "read" and turn.isascii() and turn.isdecimal() and len(turn) < 10 else None,
        older_url=f"/notifications?before={shown.next_turn}" if shown.next_turn else None,
        live_url=live_url([(person_topic(me.id), str(version))]) if before is None else None,
    )


@bp.get("/notifications/badge")
def badge() -> Response:
    """How many people are new, for pages that are the same for everybody; nothing for who is not signed in."""
    html = me_html()
    response = make_response(html, 200 if html else 204)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def me_html() -> str:
    """The partial that puts a person's own news in the place of "Sign in"; empty for who is not signed in."""
    reader = identity.find_reader()
    if reader is None or reader.is_guest:
        return ""
    calm = site().calm.is_for(reader.id)
    return render_template("notifications/_me.html", badge=answers.badge_of(reader.id), sees_no_numbers=calm)


@bp.post("/notifications/read")
def read_all() -> Response:
    """Mark as read what was shown (``upto``, a turn), or take that back (``undo``, what the answer has named)."""
    me, fields = _somebody(), sent()
    undo = whole_number(fields, "undo", default=0)
    if undo:
        notifications.unread(site().database, site().publish, me, read_turn=undo)
        return _back(me, "back")
    upto = whole_number(fields, "upto", default=0)
    turn = notifications.read_all(site().database, site().publish, me, upto_turn=upto)
    return _back(me, f"read.{turn}" if turn else "read")


@bp.post("/notifications/<int:notice_id>/read")
def read_one(notice_id: int) -> Response:
    """Mark one as read, or as not read (``undo=1``)."""
    me, is_read = _somebody(), sent().get("undo", "0") in ("", "0")
    notifications.read_one(site().database, site().publish, me, notice_id, is_read=is_read)
    return _back(me, "one" if is_read else "unread", f"#notice-{notice_id}")


@bp.post("/notifications/mute")
def mute() -> Response:
    """Mute one kind (``kind``), or not any more (``undo=1``)."""
    me, fields = _somebody(), sent()
    muted = fields.get("undo", "0") in ("", "0")
    notifications.mute(site().database, site().publish, me, fields.get("kind", ""), muted=muted)
    return _back(me, "mute" if muted else "unmute")


def _somebody() -> Person:
    person = identity.find_person()
    if person is None:
        raise SignInFirst("Notifications are for the person they are about.")
    return person


def _is_looked_at() -> bool:
    # A browser that fetches the page in case somebody wants it shows it to nobody.
    return request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")


def _turn(name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Malformed(name, f"“{name}” must be a whole number.")
    return int(text)


def _back(me: Person, said: str, place: str = "") -> Response:
    shelf().changed(feed_channel(me.id))
    if answers.wants_json():
        word, _, turn = said.partition(".")
        return answers.data({"done": word, "undo": int(turn) if turn else None})
    return answers.see_other(f"/notifications?c={said}{place}")
