"""The writer's dashboard."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from claps.acts import notifications
from claps.plain.notifications import person_topic
from claps.plain.topics import writer_topic
from claps.web import answers, identity
from claps.web.dashboard import page_values
from claps.web.fragments import live_url
from claps.web.site import site

bp = Blueprint("dashboard", __name__)


@bp.get("/dashboard")
def desk() -> Response:
    """What happens now, moving while one looks."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/dashboard")
    version = notifications.version_of(site().database, me)
    url = live_url([(writer_topic(me.id), ""), (person_topic(me.id), str(version))])
    values = page_values(site().writers.desk_of(me.id))
    return answers.private_page("dashboard/desk.html", me=me, live_url=url, **values)
