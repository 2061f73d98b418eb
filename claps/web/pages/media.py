"""Pictures: one's own, and each by its name."""

from __future__ import annotations

import secrets

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from claps.acts import images
from claps.plain.errors import Invalid
from claps.plain.limits import ALT_LENGTH, ARTICLE_BYTES, IMAGE_BYTES, IMAGE_QUOTA_BYTES
from claps.plain.people import Person
from claps.plain.rates import WORDS
from claps.web import answers, identity
from claps.web.forms import undoes, whole_number
from claps.web.pages.write import media_folder, picture_sent, signed_in
from claps.web.rates import at_most
from claps.web.site import site

bp = Blueprint("media", __name__)
# The name is made of the bytes: what it names never changes.
_FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/media/<name>")
def media(name: str) -> Response:
    """A picture. It can do nothing but be shown, even to who opens it by itself."""
    response = make_response(images.read_image(media_folder(), name))
    response.mimetype = "image/webp"
    response.set_etag(name)
    response.make_conditional(request)
    response.headers["Cache-Control"] = _FOR_EVER
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.get("/write/images")
def own() -> Response:
    """One's own pictures, and what to write to show them."""
    me = identity.find_person()
    if me is None:
        return answers.see_other("/login?next=/write/images")
    return _page(me)


@bp.post("/write/images")
@at_most(WORDS)
def add() -> Response:
    """Keep a picture."""
    request.max_content_length = IMAGE_BYTES + ARTICLE_BYTES
    me = signed_in()
    try:
        image = images.add_image(site().database, media_folder(), me, picture_sent(), alt=request.form.get("alt", ""))
    except Invalid as error:
        if answers.wants_json():
            raise
        return make_response(_page(me, errors={error.field: error.message}), 422)
    return answers.see_other(f"/write/images?c={image.name[:6]}")


@bp.post("/write/images/<name>/remove")
def remove(name: str) -> Response:
    """Remove a picture, or put it back (``undo=1``)."""
    me, act = signed_in(), images.put_back_image if undoes(request.form) else images.remove_image
    try:
        act(site().database, media_folder(), me, name)
    except Invalid as error:
        if answers.wants_json():
            raise
        return make_response(_page(me, errors={error.field: error.message}), 422)
    return answers.see_other(f"/write/images?c={secrets.token_hex(2)}")


def _page(me: Person, *, errors: dict[str, str] | None = None) -> Response:
    before_id = whole_number(request.args, "before", default=0) or None
    found, used = images.images_of(site().database, me, before_id=before_id)
    older_id = found[-1].id if len(found) == images.IMAGES_SHOWN else None
    return answers.private_page(
        "write/images.html", me=me, images=found, older_id=older_id, used_mb=-(-used // 2**20),
        removed=[] if before_id else images.removed_images(site().database, me),
        quota_mb=IMAGE_QUOTA_BYTES >> 20, errors=errors or {}, alt_text=request.form.get("alt", ""), most=ALT_LENGTH,
    )
