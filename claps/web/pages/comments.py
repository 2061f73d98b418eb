"""Commenting."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from claps.acts import comments
from claps.plain.errors import SignInFirst
from claps.web import answers, identity
from claps.web.shelf import shelf
from claps.web.site import site

bp = Blueprint("comments", __name__)


@bp.post("/posts/<int:post_id>/comments")
def comment(post_id: int) -> Response:
    """Write a comment; for people with an account."""
    parts = site()
    post, person = parts.library.get_post(post_id), identity.find_person()
    if person is None:
        raise SignInFirst("Comments carry a name. Your browser’s Back button brings back what you have written.")
    comments.comment(parts.database, parts.ledger, parts.publish, person, post, body=request.form.get("body", ""))
    shelf().changed(f"post:{post_id}")
    count = len(parts.library.comments_of(post_id))
    return answers.see_other(f"/posts/{post_id}?c={count}c#comments")
