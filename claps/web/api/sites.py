"""One's own websites for programs: registering them, and the addresses of their pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from claps.acts import sites
from claps.plain.errors import ClapsError
from claps.plain.sites import PAGE_URL_LENGTH, Page, Site
from claps.web.api import asked, told
from claps.web.api.described import BEFORE, describe
from claps.web.api.errors import answer_problem
from claps.web.api.once import once
from claps.web.api.schemas import read_body
from claps.web.api.site_schemas import AliasBody, SiteBody, SitePageSchema, SitePlaceSchema, SiteSchema
from claps.web.bearer import needs
from claps.web.forms import page_key
from claps.web.site import site

bp = Blueprint("api-sites", __name__, url_prefix="/api/v1/sites")
bp.register_error_handler(ClapsError, answer_problem)
bp.before_request(asked.check_utf8)
_COUNTS = ("claps", "people", "likes", "views")


@bp.get("")
@needs("stats")
@describe(gives=SiteSchema, lists=True)
def mine() -> Response:
    """The websites that one has registered, the newest first."""
    return told.answer([_fields(found) for found in sites.sites_of(site().pages, told.some_person())])


@bp.post("")
@needs("post")
@describe(gives=SiteSchema, takes=SiteBody, status=201)
@once
def register() -> Response:
    """Register a website; an origin belongs to one only."""
    me, body = told.some_person(), read_body(SiteBody)
    made = sites.register_site(site().pages, me, name=body["name"], origins="\n".join(body["origins"]))
    return told.answer(_fields(made), status=201, location=f"{bp.url_prefix}/{made.id}")


@bp.get("/<int:site_id>")
@needs("stats")
@describe(gives=SiteSchema)
def show(site_id: int) -> Response:
    """One of one's websites."""
    return told.answer(_fields(sites.get_site(site().pages, told.some_person(), asked.possible_id(site_id))))


@bp.put("/<int:site_id>")
@needs("post")
@describe(gives=SiteSchema, takes=SiteBody)
def change(site_id: int) -> Response:
    """Say anew what a website is called and where it is reached; its pages stay what they are."""
    me, body = told.some_person(), read_body(SiteBody)
    origins = "\n".join(body["origins"])
    changed = sites.change_site(site().pages, me, asked.possible_id(site_id), name=body["name"], origins=origins)
    return told.answer(_fields(changed))


@bp.delete("/<int:site_id>")
@needs("post")
@describe(status=204)
def delete(site_id: int) -> Response:
    """Delete a website with its pages."""
    sites.remove_site(site().pages, site().errands, told.some_person(), asked.possible_id(site_id))
    return told.nothing()


@bp.get("/<int:site_id>/pages")
@needs("stats")
@describe(gives=SitePageSchema, lists=True, query=BEFORE)
def pages(site_id: int) -> Response:
    """The pages of a website with their counts, the newest first."""
    me, before_id = told.some_person(), page_key("before")
    part = sites.pages_of(site().pages, me, asked.possible_id(site_id), before_id=before_id)
    query = None if part.next_before is None else f"before={part.next_before}"
    lines = [
        {**_place(line.page), "aliases": list(line.aliases), **{name: getattr(line.tally, name) for name in _COUNTS}}
        for line in part.lines
    ]
    return told.answer(lines, next_query=query)


@bp.post("/<int:site_id>/aliases")
@needs("post")
@describe(gives=SitePlaceSchema, takes=AliasBody)
@once
def add_alias(site_id: int) -> Response:
    """Say where a page was before, or where it is as well; what was clapped there comes along."""
    me, body, parts = told.some_person(), read_body(AliasBody), site()
    number = asked.possible_id(site_id)
    page = sites.add_alias(parts.pages, parts.errands, me, number, url=body["url"], alias=body["alias"])
    return told.answer(_place(page))


@bp.delete("/<int:site_id>/aliases")
@needs("post")
@describe(status=204, query={"alias": {"type": "string", "maxLength": PAGE_URL_LENGTH}})
def remove_alias(site_id: int) -> Response:
    """Let an address (``alias``) stand for its page no more."""
    alias = request.args.get("alias", "")
    sites.remove_alias(site().pages, told.some_person(), asked.possible_id(site_id), alias=alias)
    return told.nothing()


def _fields(found: Site) -> dict[str, Any]:
    return {"id": found.id, "name": found.name, "origins": list(found.origins)}


def _place(page: Page) -> dict[str, Any]:
    return {"post": page.post_id, "url": page.url}
