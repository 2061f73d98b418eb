"""Every form of the platform: sent twice it does one thing, and neither five megabytes nor a script harm anybody."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from claps.acts.comments import Talk, comment
from claps.acts.errands import Errands
from claps.acts.flush import flush_all
from claps.acts.people import join
from claps.acts.publishing import Press, change, publish, withdraw
from claps.app import Core
from claps.plain.people import Person
from claps.plain.writing import Seen, Writing
from claps.store.database import Model
from claps.store.notifications import Notice, NoticeBox
from tests.web.pages.conftest import Enter

PASSWORD = "a few words in a row"
SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
KEY, OTHER_KEY = "a" * 16, "b" * 16
Form = Mapping[str, object]
# What ada sends; the numbers are those that the fixture makes. Where there are two, both are sent twice, in this order.
FORMS: dict[str, tuple[Form, ...]] = {
    "/posts/2/bookmark": ({}, {"undo": 1}),
    "/posts/2/like": ({}, {"undo": 1}),
    "/posts/1/comments": ({"body": "A question."}, {"body": "An answer.", "parent": 1}),
    "/posts/1/comments/close": ({}, {"undo": 1}),
    "/comments/1/edit": ({"body": "Other words."},),
    "/comments/1/remove": ({}, {"undo": 1}),
    "/comments/2/like": ({}, {"undo": 1}),
    "/settings/leave": ({"password": PASSWORD},),
    "/settings/stay": ({},),
    "/settings/password": ({"current": PASSWORD, "new": "quite other words now"},),
    "/settings/profile": ({"display_name": "Ada O", "bio": "Rings."},),
    "/write/images": ({"alt": "A bell"},),
    "/write/images/NAME/remove": ({}, {"undo": 1}),
    "/write/note": ({"key": KEY, "body": "A note."},),
    f"/write/{KEY}": (
        {"act": "save", "title": "Bells", "body": "Ding.", "tab": "t", "seen": ""},
        {"act": "publish", "title": "Bells", "body": "Ding.", "tab": "t", "seen": ""},
    ),
    f"/write/{OTHER_KEY}/put-back": ({},),
    "/write/post-1/withdraw": ({},),
    "/write/post-3/publish-again": ({},),
    "/write/post-1/revisions/1": ({},),
    "/notifications/read": ({"upto": 9},),
    "/notifications/1/read": ({}, {"undo": 1}),
    "/notifications/mute": ({"kind": "liked"}, {"kind": "liked", "undo": 1}),
    "/@ben/follow": ({}, {"undo": 1}),
    "/join": ({"name": "zoe", "display_name": "Zoe", "password": PASSWORD},),
    "/login": ({"name": "ada", "password": PASSWORD},),
    "/logout": ({},),
}
# A clap sent twice is two claps: whoever presses twice means it, up to fifty. The zip only reads. Sessions that were
# begun between two presses end with the second.
OTHERS = {"/posts/<int:post_id>/claps", "/settings/export", "/settings/sign-out"}
MODULES = (
    "posts", "claps", "likes", "bookmarks", "comments", "people", "sessions", "settings", "passwords", "export",
    "leaving", "write", "notes", "pieces", "media", "notifications",
)


@pytest.fixture
def ada(core: Core) -> Person:
    """Ada, who can sign in."""
    return join(core.database, "ada", "Ada", PASSWORD)


@pytest.fixture
def desk(core: Core, enter: Enter, ada: Person, ben: Person) -> FlaskClient:
    """Ada's browser: she has two posts, one of them withdrawn, Ben has one; both have commented on Ada's."""
    press = Press(core.database, Errands(core.database, {}), changed=lambda post_id: None)
    talk = Talk(core.database, core.ledger, core.publish, press.errands)
    writing = Writing("On bells", "", "bells", "Ding.")
    for writer in (ada, ben, ada):
        piece = publish(press, writer, secrets.token_hex(8), writing, seen=Seen())
    change(press, ada, 1, replace(writing, body="Dong."), seen=Seen(1))
    withdraw(press, ada, piece.id)
    post = enter(ada).application.extensions["claps"].library.get_post(1)
    for person in (ada, ben):
        comment(talk, person, post, body="Ding, indeed.")
    row = {"person_id": ada.id, "what": "clapped", "thing_id": 1, "turn": 1, "people": 1, "mark": 1, "at": "2026-11-21"}
    core.database.transact(lambda: (Notice.create(**row), NoticeBox.insert(person_id=ada.id, turn=1).execute()))
    return enter(ada)


def state_of(core: Core) -> dict[str, list[str]]:
    """Everything in SQL, after what was in Redis has been carried there; and what has been promised, however often."""
    flush_all(core.database, core.journal)
    # How far something has come, and when, is not what there is.
    tables, columns = {"journal_position", "notice_box"}, {"version", "saved_at", "due_at", "created_at"}
    with core.database.reading():
        return {
            model._meta.table_name: sorted(
                str({name: value for name, value in row.items() if name not in columns})
                for row in model.select().dicts()
            )
            for model in Model.__subclasses__()
            if model._meta.table_name not in tables and model.table_exists()
        }


def send(desk: FlaskClient, path: str, form: Form) -> int:
    """Send a form as a browser does, with a picture where one belongs."""
    data: dict[str, Any] = dict(form)
    if path == "/write/images":
        out = BytesIO()
        Image.new("RGB", (40, 30), "red").save(out, "PNG")
        data["picture"] = (BytesIO(out.getvalue()), "x.png")
    with desk.post(path, data=data, buffered=True) as answer:
        return answer.status_code


def prepare(desk: FlaskClient, path: str) -> str:
    """Do what comes before a form; return where it is sent."""
    if "NAME" in path:
        send(desk, "/write/images", {"alt": "A bell"})
        with desk.application.extensions["claps"].database.reading():
            [row] = Model.__subclasses__()[_index_of("image")].select()
        return path.replace("NAME", row.name)
    if OTHER_KEY in path:
        for act in ("save", "discard"):
            send(desk, f"/write/{OTHER_KEY}", {"act": act, "title": "Loaves", "body": "x", "tab": "t", "seen": ""})
    return path


def _index_of(table: str) -> int:
    return [model._meta.table_name for model in Model.__subclasses__()].index(table)


def test_no_form_is_forgotten_here(app: Flask) -> None:
    adapter = app.url_map.bind("claps.example")
    tried = {adapter.match(path, method="POST", return_rule=True)[0].rule for path in FORMS}

    rules = {
        rule.rule for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint.partition(".")[0] in MODULES
    }

    assert rules == tried | OTHERS


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_is_sent_twice_does_one_thing(core: Core, desk: FlaskClient, path: str) -> None:
    address = prepare(desk, path)
    for form in FORMS[path]:
        before = state_of(core)
        first = send(desk, address, form)
        once = state_of(core)
        second = send(desk, address, form)

        assert first in (200, 303) and second in (200, 303, 403, 409)
        assert state_of(core) == once
        assert once != before or path in ("/login", "/logout", "/settings/stay")


def test_five_megabytes_are_refused_and_nothing_is_written(core: Core, desk: FlaskClient) -> None:
    before = state_of(core)
    statuses = {}

    for path, forms in FORMS.items():
        statuses[path] = desk.post(path, data={**forms[-1], "more": "x" * 5_000_000}).status_code

    # Pictures may be as large; this was none.
    assert {path: status for path, status in statuses.items() if status != 413} == {"/write/images": 422}
    assert state_of(core) == before


PAGES = (
    "/", "/popular", "/following", "/@ada", "/@ben", "/@ada/followers", "/@ben/followers", "/@ada/following",
    "/posts/1", "/posts/2", "/posts/1?c=1", "/posts/1/likes", "/posts/1/hand", "/comments/1", "/comments/2",
    "/tags/bells", "/bookmarks", "/notifications", "/notifications/badge", "/settings", "/settings/leave", "/dashboard",
    "/write/drafts", "/write/images", f"/write/{KEY}", "/write/post-1", "/write/post-1/revisions",
    "/write/post-1/revisions/1", "/write/note", "/search?q=script", "/live/frame?topic=post:1", "/join", "/login",
)
QUERIES = ("c", "q", "before", "after", "next", "new", "undo", "key", "topic", "since")


def is_clean(text: str) -> bool:
    """Whether a page has nothing of the script but as text."""
    return "<script>alert" not in text and "<img src=x" not in text


def test_a_script_in_every_field_is_shown_as_text(core: Core, app: Flask, desk: FlaskClient) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answers = []
    for path, forms in FORMS.items():
        for form in forms:
            if path not in ("/logout", "/settings/leave", "/write/post-1/withdraw"):
                hostile = {name: value if name in ("act", "undo", "parent") else SCRIPT for name, value in form.items()}
                answers.append((path, desk.post(prepare(desk, path), data=hostile)))
    for field in ("title", "slug", "tags", "body"):
        form = {"act": "publish", "title": "Bells", "body": "Ding.", "tab": "t", "seen": "1.0", field: SCRIPT}
        answers.append((field, desk.post("/write/post-1", data=form)))
    app.extensions["claps-shelf"].changed("post:1", "post:2", "posts", "@ada", "@ben", "feeds")

    answers += [(path, desk.get(path)) for path in PAGES]
    for path in PAGES:
        answers += [(name, desk.get(path.partition("?")[0], query_string={name: SCRIPT})) for name in QUERIES]

    assert [path for path, answer in answers if not is_clean(answer.text) or answer.status_code >= 500] == []
    shown = [path for path, answer in answers if "&lt;script&gt;alert" in answer.text and path in PAGES]
    assert {"/@ada", "/posts/1", "/comments/1", "/settings", "/following"} <= set(shown)
