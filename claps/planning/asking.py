"""The options of ``claps plan``, and the load that they describe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from claps.planning.loads import Ack, Load, usual_changes, usual_comments, usual_page_views

Command = TypeVar("Command", bound=Callable[..., Any])
COUNT = click.IntRange(min=0, max=10**11)
RATE = click.FloatRange(min=0, max=1e9)
PERCENT = click.FloatRange(0, 100)
HOT_SHARE, CLAPS_PER_READER_SECOND = 0.1, 0.01

OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--readers", {"type": COUNT, "default": 100_000, "show_default": True, "help": "Who have a post open."}),
    ("--hot", {"type": COUNT, "show_default": "a tenth", "help": "Those of them who read one and the same post."}),
    ("--posts", {
        "type": click.IntRange(1, 10**11), "default": 10_000, "show_default": True, "help": "The others read so many.",
    }),
    ("--claps-per-second", {"type": RATE, "show_default": "one for 100 readers", "help": "Over all posts."}),
    ("--hot-claps", {"type": PERCENT, "default": 50.0, "show_default": True, "help": "Percent, for the one post."}),
    ("--socket-claps", {"type": PERCENT, "default": 0.0, "show_default": True, "help": "Percent, up a WebSocket."}),
    ("--long-poll", {"type": PERCENT, "default": 10.0, "show_default": True, "help": "Percent of the readers."}),
    ("--page-views-per-second", {"type": RATE, "show_default": "each stays three minutes"}),
    ("--comments-per-second", {"type": RATE, "show_default": "one for 1,000 views"}),
    ("--tables", {"type": COUNT, "default": 0, "show_default": True, "help": "Realtime tables."}),
    ("--watched-tables", {"type": COUNT, "show_default": "all", "help": "Those that somebody watches."}),
    ("--subscribers-per-table", {
        "type": click.IntRange(1, 10**9), "default": 100, "show_default": True, "help": "Of each watched one.",
    }),
    ("--changes-per-second", {"type": RATE, "show_default": "each watched table once a minute"}),
    ("--ack", {"type": click.Choice(["memory", "disk", "replica"]), "show_default": "CLAPS_ACK"}),
    ("--busy-hours", {
        "type": click.FloatRange(0.1, 24), "default": 8.0, "show_default": True,
        "help": "A day is worth so many hours of this load.",
    }),
    ("--by-topic", {"is_flag": True, "help": "Proxies send readers of one small topic to one machine."}),
    ("--publish-most", {
        "type": click.FloatRange(min=1), "show_default": "no bound, as it is",
        "help": "What if Redis published one post at most so often a second.",
    }),
    ("--files-per-worker", {"type": click.IntRange(1, 10**7), "default": 20_000, "show_default": True}),
)


def plan_options(command: Command) -> Command:
    """Give a command all options that describe a load."""
    for name, arguments in reversed(OPTIONS):
        command = click.option(name, **arguments)(command)
    return command


def load_of(numbers: Mapping[str, Any], *, ack: Ack, flush_seconds: float) -> Load:
    """Make a load of the options; what was left open is what is usual for so many readers.

    :raises Invalid: the numbers do not go together.
    """
    given = {name: value for name, value in numbers.items() if value is not None}
    readers = given["readers"]
    watched = given.get("watched_tables", given["tables"])
    views = given.get("page_views_per_second", usual_page_views(readers))
    usual = {
        "hot": round(readers * HOT_SHARE), "claps_per_second": readers * CLAPS_PER_READER_SECOND,
        "page_views_per_second": views, "comments_per_second": usual_comments(views), "watched_tables": watched,
        "changes_per_second": usual_changes(watched), "ack": ack, "flush_seconds": flush_seconds,
    }
    shares = {name: given[name] / 100 for name in ("hot_claps", "socket_claps", "long_poll")}
    return Load(**{**usual, **given, **shares})
