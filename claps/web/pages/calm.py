"""Calm mode: numbers hidden from one's readers, or from oneself."""

from __future__ import annotations

import secrets

from flask import Blueprint, request
from werkzeug.wrappers import Response

from claps.web import answers
from claps.web.pages.dashboard import writer
from claps.web.pages.settings import saved, some_person
from claps.web.shelf import shelf
from claps.web.site import site

bp = Blueprint("calm", __name__)


@bp.post("/settings/calm")
def for_oneself() -> Response:
    """Hide all numbers from oneself (``calm=1``), or show them."""
    me = some_person()
    site().calm.hide_from_oneself(me, is_calm=request.form.get("calm") == "1")
    shelf().changed(f"writer:{me.id}", f"feed:{me.id}")
    return saved("calm")


@bp.post("/dashboard/posts/<int:post_id>/calm")
def for_readers(post_id: int) -> Response:
    """Hide the numbers of one's post from readers (``calm=1``), or show them."""
    me = writer()
    post = site().library.get_counted(post_id)
    site().calm.hide_from_readers(me, post, is_calm=request.form.get("calm") == "1")
    # After the numbers are hidden, so that nothing is rendered with them any more.
    shelf().changed(f"post:{post_id}", "posts", f"@{me.name}", f"writer:{me.id}")
    return answers.see_other(f"/dashboard/posts/{post_id}?c={secrets.token_hex(2)}#calm")
