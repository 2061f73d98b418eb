"""The home feed, and the Atom feeds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from flask import Flask

from claps.app import Core
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store.feeds import bring_posts_of
from claps.store.follows import add_follow
from claps.store.people import Person as PersonRow
from claps.store.posts import Post as PostRow
from claps.store.tags import set_tags
from tests.parts.inside import cool_down, publish, write_person
from tests.parts.queries import noting_queries
from tests.web.pages.conftest import Enter

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script> & “bells”\x0b ]]>"


def follow(core: Core, reader: Person, writer: Person) -> None:
    def write() -> None:
        add_follow(reader.id, writer.id, at=datetime.now(UTC))
        bring_posts_of(writer.id, reader.id, limit=50)

    core.database.transact(write)


def test_who_is_not_signed_in_is_sent_to_the_door(enter: Enter) -> None:
    answer = enter(None).get("/following")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/following")


def test_a_feed_shows_whom_one_follows_and_nobody_else(
    core: Core, enter: Enter, article: Post, ada: Person, ben: Person
) -> None:
    follow(core, ben, ada)
    cyd = write_person(core, "cyd")

    feed, others = enter(ben).get("/following"), enter(ada).get("/following")

    assert f'href="/posts/{article.id}/{article.slug}"' in feed.text
    assert f"topic=feed:{ben.id}:{article.id}&amp;since=n.0" in feed.text
    assert feed.headers["Cache-Control"] == "private, no-store"
    assert 'action="/write/note"' in feed.text
    assert article.slug in others.text  # it is her own
    assert "Follow somebody" in enter(cyd).get("/following").text


def test_a_feed_goes_on_behind_its_last_post(
    core: Core, enter: Enter, ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("claps.acts.posts", "claps.web.pages.feeds"):
        monkeypatch.setattr(f"{name}.LINES_PER_PAGE", 2)
    ids = [publish(core, ada).id for _ in range(3)]
    follow(core, ben, ada)

    first = enter(ben).get("/following").text
    second = enter(ben).get(f"/following?before={ids[1]}").text

    assert f'<a href="/following?before={ids[1]}" rel="next">Older posts</a>' in first
    assert re.findall(r'id="claps-(\d+)"', first + second) == [str(number) for number in ids[::-1]]
    assert 'rel="next"' not in second and "/write/note" not in second and "topic=feed" not in second
    assert enter(ben).get("/following?before=x").status_code == 400


def test_a_feed_page_takes_the_same_number_of_queries_however_long_it_is(
    app: Flask, core: Core, enter: Enter, ada: Person, ben: Person
) -> None:
    reader, counts = enter(ben), []
    follow(core, ben, ada)
    for posts in (1, 11):
        for _ in range(posts):
            publish(core, ada)
        core.database.transact(lambda: bring_posts_of(ada.id, ben.id, limit=50))
        drop_feed(app, ben)
        core.mending.read(range(1, 13))  # every shard has an epoch
        cool_down(core)

        with noting_queries() as queries:
            shown = reader.get("/following").text.count("<li>")

        counts.append((shown, len(queries)))

    assert [shown for shown, _ in counts] == [1, 12]
    assert counts[0][1] == counts[1][1]


def drop_feed(app: Flask, person: Person) -> None:
    app.extensions["claps-shelf"].changed(f"feed:{person.id}")


def test_a_feed_is_kept_for_the_one_it_is_for_until_it_changes(
    app: Flask, core: Core, enter: Enter, ada: Person, ben: Person
) -> None:
    bens, adas = enter(ben), enter(ada)
    first = {reader: reader.get("/following").text for reader in (bens, adas)}
    publish(core, ada)
    follow(core, ben, ada)

    with noting_queries() as queries:
        again = {reader: reader.get("/following").text for reader in (bens, adas)}

    assert (again, queries) == (first, [])
    assert ">Ben</a>" in first[bens] and ">Ada</a>" in first[adas]
    assert enter(None).get("/following").status_code == 303
    drop_feed(app, ben)
    assert "On bells" in bens.get("/following").text and adas.get("/following").text == first[adas]


@pytest.mark.parametrize("change", [
    ("/@ada/follow", {}), ("/write/note", {"body": "A bell."}), ("/settings/profile", {"display_name": "Benjamin"}),
    ("/notifications/mute", {"kind": "liked"}), ("/settings/leave", {"password": "x"}),
])
def test_what_one_does_oneself_shows_at_once(
    enter: Enter, ada: Person, ben: Person, change: tuple[str, dict[str, str]]
) -> None:
    reader = enter(ben)
    reader.get("/following")
    path, form = change
    assert reader.post(path, data=form).status_code in (303, 422)

    with noting_queries() as queries:
        reader.get("/following")

    assert bool(queries) == (path != "/settings/leave")  # a wrong password has changed nothing


def test_two_notes_from_one_kept_page_are_two_and_one_sent_twice_is_one(
    core: Core, enter: Enter, ben: Person
) -> None:
    reader = enter(ben)
    page = reader.get("/following").text
    found = re.search(r'name="key" value="(\w+)"', page)
    assert found is not None

    addresses = [
        reader.post("/write/note", data={"key": found[1], "body": body}).headers["Location"]
        for body in ("A bell.", "Another.", "A bell.")
    ]

    assert addresses[0] == addresses[2] != addresses[1]


def test_another_persons_feed_cannot_be_watched(enter: Enter, ada: Person, ben: Person) -> None:
    for reader in (enter(ben), enter(None)):
        assert reader.get(f"/live?topic=feed:{ada.id}:0&wait=0").status_code == 403


@pytest.fixture
def hostile(core: Core, article: Post, ada: Person) -> Post:
    """A post, a person and a tag with names that XML does not like."""
    def write() -> None:
        body_html = f"<p>{HOSTILE}</p><img src=\"/media/x.webp\">"
        PostRow.update(title=HOSTILE, summary=HOSTILE, body_html=body_html).execute()
        PersonRow.update(display_name="Ada & <Co>").where(PersonRow.id == ada.id).execute()
        set_tags(article.id, ["bells"])
        PostRow.update(tags="bells").execute()

    core.database.transact(write)
    return article


@pytest.mark.parametrize("path", ["/feed.atom", "/@ada/feed.atom", "/tags/bells/feed.atom"])
def test_an_atom_feed_is_valid_whatever_people_write(app: Flask, hostile: Post, path: str) -> None:
    answer = app.test_client().get(path, base_url="https://claps.example")

    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.text)
    # RFC 4287, 4.1.1 and 4.1.2: exactly one id, title and updated each, an author, and one link to itself.
    entry = feed.find(f"{ATOM}entry")
    assert feed.tag == f"{ATOM}feed" and entry is not None
    for element in (feed, entry):
        assert [len(element.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
        updated = datetime.fromisoformat(element.findtext(f"{ATOM}updated", ""))
        assert updated.tzinfo is not None
    assert feed.findtext(f"{ATOM}id") == f"https://claps.example{path}"
    assert [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"] == [
        f"https://claps.example{path}"
    ]
    assert entry.findtext(f"{ATOM}id") == f"https://claps.example/posts/{hostile.id}"
    assert entry.findtext(f"{ATOM}title") == HOSTILE.replace("\x0b", "")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Ada & <Co>"
    content = entry.find(f"{ATOM}content")
    assert content is not None and content.get("type") == "html" and (content.text or "").startswith("<p><script>")
    assert [category.get("term") for category in entry.findall(f"{ATOM}category")] == ["bells"]


def test_an_atom_feed_is_kept_for_each_name_of_the_site(app: Flask, article: Post) -> None:
    client = app.test_client()

    texts = [client.get("/feed.atom", base_url=f"https://{name}.example").text for name in ("one", "two", "one")]

    assert "https://two.example" not in texts[0] + texts[2] and "https://one.example" not in texts[1]
    mark = client.get("/feed.atom", base_url="https://one.example").headers["ETag"]
    again = client.get("/feed.atom", base_url="https://one.example", headers={"If-None-Match": mark})
    assert again.status_code == 304


def test_an_empty_site_has_an_atom_feed(app: Flask) -> None:
    feed = ElementTree.fromstring(app.test_client().get("/feed.atom").text)

    assert feed.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"
    assert feed.findall(f"{ATOM}entry") == []
