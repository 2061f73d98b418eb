"""The editor: articles and changes to posts, saved by themselves or by a button."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from claps.acts import images, publishing, writing
from claps.acts.publishing import Press
from claps.acts.writing import Sheet
from claps.plain.errors import Conflict, Invalid, SignInFirst
from claps.plain.limits import ALT_LENGTH, ARTICLE_BYTES, IMAGE_BYTES, NOTE_LENGTH, TITLE_LENGTH
from claps.plain.people import Person
from claps.plain.prose import count_words
from claps.plain.writing import Seen, Writing, clean, key_of, new_key, read_seen
from claps.web import answers, identity
from claps.web.shelf import shelf
from claps.web.site import site

bp = Blueprint("write", __name__)
TAB_LENGTH = 32


@bp.get("/write")
def begin() -> Response:
    """Begin an article: its address is its own from the first letter on, so that reloading brings it back."""
    return answers.see_other(f"/write/{new_key()}")


@bp.get("/write/<key>")
def edit(key: str) -> Response:
    """The editor with a draft, with a post, or empty."""
    me = identity.find_person()
    if me is None:
        return answers.see_other(f"/login?next=/write/{key}")
    sheet = writing.open_sheet(site().database, me, key)
    if sheet.key != key:
        return answers.see_other(f"/write/{sheet.key}")
    said = "Saved." if "c" in request.args and sheet.draft is not None else ""
    return make_response(_editor(me, sheet, said_text=said))


@bp.post("/write/<key>")
def write(key: str) -> Response:
    """What a button of the editor asks for (``act``), with everything that was typed."""
    # More than elsewhere: a long article, and where files can be sent, a picture with it.
    with_file = request.mimetype == "multipart/form-data"
    request.max_content_length = ARTICLE_BYTES + (IMAGE_BYTES if with_file else 0)
    request.max_form_memory_size = ARTICLE_BYTES
    me, form = signed_in(), request.form
    typed = clean(Writing(*(form.get(name, "") for name in ("title", "slug", "tags", "body"))))
    act = _ACTS.get(form.get("act", "save"), _save)
    try:
        return act(me, key, typed)
    except (Invalid, Conflict) as error:
        if answers.is_htmx() or answers.wants_json():
            raise
        return _again(me, key, typed, error)


def press() -> Press:
    """What publishes, in the application that serves this request."""
    parts = site()
    return Press(parts.database, parts.errands, shelf().changed_post)


def signed_in() -> Person:
    """Who is signed in.

    :raises SignInFirst: nobody is.
    """
    me = identity.find_person()
    if me is None:
        raise SignInFirst("What is written has a name. Your browser’s Back button brings back what you have written.")
    return me


def _save(me: Person, key: str, typed: Writing) -> Response:
    writing.save_draft(site().database, me, key, typed, seen=_seen(), tab=_tab())
    if answers.is_htmx():
        return _fragment("write/_saved.html", words=count_words(typed.body))
    return answers.see_other(f"/write/{key}?c={secrets.token_hex(2)}")


def _preview(me: Person, key: str, typed: Writing) -> Response:
    sheet = writing.open_sheet(site().database, me, key)
    preview_html = writing.preview(typed, is_note=sheet.piece is not None and sheet.piece.is_note)
    if answers.is_htmx():
        return _fragment("write/_preview.html", preview_html=preview_html, title_text=typed.title)
    writing.save_draft(site().database, me, key, typed, seen=_seen(), tab=_tab())
    return make_response(_editor(me, sheet, typed=typed, seen=_seen(), tab=_tab(), preview_html=preview_html))


def _publish(me: Person, key: str, typed: Writing) -> Response:
    piece = publishing.publish(press(), me, key, typed, seen=_seen())
    return answers.see_other(f"{piece.address}?c={piece.revision}")


def _discard(me: Person, key: str, typed: Writing) -> Response:
    writing.discard_draft(site().database, me, key)
    return answers.see_other(f"/write/drafts?c={secrets.token_hex(2)}#thrown")


def _add_picture(me: Person, key: str, typed: Writing) -> Response:
    image = images.add_image(site().database, media_folder(), me, picture_sent(), alt=request.form.get("alt", ""))
    body = f"{typed.body.rstrip()}\n\n{image.markdown}\n".lstrip("\n")
    longer = Writing(typed.title, typed.slug, typed.tags, body)
    writing.save_draft(site().database, me, key, longer, seen=_seen(), tab=_tab())
    return answers.see_other(f"/write/{key}?c={image.name[:6]}#body")


_ACTS: Mapping[str, Callable[[Person, str, Writing], Response]] = {
    "save": _save, "preview": _preview, "publish": _publish, "discard": _discard, "picture": _add_picture,
}


def media_folder() -> Path:
    """Where pictures are kept."""
    return site().settings.var / "media"


def picture_sent() -> bytes:
    """The file that was sent.

    :raises Invalid: there is none.
    """
    file = request.files.get("picture")
    data = file.stream.read(IMAGE_BYTES + 1) if file is not None else b""
    if not data:
        raise Invalid("picture", "Choose a picture first.")
    return data


def _again(me: Person, key: str, typed: Writing, error: Invalid | Conflict) -> Response:
    sheet = writing.open_sheet(site().database, me, key)
    field = error.field if isinstance(error, Invalid) else "form"
    # Who sends it once more after a conflict has seen it, and means it; from another page nothing is lost by that.
    seen = sheet.seen if isinstance(error, Conflict) else _seen()
    page = _editor(me, sheet, typed=typed, seen=seen, errors={field: error.message}, tab=_tab())
    return make_response(page, answers.status_of(error))


def _editor(
    me: Person, sheet: Sheet, *, typed: Writing | None = None, seen: Seen | None = None, tab: str = "", **more: Any
) -> Response:
    values = {"errors": {}, "said_text": "", "preview_html": None, "alt_text": request.form.get("alt", ""), **more}
    return answers.private_page(
        "write/editor.html", me=me, sheet=sheet, writing=typed or sheet.writing, seen=seen or sheet.seen,
        tab=tab or secrets.token_hex(8), most={"title": TITLE_LENGTH, "alt": ALT_LENGTH, "note": NOTE_LENGTH}, **values,
    )


def _fragment(template: str, **values: Any) -> Response:
    response = make_response(render_template(template, **values))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _seen() -> Seen:
    return read_seen(request.form.get("seen", ""))


def _tab() -> str:
    return request.form.get("tab", "")[:TAB_LENGTH]


def edit_url(post_id: int) -> str:
    """Where a post is changed."""
    return f"/write/{key_of(post_id)}"
