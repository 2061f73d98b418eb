"""Registering programs that ask others for leave."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from claps.acts.passes import Passes, digest_of
from claps.plain.errors import Conflict, Invalid, NotFound
from claps.plain.limits import APPS_PER_PERSON, PROGRAM_NAME_LENGTH, REDIRECT_LENGTH, REDIRECTS_PER_APP
from claps.plain.people import Person
from claps.plain.permits import SCOPES, Program, join_scopes
from claps.store import apps
from claps.store.database import Database

# Known by their beginning, so that programs which look for secrets in what people publish find them.
SECRET_MARK = "clapss_"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
# RFC 8252, section 7.1: a scheme of one's own is a domain turned round, so it has a dot.
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
_LETTERS = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_HOST = re.compile(r"([a-z0-9-]+(\.[a-z0-9-]+)*|\[::1\])(:[1-9][0-9]{0,4})?")
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class NewApp:
    """An app that was just registered, with the secret that nobody is shown again; None for one that keeps none."""

    app: Program
    secret: str | None


def register_app(
    database: Database, person: Person, *, name: str, redirect_uris: str, scopes: Iterable[str], confidential: bool
) -> NewApp:
    """Register a program.

    :param redirect_uris: the addresses to which people may be sent back, one a line; none for a program that speaks
        only for itself.
    :param scopes: all that it may ever ask for.
    :param confidential: it can keep a secret, as a program on a server does.
    :raises Invalid: a field is not usable; names its field.
    :raises Conflict: the person has as many as anybody may.
    """
    uris = _redirect_uris(redirect_uris, needed=not confidential)
    secret = SECRET_MARK + secrets.token_urlsafe(32) if confidential else None
    fields = {
        "client_id": secrets.token_urlsafe(18), "owner_id": person.id, "name": program_name(name),
        "redirect_uris": "\n".join(uris), "scopes": wanted_scopes(scopes),
        "secret_digest": None if secret is None else digest_of(secret),
    }

    def work() -> Program:
        if len(apps.apps_of(person.id)) >= APPS_PER_PERSON:
            raise Conflict(f"You have {APPS_PER_PERSON} apps: delete one first.")
        return apps.add_app(fields, (origin for origin in map(origin_of, uris) if origin))

    return NewApp(database.transact(work), secret)


def change_secret(database: Database, person: Person, app_id: int) -> str:
    """Give an app of one's own a new secret, and return it; the old one is good for nothing from then on.

    :raises NotFound: there is no such app, or it keeps no secret.
    """
    secret = SECRET_MARK + secrets.token_urlsafe(32)
    if not database.transact(lambda: apps.set_secret_digest(app_id, person.id, digest_of(secret))):
        raise NotFound("You have no app of that number that keeps a secret.")
    return secret


def delete_app(passes: Passes, person: Person, app_id: int) -> None:
    """Delete an app of one's own; all its tokens end.

    :raises NotFound: there is no such app.
    """
    if not passes.database.transact(lambda: apps.drop_app(app_id, person.id)):
        raise NotFound("You have no app of that number.")
    passes.forget_app(app_id)


def apps_of(database: Database, person: Person) -> list[Program]:
    """Read the apps that a person has registered, the newest first."""
    with database.reading():
        return apps.apps_of(person.id)


def find_app(database: Database, client_id: str) -> Program | None:
    """Find an app by the name it calls itself by."""
    if not _CLIENT_ID.fullmatch(client_id):
        return None
    with database.reading():
        found = apps.find_app(client_id)
    # MySQL finds "AB" for "ab".
    return found if found is not None and found.client_id == client_id else None


def has_secret(database: Database, app: Program, secret: str) -> bool:
    """Tell whether this is an app's secret, in a time that does not tell how much of it was right."""
    with database.reading():
        digest = apps.secret_digest_of(app.id)
    return digest is not None and hmac.compare_digest(digest, digest_of(secret))


def may_return_to(app: Program, uri: str) -> bool:
    """Tell whether people may be sent back to an address.

    It must be one that was registered, letter by letter. Only the port of a program on one's own machine may be
    another, because it takes one that is free (RFC 8252, section 7.3).
    """
    return uri in app.redirect_uris or any(_is_same_but_port(uri, known) for known in app.redirect_uris)


def origin_of(uri: str) -> str | None:
    """The origin of an address as browsers spell it; None for a scheme of a program's own."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else None


def program_name(text: str) -> str:
    """Read the name of a program or of a token.

    :raises Invalid: there is none, or it is too long.
    """
    name = " ".join(text.split())
    if not name or len(name) > PROGRAM_NAME_LENGTH:
        raise Invalid("name", f"A name of 1 to {PROGRAM_NAME_LENGTH} characters, please.")
    return name


def wanted_scopes(scopes: Iterable[str]) -> str:
    """Read which scopes were ticked.

    :raises Invalid: none was, or there is no such scope.
    """
    wanted = set(scopes)
    if not wanted or not wanted <= SCOPES.keys():
        raise Invalid("scopes", "Tick at least one thing that it may do.")
    return join_scopes(wanted)


def _redirect_uris(text: str, *, needed: bool) -> list[str]:
    uris = list(dict.fromkeys(text.split()))
    if needed and not uris:
        raise Invalid("redirect_uris", "Where are people sent back to? An address, please.")
    if len(uris) > REDIRECTS_PER_APP:
        raise Invalid("redirect_uris", f"At most {REDIRECTS_PER_APP} addresses, please.")
    for uri in uris:
        if not _is_usable(uri):
            raise Invalid(
                "redirect_uris",
                f"“{uri[:80]}” cannot be used: https://… without a # in it, http:// for one’s own machine only, or a "
                "scheme of your own with a dot in it, please.",
            )
    return uris


def _is_usable(uri: str) -> bool:
    # Schemes and hosts in small letters alone, as browsers send them: addresses are compared letter by letter.
    if len(uri) > REDIRECT_LENGTH or not _LETTERS.fullmatch(uri) or "#" in uri:
        return False
    scheme, _, rest = uri.partition(":")
    if scheme not in ("https", "http"):
        return _OWN_SCHEME.fullmatch(scheme) is not None
    host = re.split(r"[/?]", rest.removeprefix("//"), maxsplit=1)[0]
    if not rest.startswith("//") or not _HOST.fullmatch(host):
        return False
    return scheme == "https" or urlsplit(uri).hostname in _LOOPBACK


def _is_same_but_port(uri: str, known: str) -> bool:
    try:
        theirs, ours = urlsplit(uri), urlsplit(known)
        port = theirs.port
    except ValueError:
        return False
    # Not "localhost": another program may answer to that name (RFC 8252, section 8.3).
    if ours.scheme != "http" or ours.hostname not in ("127.0.0.1", "::1") or port is None:
        return False
    host = "[::1]" if ours.hostname == "::1" else ours.hostname
    return uri == ours._replace(netloc=f"{host}:{port}").geturl()
