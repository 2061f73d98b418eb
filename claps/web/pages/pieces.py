"""What somebody has written: drafts, posts, withdrawn ones, and what they said before."""

from __future__ import annotations

import secrets

from flask import Blueprint, request
from werkzeug.wrappers import Response

from claps.acts import publishing, writing
from claps.plain.writing import Writing
from claps.web import answers, identity
from claps.web.forms import whole_number
from claps.web.pages.write import edit_url, press, signed_in
from claps.web.site import site

bp = Blueprint("pieces", __name__)
# No more digits than SQL can count to.
_POST = "/write/post-<int(max=999999999999999999):post_id>"
_NUMBER = "<int(max=999999999):number>"


@bp.get("/write/drafts")
def papers() -> Response:
    """All that one has written, the newest first."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/write/drafts")
    before_id = whole_number(request.args, "before", default=0) or None
    found = writing.papers_of(site().database, me, before_id=before_id)
    return answers.private_page("write/papers.html", me=me, papers=found, is_first=before_id is None)


@bp.post("/write/<key>/put-back")
def put_back(key: str) -> Response:
    """Let a draft that was thrown away be one again."""
    writing.put_back_draft(site().database, signed_in(), key)
    return answers.see_other(f"/write/{key}?c={secrets.token_hex(2)}")


@bp.post(f"{_POST}/withdraw")
def withdraw(post_id: int) -> Response:
    """Take a post from sight."""
    publishing.withdraw(press(), signed_in(), post_id)
    return answers.see_other(f"/write/drafts?c={secrets.token_hex(2)}#withdrawn")


@bp.post(f"{_POST}/publish-again")
def publish_again(post_id: int) -> Response:
    """Bring a withdrawn post back."""
    piece = publishing.publish_again(press(), signed_in(), post_id)
    return answers.see_other(f"{piece.address}?c={secrets.token_hex(2)}")


@bp.get(f"{_POST}/revisions")
def revisions(post_id: int) -> Response:
    """What a post said before."""
    me = identity.find_person()
    if me is None:
        return answers.see_other(f"/login?next={edit_url(post_id)}/revisions")
    piece, old = publishing.revisions_of(site().database, me, post_id)
    return answers.private_page("write/revisions.html", me=me, piece=piece, revisions=old)


@bp.get(f"{_POST}/revisions/{_NUMBER}")
def revision(post_id: int, number: int) -> Response:
    """What a post said at one revision, as readers saw it and as it was written."""
    me = identity.find_person()
    if me is None:
        return answers.see_other(f"/login?next={edit_url(post_id)}/revisions")
    found = publishing.get_revision(site().database, me, post_id, number)
    shown = writing.preview(Writing(body=found.body), is_note=found.title is None)
    return answers.private_page("write/revision.html", me=me, revision=found, body_html=shown)


@bp.post(f"{_POST}/revisions/{_NUMBER}")
def restore(post_id: int, number: int) -> Response:
    """Let a post say again what it said."""
    piece = publishing.restore(press(), signed_in(), post_id, number)
    if not piece.is_published:
        return answers.see_other(f"{edit_url(post_id)}?c={piece.revision}")
    return answers.see_other(f"{piece.address}?c={piece.revision}")
