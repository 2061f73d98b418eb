"""The entries of realtime tables for programs: read, written, counted up, many at once, and what has changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from claps.acts import entries
from claps.live.messages import dump, news_messages
from claps.plain.errors import ClapsError, Invalid
from claps.plain.limits import BATCH_BYTES, ENTRIES_PER_PAGE, ENTRIES_PER_PAGE_MOST, TABLE_EVENTS_TOLD
from claps.plain.operations import Operation, Written, read_number, read_operation
from claps.plain.tables import Entry, entry_fields
from claps.plain.versions import parse_version
from claps.web import identity
from claps.web.api import asked
from claps.web.api.described import describe
from claps.web.api.errors import answer_problem
from claps.web.api.once import once
from claps.web.api.table_schemas import (
    ENTRIES,
    INCREMENT,
    NEW_TTL,
    OPERATIONS,
    SINCE,
    TTL,
    VALUE,
    BatchSchema,
    ChangeSchema,
    EntrySchema,
    GoneSchema,
)
from claps.web.bearer import cover
from claps.web.site import site

bp = Blueprint("api-entries", __name__, url_prefix="/api/v1/tables/<name>")
bp.register_error_handler(ClapsError, answer_problem)
cover(bp, "tables")
bp.before_request(asked.check_utf8)


class KeyConverter(BaseConverter):
    """A key: everything up to the end, slashes and line ends and all."""

    regex = r"[\s\S]+"
    part_isolating = False


@bp.record_once
def _add_converter(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["key"] = KeyConverter


@bp.get("/entries")
@describe(gives=EntrySchema, lists=True, query=ENTRIES, everybody=True)
def list_entries(name: str) -> Response:
    """Entries in the order of their keys: those that begin with ``prefix``, behind ``after``."""
    limit = asked.number_of("limit", default=ENTRIES_PER_PAGE, most=ENTRIES_PER_PAGE_MOST)
    prefix, after = request.args.get("prefix", ""), request.args.get("after", "")
    page = entries.list_entries(
        site().tables, identity.find_reader(), name, prefix=prefix, after=after, limit=limit
    )
    response = _told([entry_fields(entry) for entry in page.entries])
    # What one watches from: everything that is not in these pages is told behind it.
    response.headers["Table-Version"] = str(page.version)
    if page.next_after is not None:
        begin = f"prefix={quote(prefix, safe='')}&" if prefix else ""
        address = f"{request.base_url}?{begin}after={quote(page.next_after, safe='')}&limit={limit}"
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response


@bp.get("/entries/<key:key>", merge_slashes=False)
@describe(gives=EntrySchema, everybody=True)
def show(name: str, key: str) -> Response:
    """One entry; its ``ETag`` is its version."""
    response = _entry(entries.get_entry(site().tables, identity.find_reader(), name, key))
    response.make_conditional(request)
    return response


@bp.put("/entries/<key:key>", merge_slashes=False)
@describe(gives=EntrySchema, body=VALUE, query=TTL, also=201)
def put(name: str, key: str) -> Response:
    """Give a key the value that is the body; ``?ttl=60`` lets it live for a minute, without it for ever."""
    return _written(name, Operation(
        "put", key, asked.json_body(), ttl_seconds=asked.ttl_of(), if_match=asked.if_match(),
        if_none_match=asked.if_none_match(),
    ))


@bp.patch("/entries/<key:key>", merge_slashes=False)
@describe(gives=EntrySchema, query=NEW_TTL)
def set_ttl(name: str, key: str) -> Response:
    """Let an entry live for so long from now (``?ttl=60``), or for ever (``?ttl=none``); its value stays."""
    if "ttl" not in request.args:
        raise Invalid("ttl", "Say how long: ?ttl=60, or ?ttl=none.")
    seconds = None if request.args["ttl"] == "none" else asked.ttl_of()
    return _written(name, Operation("ttl", key, ttl_seconds=seconds, if_match=asked.if_match()))


@bp.delete("/entries/<key:key>", merge_slashes=False)
@describe(gives=GoneSchema)
def delete(name: str, key: str) -> Response:
    """Delete an entry; the answer says the table's version after it."""
    return _written(name, Operation("delete", key, if_match=asked.if_match()))


@bp.post("/entries/<key:key>/increment", merge_slashes=False)
@describe(gives=EntrySchema, body=INCREMENT, query=TTL, also=201)
@once
def increment(name: str, key: str) -> Response:
    """Add to a number: ``{"by": 5}``, or 1 without a body; where there is none it is 0. A time to live stays."""
    by = asked.object_body("by").get("by", 1) if asked.has_body() else 1
    return _written(name, Operation(
        "increment", key, by=read_number(by), ttl_seconds=asked.ttl_of(), if_match=asked.if_match()
    ))


@bp.post("/batch")
@describe(gives=BatchSchema, body=OPERATIONS)
@once
def run_batch(name: str) -> Response:
    """Do up to a hundred operations in their order, all or none: ``{"operations": [{"op": "put", "key": …}, …]}``."""
    body = asked.json_body(most_bytes=BATCH_BYTES)
    told = body.get("operations") if isinstance(body, dict) and len(body) == 1 else None
    if not isinstance(told, list):
        raise Invalid("operations", "A batch is an object with a list of “operations”.")
    operations = [read_operation(one) for one in told]
    done = entries.run_batch(site().tables, identity.find_reader(), name, operations)
    return _told({"version": str(done[-1].version), "results": [_result(one) for one in done]})


@bp.get("/changes")
@describe(gives=ChangeSchema, lists=True, query=SINCE, everybody=True)
def changes(name: str) -> Response:
    """What came behind the version ``since``, as ``/live`` tells it; ``resync`` where that is not kept any more."""
    since = parse_version(request.args.get("since", ""))
    news = entries.changes_since(site().tables, identity.find_reader(), name, since)
    response = _told(news_messages(news) if news.events or news.resync else [])
    response.set_etag(str(news.version))
    if len(news.events) == TABLE_EVENTS_TOLD:
        response.headers["Link"] = f'<{request.base_url}?since={news.version}>; rel="next"'
    return response


def _written(name: str, operation: Operation) -> Response:
    (done,) = entries.run_batch(site().tables, identity.find_reader(), name, [operation])
    if done.entry is None:
        return _told({"key": done.key, "version": str(done.version)})
    return _entry(done.entry, status=201 if done.is_new else 200)


def _result(done: Written) -> dict[str, Any]:
    if done.entry is None:
        return {"op": done.op, "key": done.key, "version": str(done.version)}
    return {"op": done.op, **entry_fields(done.entry)}


def _entry(entry: Entry, *, status: int = 200) -> Response:
    response = _told(entry_fields(entry), status=status)
    response.set_etag(str(entry.version))
    return response


def _told(value: Any, *, status: int = 200) -> Response:
    response = Response(dump(value), status, content_type="application/json")
    # Whoever asks again with the version may be told that it is the same.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie, Authorization"
    return response
