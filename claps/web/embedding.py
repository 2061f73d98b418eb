"""Which other websites may show what is made for them, and ask for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Response, request
from markupsafe import Markup, escape

from claps.plain.colours import ink_on, parse_colour
from claps.plain.errors import Malformed, Refused
from claps.plain.sites import Site
from claps.web import assets

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
FRAME_PIXELS = 56
THEMES = ("auto", "light", "dark")
_PALETTES = re.compile(r":root\s*\{([^}]*)\}")


class Look(NamedTuple):
    """How a frame looks on the page around it: a colour of its own or none, and light or dark."""

    color: str = ""
    theme: str = "auto"

    @property
    def asked(self) -> dict[str, str]:
        """What an address asks that wants this look."""
        return {name: value for name, value in self._asdict().items() if value and value != "auto"}

    @property
    def url(self) -> str:
        """The address of its style sheet."""
        return f"/embed/look.css?{urlencode(self.asked)}"


def spell_look(fields: Mapping[str, str]) -> tuple[str, str]:
    """Read colour and theme by whichever name they were given: ``color`` or ``colour``, ``theme`` or ``dark=1``."""
    dark = {"1": "dark", "0": "light"}.get(fields.get("dark", ""), "")
    return fields.get("color") or fields.get("colour", ""), fields.get("theme") or dark


def read_look(fields: Mapping[str, str]) -> Look:
    """Read how a frame shall look.

    :raises Invalid: the colour is none.
    :raises Malformed: there is no such theme.
    """
    color, theme = spell_look(fields)
    if theme not in ("", *THEMES):
        raise Malformed("theme", f"The themes are {', '.join(THEMES)}.")
    return Look(parse_colour(color) if color else "", theme or "auto")


def style_sheet(look: Look) -> str:
    """Say a look in the terms of our own style sheets, whose colours are all in one place."""
    light, dark = _palettes()
    rules = ""
    if look.theme != "auto":
        rules = f":root{{{light if look.theme == 'light' else dark};color-scheme:{look.theme}}}"
    if look.color:
        rules += f":root{{--accent:#{look.color};--on-accent:#{ink_on(look.color)}}}"
    return rules


@lru_cache(maxsize=1)
def _palettes() -> tuple[str, str]:
    light, dark = _PALETTES.findall((assets.load("css/tokens.css") or b"").decode())[:2]
    return light, dark


def framed(response: Response, site: Site | None) -> Response:
    """Let the pages of a site show this answer in a frame; of no site everybody may, because it says only that."""
    response.headers["Content-Security-Policy"] = POLICY + ("*" if site is None else ancestors_of(site))
    return response


def ancestors_of(site: Site) -> str:
    """Who may show in a frame what is about a page of a site, as a content policy has it."""
    return " ".join(("'self'", *site.origins))


def allow_origin(response: Response, site: Site) -> Response:
    """Let pages of a site read this answer; cookies are never let through."""
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is not None and origin in site.origins:
        response.headers["Access-Control-Allow-Origin"] = origin
    return response


def check_origin(site: Site) -> None:
    """See that a request that changes something comes from a page of the site, where a browser says from where.

    :raises Refused: it comes from elsewhere.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin not in site.origins and origin != request.host_url.rstrip("/"):
        raise Refused("This request came from a website that is not registered for it.")


def markup_for(root_url: str, url: str) -> dict[str, Markup]:
    """What an owner may put into a page, by name: the frame, the element, and the picture."""
    badge = f"{root_url}/badge.svg?{urlencode({'url': url})}"
    script = f'<script type="module" src="{escape(root_url)}/clap-button.js"></script>'
    return {
        "frame": frame_html(root_url, url), "element": Markup(f"{script}\n<clap-button></clap-button>"),
        "picture": Markup(f'<img src="{escape(badge)}" alt="Claps">'),
    }


def frame_html(root_url: str, url: str, **look: str) -> Markup:
    """The markup with which a page shows its applause, for its owner to copy.

    :param root_url: of this site, without a slash at its end.
    :param url: the page's address.
    :param look: ``color``, ``theme`` and ``canonical``, where they are wanted.
    """
    address = f"{root_url}/embed?{urlencode({'url': url, **look})}"
    style = "border:0;frame-sizing:content-height"
    return Markup(
        f'<iframe src="{escape(address)}" title="Applause" loading="lazy" width="100%" height="{FRAME_PIXELS}" '
        f'style="{style}"><a href="{escape(address)}">Clap for this page</a></iframe>'
    )
