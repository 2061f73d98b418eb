"""Taking out everything that is one's own."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from claps.acts.export import export
from claps.web import answers
from claps.web.pages.settings import some_person
from claps.web.pages.write import media_folder
from claps.web.site import site

bp = Blueprint("export", __name__)


@bp.get("/settings/export")
def page() -> AnyResponse:
    """The button stands among the settings."""
    return answers.see_other("/settings#export")


@bp.post("/settings/export")
def take_out() -> Response:
    """A zip of all that one has written, given and kept."""
    me, folder = some_person(), site().settings.var / "exports"
    parcel = export(site().database, me, folder=folder, media=media_folder(), root=request.url_root.rstrip("/"))
    response = Response(parcel.blocks(), content_type="application/zip")
    response.call_on_close(parcel.close)
    response.content_length = parcel.size_bytes
    name = f"claps-{me.name}-{datetime.now(UTC):%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
