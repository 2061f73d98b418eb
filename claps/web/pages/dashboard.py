"""The writer's dashboard."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from claps.acts import notifications
from claps.plain.notifications import person_topic
from claps.plain.topics import Topic
from claps.web import answers, identity
from claps.web.fragments import live_url
from claps.web.site import site

bp = Blueprint("dashboard", __name__)


@bp.get("/dashboard")
def desk() -> Response:
    """Each of one's posts with its counts, moving while one looks."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/dashboard")
    rows = site().writers.desk_of(me.id).rows
    version = notifications.version_of(site().database, me)
    url = live_url([(Topic("writer", str(me.id)), ""), (person_topic(me.id), str(version))])
    return answers.private_page("dashboard/desk.html", me=me, rows=list(rows), live_url=url)
