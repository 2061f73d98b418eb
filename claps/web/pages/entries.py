"""One table: its entries, live, and changing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from claps.acts import entries
from claps.acts.members import list_members
from claps.acts.tables import get_seat
from claps.plain.errors import ClapsError, Conflict, Invalid, NotFound, PreconditionFailed
from claps.plain.limits import ENTRIES_SHOWN, TTL_SECONDS_MOST
from claps.plain.tables import Entry, Page, Seat, entry_fields, is_utf8, table_topic
from claps.web import answers, identity
from claps.web.forms import sent
from claps.web.fragments import live_url
from claps.web.site import site
from claps.web.table_html import read_typed, row_id, typed_text

bp = Blueprint("entries", __name__)
_SAID = {
    "made": "This is your table.", "put": "Saved.", "deleted": "Deleted.", "in": "They are in.", "out": "They are out.",
    "members": "Only members may read this from now on.", "public": "Everybody may read this now.",
}


@bp.get("/tables/<name>")
def page(name: str) -> Response:
    """A table's entries by key (``after``, ``prefix``), one of them with its editor (``edit``)."""
    if answers.is_htmx() and "edit" in request.args:
        return _editor(name, request.args["edit"])
    return show_table(name)


@bp.post("/tables/<name>/put")
def put(name: str) -> Response:
    """Give a key a value (``key``, ``value``, ``ttl``): one that is ``new``, or that has still this ``version``."""
    fields = sent()
    try:
        entry = entries.put_entry(
            site().tables, identity.find_reader(), name, fields.get("key", ""), read_typed(fields.get("value", "")),
            ttl_seconds=_ttl(fields), if_match=fields.get("version"), if_none_match="new" in fields,
        )
    except (Invalid, Conflict) as error:
        if answers.wants_json():
            raise
        return _refuse(name, fields, error)
    if answers.is_htmx():
        values = {"entry": entry_fields(entry), "is_new": "new" in fields, "said_text": "Saved."}
        return make_response(render_template("tables/_answer.html", name=name, **values))
    return _back(name, "put", entry.key, fields.get("here", ""))


@bp.post("/tables/<name>/delete")
def delete(name: str) -> Response:
    """Delete an entry (``key``); one that is gone already is gone."""
    key = sent().get("key", "")
    try:
        entries.delete_entry(site().tables, identity.find_reader(), name, key)
    except NotFound:
        get_seat(site().tables, identity.find_reader(), name)
    if answers.is_htmx():
        return make_response(render_template("tables/_said.html", key=key, said_text="Deleted."))
    return _back(name, "deleted")


def show_table(
    name: str, *, edited: dict[str, Any] | None = None, typed: Mapping[str, str] | None = None,
    error: ClapsError | None = None, member_error: ClapsError | None = None, member_name: str = "",
) -> Response:
    """The page of one table.

    :param edited: the entry whose editor is open, with what was typed and why it was refused.
    :param typed: what was typed as a new entry, and ``error`` why it was refused.
    """
    reader, kit = identity.find_reader(), site().tables
    seat = get_seat(kit, reader, name)
    after, prefix = _text("after"), _text("prefix")
    shown = entries.list_entries(kit, reader, name, prefix=prefix, after=after, limit=ENTRIES_SHOWN)
    if edited is None and "edit" in request.args and seat.may_write:
        edited = _edited(entries.get_entry(kit, reader, name, request.args["edit"]))
    refused = error or member_error or (edited or {}).get("refused")
    response = answers.private_page(
        "tables/table.html", me=identity.find_person(), seat=seat, after=after, prefix=prefix, edited=edited,
        entries=_rows(shown, edited), last_key=shown.entries[-1].key if shown.entries else "",
        typed=typed or {}, errors={} if error is None else {_field_of(error): _why(error, True)},
        members=list_members(kit, reader, name) if seat.owns and not seat.table.scratch else None,
        member_error=member_error and member_error.message, member_name=member_name,
        watching=site().watching.count([name]).get(name), said_text=_SAID.get(request.args.get("c", ""), ""),
        live_url=live_url([(table_topic(name), str(shown.version))]), **_addresses(seat, shown, after, prefix),
    )
    return make_response(response, answers.status_of(refused) if refused else 200)


def _rows(shown: Page, edited: dict[str, Any] | None) -> list[dict[str, Any]]:
    rows = [entry_fields(entry) for entry in shown.entries]
    # What is edited stands on the page wherever it would be.
    if edited is not None and all(row["key"] != edited["entry"]["key"] for row in rows):
        rows.insert(0, edited["entry"])
    return rows


def _addresses(seat: Seat, shown: Page, after: str, prefix: str) -> dict[str, str | None]:
    path, narrowed = f"/tables/{seat.table.name}", {"prefix": prefix} if prefix else {}
    here = {**narrowed, **({"after": after} if after else {})}
    further = {**narrowed, "after": shown.next_after or ""}
    return {
        "here": f"&{urlencode(here)}" if here else "",
        "next_url": f"{path}?{urlencode(further)}" if shown.next_after is not None else None,
        "first_url": path + (f"?{urlencode(narrowed)}" if narrowed else "") if after else None,
    }


def _editor(name: str, key: str) -> Response:
    entry = entries.get_entry(site().tables, identity.find_reader(), name, key)
    once = f'<hx-partial hx-target="#{row_id(key)}-editor" hx-swap="delete"></hx-partial>'
    return make_response(once + render_template("tables/_editor.html", name=name, here="", **_edited(entry)))


def _edited(entry: Entry) -> dict[str, Any]:
    left = None if entry.expires_at is None else (entry.expires_at - datetime.now(UTC)).total_seconds()
    typed = {"value": typed_text(entry.value), "ttl": "" if left is None else str(max(1, round(left)))}
    return {"entry": entry_fields(entry), "typed": typed, "error": None}


def _refuse(name: str, fields: Mapping[str, str], error: ClapsError) -> Response:
    key, status = fields.get("key", ""), answers.status_of(error)
    current = error.current if isinstance(error, PreconditionFailed) else None
    is_new = "new" in fields
    said = _why(error, is_new)
    if answers.is_htmx():
        hint_id = "add-hint" if is_new else f"{row_id(key)}-hint"
        version = None if is_new or current is None else current["version"]
        values = {"hint_id": hint_id, "said_text": said, "version": version, "key": key}
        return make_response(render_template("tables/_refused.html", **values), status)
    if is_new:
        return show_table(name, error=error, typed=fields)
    entry = current or entry_fields(entries.get_entry(site().tables, identity.find_reader(), name, key))
    edited = {"entry": entry, "typed": fields, "error": said, "refused": error}
    return show_table(name, edited=edited)


def _why(error: ClapsError, is_new: bool) -> str:
    if not isinstance(error, PreconditionFailed):
        return error.message
    if is_new:
        return "There is such a key already: edit it below."
    if error.current is None:
        return "It was deleted meanwhile."
    return "Somebody has changed it meanwhile. Save again to put yours in its place."


def _field_of(error: ClapsError) -> str:
    return error.field if isinstance(error, Invalid) else "key"


def _ttl(fields: Mapping[str, str]) -> int | None:
    text = fields.get("ttl", "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not int(text):
        raise Invalid("ttl", f"A time to live has 1 to {TTL_SECONDS_MOST:,} seconds; leave it empty for ever.")
    return int(text)


def _text(name: str) -> str:
    text = request.args.get(name, "")
    return text if is_utf8(text) and "\0" not in text else ""


def _back(name: str, said: str, key: str = "", here: str = "") -> Response:
    rest = here if here.startswith("&") and here.isprintable() else ""
    return answers.see_other(f"/tables/{name}?c={said}{rest}" + (f"#{row_id(key)}" if key else ""))
