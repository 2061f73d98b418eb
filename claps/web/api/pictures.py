"""Pictures of one's own, for programs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from claps.acts import images
from claps.plain.errors import ClapsError
from claps.plain.images import Image
from claps.plain.limits import IMAGE_BYTES
from claps.plain.rates import API_POSTS
from claps.web.api import asked, told
from claps.web.api.described import BEFORE, describe
from claps.web.api.errors import answer_problem
from claps.web.api.once import once
from claps.web.api.paper_schemas import ALT, PICTURE, PictureSchema
from claps.web.bearer import cover
from claps.web.forms import page_key
from claps.web.pages.write import media_folder
from claps.web.rates import at_most
from claps.web.site import site

bp = Blueprint("api-pictures", __name__, url_prefix="/api/v1/pictures")
bp.register_error_handler(ClapsError, answer_problem)
bp.before_request(asked.check_utf8)
cover(bp, "post")


@bp.get("")
@describe(gives=PictureSchema, lists=True, query=BEFORE)
def mine() -> Response:
    """One's pictures, newest first."""
    found, _ = images.images_of(site().database, told.some_person(), before_id=page_key("before"))
    query = f"before={found[-1].id}" if len(found) == images.IMAGES_SHOWN else None
    return told.answer([_fields(image) for image in found], next_query=query)


@bp.get("/removed")
@describe(gives=PictureSchema, lists=True)
def removed() -> Response:
    """Pictures that one has removed and may put back, removed last first."""
    return told.answer([_fields(image) for image in images.removed_images(site().database, told.some_person())])


@bp.post("")
@describe(gives=PictureSchema, body=PICTURE, kind="application/octet-stream", query=ALT, status=201)
@at_most(API_POSTS)
@once
def add() -> Response:
    """Keep a picture: the body is the file; ``alt`` says what is to be seen on it. The same again is the same one."""
    me = told.some_person()
    data = asked.file_body(most_bytes=IMAGE_BYTES)
    image = images.add_image(site().database, media_folder(), me, data, alt=request.args.get("alt", ""))
    return told.answer(_fields(image), status=201, location=f"{told.root()}{image.address}")


@bp.delete("/<name>")
@describe(status=204)
def remove(name: str) -> Response:
    """Remove a picture; posts show its description instead, and for thirty days it can be put back."""
    images.remove_image(site().database, media_folder(), told.some_person(), name)
    return told.nothing()


@bp.post("/<name>/restore")
@describe(status=204)
@once
def put_back(name: str) -> Response:
    """Put back a picture that was removed."""
    images.put_back_image(site().database, media_folder(), told.some_person(), name)
    return told.nothing()


def _fields(image: Image) -> dict[str, Any]:
    return {
        "name": image.name, "alt": image.alt, "url": f"{told.root()}{image.address}", "markdown": image.markdown,
        "bytes": image.bytes, "at": told.moment(image.at),
    }
