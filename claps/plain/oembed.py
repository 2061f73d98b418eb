"""How a page is embedded, as oEmbed 1.0 tells it (https://oembed.com)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

CACHE_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Embedding:
    """What shows a page in another one: its HTML and the room it takes, in pixels."""

    url: str
    title_text: str
    html: str
    width: int
    height: int
    author_name: str = ""
    author_url: str = ""


def tell_embedding(
    found: Embedding, *, root: str, most_width: int | None = None, most_height: int | None = None
) -> dict[str, str | int]:
    """Tell how a page is embedded: type rich.

    :param root: the address of this site, without a slash at its end.
    :param most_width: the room there is; what shows the page fits itself into less.
    """
    told: dict[str, str | int] = {
        "version": "1.0", "type": "rich", "title": found.title_text, "url": found.url,
        "provider_name": "Claps", "provider_url": root, "cache_age": CACHE_SECONDS, "html": found.html,
        "width": min(found.width, most_width or found.width),
        "height": min(found.height, most_height or found.height),
    }
    if found.author_name:
        told |= {"author_name": found.author_name, "author_url": found.author_url}
    return told


def as_xml(told: Mapping[str, str | int]) -> str:
    """The same in XML."""
    lines = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in told.items())
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{lines}</oembed>\n'
