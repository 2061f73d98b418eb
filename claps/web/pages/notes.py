"""Notes: up to 500 characters without a title, from a form that other pages may show as well."""

from __future__ import annotations

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from claps.acts import publishing
from claps.plain.errors import Conflict, Invalid
from claps.plain.rates import WORDS
from claps.plain.writing import Writing, clean, new_key
from claps.web import answers, identity
from claps.web.pages.write import press, signed_in
from claps.web.rates import at_most

bp = Blueprint("notes", __name__)


@bp.app_template_global("new_key")
def template_key() -> str:
    """A key for a form that makes something: sent twice, it is made once."""
    return new_key()


@bp.get("/write/note")
def note_form() -> Response:
    """The form for a note, on a page of its own."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/write/note")
    return answers.private_page("write/note.html", me=me)


@bp.post("/write/note")
@at_most(WORDS)
def note() -> Response:
    """Publish a note."""
    me, form = signed_in(), request.form
    typed = clean(Writing(body=form.get("body", "")))
    key = form.get("key") or new_key()
    try:
        piece = publishing.publish_note(press(), me, key, typed.body)
    except (Invalid, Conflict) as error:
        if answers.is_htmx() or answers.wants_json():
            raise
        values = {"note_text": typed.body, "note_error": error.message, "note_key": new_key()}
        return make_response(answers.private_page("write/note.html", me=me, **values), answers.status_of(error))
    return answers.see_other(f"{piece.address}?c=new")
