"""Registering programs: where they may send people back to, and what they are let to ask for."""

from __future__ import annotations

from typing import Any

import pytest

from claps.acts.apps import (
    apps_of,
    change_secret,
    delete_app,
    find_app,
    has_secret,
    may_return_to,
    origin_of,
    register_app,
)
from claps.acts.passes import Passes
from claps.app import Core
from claps.plain.errors import Conflict, Invalid, NotFound
from claps.plain.people import Person
from claps.plain.permits import Program
from claps.store.apps import has_origin
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE
GOOD = (
    "https://reader.test/back?x=1", "https://reader.test:8443/back", "http://localhost/back",
    "http://127.0.0.1:8080/back", "http://[::1]/back", "test.reader.app:/back", "test.reader://back",
)
BAD = (
    "http://reader.test/back", "https://reader.test/back#part", "https://ada@reader.test/back", "https:///back",
    "javascript:alert(1)", "data:text/html,x", "reader:/back", "/back", "https://READER.test/back", "ftp://a.test/",
    "https://a;b.test/", "https://a.test,b/", "HTTPS://a.test/", "https://é.test/", 'https://a.test/"', "",
    "https://a.test:0/", "https:a.test/", "http://127.0.0.1.evil.test/", "https://a.test/" + "x" * 300,
    "https://a.test\\@evil.test/",
)
# What is registered, where an app wants people sent, and whether they are.
COMPARED = (
    ("http://127.0.0.1/back", "http://127.0.0.1:4321/back", True),
    ("http://127.0.0.1:80/back", "http://127.0.0.1:4321/back", True),
    ("http://[::1]/back", "http://[::1]:4321/back", True),
    ("http://localhost/back", "http://localhost:4321/back", False),
    ("http://127.0.0.1/back", "http://127.0.0.1:4321/other", False),
    ("http://127.0.0.1/back", "http://127.0.0.1:4321/back?x", False),
    ("http://127.0.0.1/back", "http://ada@127.0.0.1:4321/back", False),
    ("http://127.0.0.1/back", "http://127.0.0.1:99999/back", False),
    ("http://127.0.0.1/back", "https://127.0.0.1:4321/back", False),
    ("https://a.test/back", "https://a.test:4321/back", False),
    ("https://a.test/back", "https://a.test/back/", False),
    ("https://a.test/back", "https://[", False),
)


def register(core: Core, person: Person, uris: str = "https://reader.test/back", **changes: object) -> Program:
    """Register an app."""
    fields = {"name": " The  Reader ", "scopes": ["clap", "read"], "confidential": True, **changes}
    return register_app(core.database, person, redirect_uris=uris, **fields).app  # type: ignore[arg-type]


def test_an_app_is_its_owners(core: Core, ada: Person, ben: Person) -> None:
    app = register(core, ada)

    assert (app.name, app.scopes, app.redirect_uris) == ("The Reader", "read clap", ("https://reader.test/back",))
    assert (apps_of(core.database, ada), apps_of(core.database, ben)) == ([app], [])
    assert find_app(core.database, app.client_id) == app
    assert find_app(core.database, "no such thing") is None
    with pytest.raises(NotFound):
        delete_app(Passes(core.database, core.publish), ben, app.id)
    with pytest.raises(NotFound):
        change_secret(core.database, ben, app.id)


def test_a_new_secret_takes_the_place_of_the_old_one(core: Core, ada: Person) -> None:
    new = register_app(
        core.database, ada, name="Reader", redirect_uris="", scopes=["read"], confidential=True
    )

    secret = change_secret(core.database, ada, new.app.id)

    assert [has_secret(core.database, new.app, text) for text in (secret, new.secret or "", "")] == [True, False, False]


def test_one_without_a_secret_gets_none(core: Core, ada: Person) -> None:
    app = register(core, ada, confidential=False)

    assert not app.confidential and not has_secret(core.database, app, "")
    with pytest.raises(NotFound):
        change_secret(core.database, ada, app.id)


def test_a_deleted_app_leaves_nothing(core: Core, ada: Person) -> None:
    app = register(core, ada)

    delete_app(Passes(core.database, core.publish), ada, app.id)

    with core.database.reading():
        assert not has_origin("https://reader.test")
    assert find_app(core.database, app.client_id) is None


def test_people_are_sent_where_a_browser_keeps_it_to_itself(core: Core, ada: Person) -> None:
    for uri in GOOD:
        assert may_return_to(register(core, ada, uri), uri), uri


def test_people_are_sent_nowhere_else(core: Core, ada: Person) -> None:
    for uri in BAD:
        with pytest.raises(Invalid) as refused:
            register(core, ada, uri, confidential=False)
        assert refused.value.field == "redirect_uris", uri


def test_addresses_are_compared_letter_by_letter(core: Core, ada: Person) -> None:
    for known, uri, may in COMPARED:
        assert may_return_to(register(core, ada, known), uri) is may, uri


def test_what_cannot_be_used_is_said_with_its_field(core: Core, ada: Person) -> None:
    changes: list[tuple[dict[str, Any], str]] = [
        ({"name": "  "}, "name"), ({"name": "x" * 61}, "name"), ({"scopes": []}, "scopes"),
        ({"scopes": ["read", "everything"]}, "scopes"),
        ({"uris": " ".join(f"https://a.test/{number}" for number in range(11))}, "redirect_uris"),
    ]
    for changed, field in changes:
        with pytest.raises(Invalid) as refused:
            register(core, ada, **changed)
        assert refused.value.field == field


def test_nobody_has_more_apps_than_anybody_may(core: Core, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.acts.apps.APPS_PER_PERSON", 1)
    register(core, ada)

    with pytest.raises(Conflict):
        register(core, ada)


def test_origins_are_those_of_pages(core: Core, ada: Person) -> None:
    app = register(core, ada, "https://a.test/x https://a.test/y http://127.0.0.1:80/ test.reader.app:/back")

    with core.database.reading():
        found = [has_origin(origin, app.id) for origin in ("https://a.test", "http://127.0.0.1:80", "https://b.test")]
        assert not has_origin("https://a.test", app.id + 1)
    assert found == [True, True, False]
    assert origin_of("test.reader.app:/back") is None
