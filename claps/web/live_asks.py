"""What a request to ``/live`` says beside its topics: what it has seen of them, and how long it waits."""

from __future__ import annotations

from flask import request

from claps.plain.errors import Malformed
from claps.plain.limits import WAIT_SECONDS, WAIT_SECONDS_MOST


def seen_of(count: int) -> list[str]:
    """Read which version of each topic was seen, empty for none.

    :raises Malformed: there are more than topics.
    """
    seen = request.args.getlist("since")
    # A browser resumes an event stream at the address it had: what it has seen last is newer than that.
    resumed = request.environ.get("HTTP_LAST_EVENT_ID") or ("" if any(seen) else _entity_tag())
    if resumed:
        seen = resumed.split(",")
    if len(seen) > count:
        raise Malformed("since", "There are more “since” than topics.")
    return seen + [""] * (count - len(seen))


def _entity_tag() -> str:
    if "HTTP_IF_NONE_MATCH" not in request.environ:
        return ""
    tags = request.if_none_match.as_set(include_weak=True)
    return next(iter(tags)) if len(tags) == 1 else ""


def asked_seconds() -> float:
    """Read how long a long-poll waits.

    :raises Malformed: it is no number of seconds.
    """
    text = request.args.get("wait")
    if text is None:
        wanted = [part.strip() for part in request.headers.get("Prefer", "").split(",")]
        text = next((part[5:] for part in wanted if part.lower().startswith("wait=")), str(WAIT_SECONDS))
    if not text.isascii() or not text.isdecimal() or len(text) > 4:
        raise Malformed("wait", f"“wait” must be whole seconds from 0 to {WAIT_SECONDS_MOST}.")
    return min(int(text), WAIT_SECONDS_MOST)
