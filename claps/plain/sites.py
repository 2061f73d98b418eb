"""Other people's websites and their pages: what counts as one address, and what one may look like in a frame."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from claps.plain.errors import Invalid
from claps.plain.tallies import Tally

# How many sites one owner has, by how many origins each is reached, how long its name and an address may be.
SITES_PER_PERSON = 20
ORIGINS_PER_SITE = 20
SITE_NAME_LENGTH = 60
PAGE_URL_LENGTH = 500
# How many addresses of pages a site has, how many come into being in an hour, and by how many each page is known. An
# address can be invented by anybody, so these say what that may cost.
PAGES_PER_SITE = 20_000
PAGES_PER_HOUR = 500
ADDRESSES_PER_PAGE = 50
# How many pages one request may ask for, and how many stand on one page of the settings.
ADDRESSES_PER_REQUEST = 100
PAGES_SHOWN = 50
# What is taken away at a time of a site that is deleted.
CLOSE_ROWS = 200
# Of how many readers what they gave is carried from one page to another at a time; meanwhile the claps of a shard wait.
MERGE_READERS = 2_000

# Where a reader came from is no part of a page's address.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_hs(enc|mi)|ref_src", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?|\[[0-9a-f:.]+\]")
_PORTS = {"http": 80, "https": 443}
_UNWANTED = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a page is: its origin as browsers spell it, its path with what is asked for, and what tells it from others.

    Two addresses with the same ``key`` on one site are the same page.
    """

    origin: str
    path: str
    key: str

    @property
    def url(self) -> str:
        """The whole address."""
        return self.origin + self.path

    @property
    def shown(self) -> str:
        """The address as people read it."""
        return unquote(self.url.partition("://")[2]).rstrip("/")


@dataclass(frozen=True, slots=True)
class Site:
    """One website that somebody has registered, under every origin by which it is reached."""

    id: int
    owner_id: int
    name: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a site: the post that its claps are counted on."""

    post_id: int
    site_id: int
    url: str


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page with its counts and its other addresses, as its owner sees it."""

    page: Page
    tally: Tally
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PagesPart:
    """Some pages of a site; ``next_before`` is the number below which the next ones are, None at the end."""

    site: Site
    lines: tuple[PageLine, ...]
    total: int
    next_before: int | None = None


def read_address(text: str, *, field: str = "url") -> Address:
    """Read the address of a page.

    Scheme and host in small letters, a host of other letters as browsers send it (RFC 3490), no standard port, no
    dots in the path, escapes alike (RFC 3986, section 6). What only says where a reader came from is left out, and so
    is what follows a #. A slash at the end is not in the key.

    :param field: what the address is called where it was sent.
    :raises Invalid: it is none that a page on the web could have.
    """
    text = text.strip()
    if not text or len(text) > PAGE_URL_LENGTH or _UNWANTED.search(text):
        raise _refusal(field)
    try:
        parts = urlsplit(text)
        origin = _origin(parts.scheme, parts.hostname, parts.port)
    except ValueError:
        raise _refusal(field) from None
    if origin is None or "@" in parts.netloc:
        raise _refusal(field)
    path, query = _path(parts.path), _query(parts.query)
    asked = f"?{query}" if query else ""
    if len(origin + path + asked) > PAGE_URL_LENGTH:
        raise _refusal(field)
    return Address(origin, path + asked, (path.rstrip("/") or "/") + asked)


def read_origin(text: str, *, field: str = "origins") -> str:
    """Read an origin, also from the address of any of its pages, or from a bare host.

    :raises Invalid: it is none.
    """
    text = text.strip()
    return read_address(text if "://" in text else f"https://{text}", field=field).origin


def _origin(scheme: str, host: str | None, port: int | None) -> str | None:
    if scheme not in _PORTS or not host:
        return None
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = host.encode("idna").decode()
    if not _HOST.fullmatch(host) or len(host) > 190:
        return None
    return f"{scheme}://{host.rstrip('.')}" + ("" if port in (None, _PORTS[scheme]) else f":{port}")


def _path(path: str) -> str:
    # Also what is escaped is taken apart, so that no two spellings of one address are two pages.
    spelled = "/".join(map(_spell, path.split("/")))
    plain = posixpath.normpath("/" + spelled.lstrip("/"))
    return plain + "/" if spelled.endswith(("/", "/.", "/..")) and plain != "/" else plain


def _spell(segment: str) -> str:
    plain = unquote(segment, errors="surrogateescape")
    return quote(plain, safe=":@!$&'()*+,;=~", errors="surrogateescape")


def _query(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not _TRACKING.fullmatch(part.partition("=")[0]))


def _refusal(field: str) -> Invalid:
    return Invalid(field, f"A whole address of at most {PAGE_URL_LENGTH} characters, please: https://blog.example/post")
