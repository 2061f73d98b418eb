"""Realtime tables: making them, finding them, and who may do what in them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from claps.acts import members, tables
from claps.plain.errors import ClapsError, Conflict, Invalid, NotFound, Refused, SignInFirst
from claps.plain.limits import TABLES_PER_PAGE
from claps.plain.people import Person
from claps.plain.tables import Table
from claps.web import answers, identity
from claps.web.forms import sent
from claps.web.pages.entries import show_table
from claps.web.site import site

bp = Blueprint("tables", __name__)


@bp.get("/tables")
def page() -> Response:
    """One's own tables, and those that everybody may read, each by name (``mine``, ``after``: behind which)."""
    return _page()


@bp.post("/tables")
def create() -> Response:
    """Make a table (``name``, ``visibility``)."""
    me, fields = identity.find_person(), sent()
    if me is None:
        raise SignInFirst("A table belongs to somebody: sign in first. To try one out you need no account.")
    name, visibility = fields.get("name", "").strip(), fields.get("visibility", "public")
    try:
        table = tables.create_table(site().tables, me, name, visibility=visibility)
    except (Invalid, Conflict) as error:
        if answers.wants_json():
            raise
        return make_response(_page(error=error, typed=fields), answers.status_of(error))
    return answers.see_other(f"/tables/{table.name}?c=made")


@bp.post("/tables/scratch")
def try_out() -> Response:
    """Make a table to try things out, for whoever asks."""
    table = tables.create_scratch(site().tables, identity.some_reader())
    return answers.see_other(f"/tables/{table.name}?c=made")


@bp.post("/tables/<name>/drop")
def drop(name: str) -> Response:
    """Delete a table of one's own."""
    tables.delete_table(site().tables, identity.find_reader(), name)
    return answers.see_other("/tables?c=gone")


@bp.post("/tables/<name>/visibility")
def set_visibility(name: str) -> Response:
    """Say who may read (``visibility``: public or members)."""
    visibility = sent().get("visibility", "")
    tables.set_visibility(site().tables, identity.find_reader(), name, visibility)
    return answers.see_other(f"/tables/{name}?c={visibility}#members")


@bp.post("/tables/<name>/members")
def let_in(name: str) -> Response:
    """Let a person in (``person``, ``role``: editor or reader)."""
    reader, fields = identity.find_reader(), sent()
    person = fields.get("person", "").strip().removeprefix("@").lower()
    try:
        members.set_member(site().tables, reader, name, person, fields.get("role", ""))
    except (NotFound, Conflict, Refused) as error:
        if answers.wants_json() or isinstance(error, SignInFirst):
            raise
        return show_table(name, member_error=error, member_name=person)
    return answers.see_other(f"/tables/{name}?c=in#members")


@bp.post("/tables/<name>/members/remove")
def take_out(name: str) -> Response:
    """Take a person out (``person``), who is told nothing more of a table for members from then on."""
    members.remove_member(site().tables, identity.find_reader(), name, sent().get("person", ""))
    return answers.see_other(f"/tables/{name}?c=out#members")


_SAID = {"gone": "It is deleted."}


def _page(*, error: ClapsError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    me: Person | None = identity.find_person()
    reader, kit, limit = identity.find_reader(), site().tables, TABLES_PER_PAGE
    mine_after, after = request.args.get("mine", ""), request.args.get("after", "")
    mine = [] if reader is None else tables.list_mine(kit, reader, after=mine_after, limit=limit + 1)
    public = tables.list_public(kit, after=after, limit=limit + 1)
    shown = {table.name for table in [*mine[:limit], *public[:limit]]}
    return answers.private_page(
        "tables/tables.html", me=me, mine=mine[:limit], mine_url=_next(mine, "mine"), public=public[:limit],
        public_url=_next(public, "after"), watching=site().watching.count(shown),
        typed=typed or {}, error=None if error is None else error.message,
        said_text=_SAID.get(request.args.get("c", ""), ""),
    )


def _next(found: list[Table], name: str) -> str | None:
    return f"/tables?{name}={quote(found[-2].name)}" if len(found) > TABLES_PER_PAGE else None
