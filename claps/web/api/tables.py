"""Realtime tables for programs: making them, finding them, and saying who may do what."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from claps.acts import members, tables
from claps.live.messages import dump
from claps.plain.errors import ClapsError, Invalid, SignInFirst
from claps.plain.limits import TABLES_PER_PAGE
from claps.plain.tables import Member, Table, moment_text
from claps.web import identity
from claps.web.api import asked
from claps.web.api.described import describe
from claps.web.api.errors import answer_problem
from claps.web.api.once import once
from claps.web.api.table_schemas import CHANGED_TABLE, NEW_TABLE, ROLE, TABLES, MemberSchema, SeatSchema, TableSchema
from claps.web.bearer import cover
from claps.web.site import site

bp = Blueprint("api-tables", __name__, url_prefix="/api/v1/tables")
bp.register_error_handler(ClapsError, answer_problem)
cover(bp, "tables")
bp.before_request(asked.check_utf8)


@bp.get("")
@describe(gives=TableSchema, lists=True, query=TABLES, everybody=True)
def mine() -> Response:
    """The tables that one owns or is let into, by name; with ``of=everybody`` those that everybody may read."""
    after = request.args.get("after", "")
    limit = asked.number_of("limit", default=TABLES_PER_PAGE, most=TABLES_PER_PAGE)
    if request.args.get("of") == "everybody":
        return _listed(tables.list_public(site().tables, after=after, limit=limit), limit, more="&of=everybody")
    reader = identity.find_reader()
    if reader is None:
        raise SignInFirst("These are one’s own tables: sign in, or ask with ?of=everybody.")
    return _listed(tables.list_mine(site().tables, reader, after=after, limit=limit), limit)


@bp.post("")
@describe(gives=SeatSchema, body=NEW_TABLE, status=201)
@once
def create() -> Response:
    """Make a table: ``{"name": "prices", "visibility": "members"}``, or ``{"scratch": true}`` to try things out."""
    body = asked.object_body("name", "visibility", "scratch")
    if body.get("scratch"):
        if len(body) > 1:
            raise Invalid("scratch", "A table to try out gets its name from the site, and whoever has it may write.")
        table = tables.create_scratch(site().tables, identity.some_reader())
    else:
        person = identity.find_person()
        if person is None:
            raise SignInFirst('Sign in to make a table. Everybody may try one out: {"scratch": true}.')
        name, visibility = asked.text_in(body, "name"), asked.text_in(body, "visibility", "public")
        table = tables.create_table(site().tables, person, name, visibility=visibility)
    response = _told(table_fields(table) | {"role": "owner"}, status=201)
    response.headers["Location"] = f"{bp.url_prefix}/{table.name}"
    return response


@bp.get("/<name>")
@describe(gives=SeatSchema, everybody=True)
def show(name: str) -> Response:
    """One table, and what one is in it; ``role`` is null for who is no member."""
    seat = tables.get_seat(site().tables, identity.find_reader(), name)
    return _told(table_fields(seat.table) | {"role": seat.role})


@bp.patch("/<name>")
@describe(gives=SeatSchema, body=CHANGED_TABLE)
def change(name: str) -> Response:
    """Let everybody read a table, or members only: ``{"visibility": "members"}``."""
    visibility = asked.text_in(asked.object_body("visibility"), "visibility")
    reader = identity.find_reader()
    tables.set_visibility(site().tables, reader, name, visibility)
    return show(name)


@bp.delete("/<name>")
@describe(status=204)
def delete(name: str) -> Response:
    """Delete a table with all that is in it."""
    tables.delete_table(site().tables, identity.find_reader(), name)
    return _nothing()


@bp.get("/<name>/members")
@describe(gives=MemberSchema, lists=True)
def list_members(name: str) -> Response:
    """Who is let into a table; its owner is not among them."""
    found = members.list_members(site().tables, identity.find_reader(), name)
    return _told([_member_fields(member) for member in found])


@bp.put("/<name>/members/<person>")
@describe(gives=MemberSchema, body=ROLE)
def set_member(name: str, person: str) -> Response:
    """Let a person in, or let them be something else: ``{"role": "editor"}``."""
    role = asked.text_in(asked.object_body("role"), "role")
    return _told(_member_fields(members.set_member(site().tables, identity.find_reader(), name, person, role)))


@bp.delete("/<name>/members/<person>")
@describe(status=204)
def remove_member(name: str, person: str) -> Response:
    """Let a person out; everybody may let themselves out."""
    members.remove_member(site().tables, identity.find_reader(), name, person)
    return _nothing()


def table_fields(table: Table) -> dict[str, Any]:
    """A table as programs are told of it."""
    told = {
        "name": table.name, "visibility": table.visibility, "scratch": table.scratch, "version": str(table.version),
        "entries": table.entries, "bytes": table.bytes, "created_at": moment_text(table.created_at),
    }
    if table.expires_at is not None:
        told["expires_at"] = moment_text(table.expires_at)
    return told


def _listed(found: Sequence[Table], limit: int, more: str = "") -> Response:
    response = _told([table_fields(table) for table in found])
    if len(found) == limit:
        address = f"{request.base_url}?after={quote(found[-1].name)}&limit={limit}{more}"
        response.headers["Link"] = f'<{address}>; rel="next"'
    response.headers["Cache-Control"] = "private, no-cache"
    # Weak: compressed, it is the same.
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:16], weak=True)
    response.make_conditional(request)
    return response


def _member_fields(member: Member) -> dict[str, Any]:
    return {"name": member.person.name, "display_name": member.person.display_name, "role": member.role}


def _told(value: Any, *, status: int = 200) -> Response:
    response = Response(dump(value), status, content_type="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _nothing() -> Response:
    return Response(status=204)
