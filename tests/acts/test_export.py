"""Taking out what is one's own: all of it, nothing of others', a page at a time."""

from __future__ import annotations

import json
from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image

from claps.acts.bookmarks import keep
from claps.acts.claps import clap
from claps.acts.comments import Talk, comment, like_comment
from claps.acts.entries import put_entry
from claps.acts.errands import Errands
from claps.acts.export import export
from claps.acts.flush import flush_all
from claps.acts.follows import follow
from claps.acts.images import add_image
from claps.acts.likes import like
from claps.acts.parcels import Parcel
from claps.acts.publishing import Press, change, publish, withdraw
from claps.acts.shares import revoke, share
from claps.acts.tables import Tables, create_table
from claps.acts.writing import save_draft
from claps.app import Core
from claps.plain.errors import TooMany
from claps.plain.limits import EXPORT_TEXTS
from claps.plain.people import Person, Reader
from claps.plain.posts import Post
from claps.plain.sites import read_address
from claps.plain.writing import Seen, Writing
from claps.store.calm import set_calm_person, set_calm_post
from claps.store.site_pages import add_address, add_page
from claps.store.sites import add_site
from claps.store.webhooks import add_webhook
from tests.parts import inside
from tests.parts.inside import ON_SQLITE
from tests.parts.queries import noting_queries

ROOT = "https://claps.example"
BELLS = Writing("On “bells”", "on-bells", "bells bread", "Ding *dong*.\n")
KEY, OTHER_KEY, DRAFT_KEY = "0123456789abcdef", "fedcba9876543210", "00000000000000aa"


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """Where zips are made, and where pictures are."""
    return {"folder": tmp_path / "exports", "media": tmp_path / "media"}


@pytest.fixture
def talk(core: Core) -> Talk:
    """What comments need; nobody runs the errands."""
    return Talk(core.database, core.ledger, core.publish, Errands(core.database, {}))


@pytest.fixture
def press(core: Core) -> Press:
    """What publishes."""
    return Press(core.database, Errands(core.database, {}), changed=lambda post_id: None)


def open_zip(parcel: Parcel) -> ZipFile:
    """Take a parcel whole, as it is sent."""
    with closing(parcel):
        data = b"".join(parcel.blocks())
    assert len(data) == parcel.size_bytes
    found = ZipFile(BytesIO(data))
    assert found.testzip() is None
    return found


def rows_in(found: ZipFile, name: str) -> list[dict[str, Any]]:
    """Read one of the lists."""
    rows: list[dict[str, Any]] = json.loads(found.read(f"{name}.json"))
    return rows


def picture() -> bytes:
    """A small picture as it is sent."""
    out = BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 20)).save(out, "PNG")
    return out.getvalue()


def test_what_one_has_written_is_there_as_it_was_written(
    core: Core, press: Press, ada: Person, folders: dict[str, Path]
) -> None:
    piece = publish(press, ada, KEY, BELLS, seen=Seen())
    change(press, ada, piece.id, Writing("On bells", "on-bells", "bells", "Dong. 🔔"), seen=Seen(1))
    gone = publish(press, ada, OTHER_KEY, Writing("Gone", "gone", "", "Not meant."), seen=Seen())
    withdraw(press, ada, gone.id)
    save_draft(core.database, ada, DRAFT_KEY, Writing("Later", "", "", "Perhaps."), seen=Seen(), tab="one")
    image = add_image(core.database, folders["media"], ada, picture(), alt="A bell")

    found = open_zip(export(core.database, ada, root=ROOT, **folders))

    text = found.read(f"posts/{piece.id}-on-bells.md").decode()
    assert text.endswith("---\n\nDong. 🔔\n")
    facts = dict(line.split(": ", 1) for line in text.split("---\n")[1].splitlines())
    assert json.loads(facts["url"]) == f"{ROOT}/posts/{piece.id}/on-bells"
    read = [json.loads(facts[name]) for name in ("title", "tags", "claps", "withdrawn")]
    assert read == ["On bells", ["bells"], 0, False]
    assert [(row["id"], row["withdrawn"]) for row in rows_in(found, "posts")] == [(piece.id, False), (gone.id, True)]
    assert 'title: "On “bells”"' in found.read(f"revisions/{piece.id}-on-bells/1.md").decode()
    assert found.read(f"drafts/{DRAFT_KEY}.md").decode().endswith("Perhaps.\n")
    assert found.read(f"pictures/{image.name}")[:4] == b"RIFF"
    assert [row["alt"] for row in rows_in(found, "pictures")] == ["A bell"]


def test_what_one_gave_and_kept_is_there_and_nothing_of_others(
    core: Core, talk: Talk, ada: Person, ben: Person, article: Post, folders: dict[str, Path]
) -> None:
    for reader, times in ((ben, 7), (inside.write_person(core, "cyd"), 3)):
        said = comment(talk, reader, article, body=f"From {reader.name}.")
        clap(core.ledger, Reader(reader.id), article, times=times)
        like(core.ledger, Reader(reader.id), article)
        keep(core.database, reader, article)
        follow(core.database, reader, ada)
    like_comment(talk, Reader(ben.id), said, liked=True)
    flush_all(core.database, core.journal)

    found = open_zip(export(core.database, ben, root=ROOT, **folders))

    names = ("comments", "claps", "likes", "bookmarks", "follows", "comment_likes")
    told = {name: rows_in(found, name) for name in names}
    assert {name: len(rows) for name, rows in told.items()} == dict.fromkeys(told, 1)
    assert (told["claps"][0]["claps"], told["claps"][0]["title"]) == (7, "On bells")
    assert told["claps"][0]["url"] == f"{ROOT}/posts/{article.id}/on-bells"
    assert (told["follows"][0]["name"], told["comment_likes"][0]["comment_id"]) == ("ada", said.id)
    assert told["comments"][0]["body"] == "From ben."
    assert "From ben." in found.read("comments.md").decode() and b"From cyd." not in found.read("comments.md")
    assert json.loads(found.read("profile.json"))["following"] == 1
    assert "posts.json" not in found.namelist()


def test_links_to_figures_and_hidden_numbers_are_there_and_no_secret(
    core: Core, ada: Person, ben: Person, article: Post, folders: dict[str, Path]
) -> None:
    open_post, others = inside.publish(core, ada), inside.publish(core, ben)
    for writer, post in ((ada, article), (ben, others)):
        share(core.database, writer, post)
        core.database.transact(partial(set_calm_post, post.id, is_calm=True))
    revoke(core.database, ada, article)
    share(core.database, ada, article)
    core.database.transact(lambda: set_calm_person(ada.id, is_calm=True))

    found = open_zip(export(core.database, ada, root=ROOT, **folders))

    links = rows_in(found, "shares")
    assert [(row["post_id"], row["revoked_at"] is None, row["title"]) for row in links] == [
        (article.id, False, "On bells"), (article.id, True, "On bells"),
    ]
    assert set(links[0]) == {"id", "post_id", "made_at", "revoked_at", "title", "url"}
    assert [(row["id"], row["calm"]) for row in rows_in(found, "posts")] == [(article.id, True), (open_post.id, False)]
    assert json.loads(found.read("profile.json"))["calm"] is True


def test_ones_websites_are_there_with_their_pages(core: Core, ada: Person, folders: dict[str, Path]) -> None:
    url, old = "https://blog.example/post", read_address("https://blog.example/old")

    def work() -> int:
        site = add_site(ada.id, "Blog", ["https://blog.example"])
        page = add_page(ada.id, site.id, read_address(url))
        add_address(site.id, page.post_id, old)
        return page.post_id

    post_id = core.database.transact(work)
    found = open_zip(export(core.database, ada, root=ROOT, **folders))

    [site], [page] = rows_in(found, "websites"), rows_in(found, "website_pages")
    assert (site["name"], site["origins"]) == ("Blog", ["https://blog.example"])
    assert (page["id"], page["url"], page["addresses"]) == (post_id, url, [old.url, url])
    assert "posts.json" not in found.namelist()


def test_ones_webhooks_are_there_without_what_their_secrets_are_made_from(
    core: Core, ada: Person, folders: dict[str, Path]
) -> None:
    events = ["person.followed", "table.changed"]
    core.database.transact(lambda: add_webhook(ada.id, "https://hooks.test/", ROOT, events, ["prices"]))

    [row] = rows_in(open_zip(export(core.database, ada, root=ROOT, **folders)), "webhooks")

    assert (row["url"], row["topics"], bool(row["is_on"])) == ("https://hooks.test/", ["table:prices"], True)
    assert set(row) == {"id", "url", "events", "is_on", "created_at", "topics"}


@ON_SQLITE
def test_what_another_has_withdrawn_is_not_told_on(
    core: Core, press: Press, ada: Person, ben: Person, article: Post, folders: dict[str, Path]
) -> None:
    keep(core.database, ben, article)
    withdraw(press, ada, article.id)

    [row] = rows_in(open_zip(export(core.database, ben, root=ROOT, **folders)), "bookmarks")

    assert (row["title"], row["url"]) == (None, f"{ROOT}/posts/{article.id}")


@ON_SQLITE
def test_many_posts_are_read_a_page_at_a_time(
    core: Core, ada: Person, ben: Person, folders: dict[str, Path]
) -> None:
    posts = [inside.publish(core, ada) for _ in range(2 * EXPORT_TEXTS + 1)]
    with noting_queries() as few:
        open_zip(export(core.database, ben, root=ROOT, **folders))

    with noting_queries() as many:
        found = open_zip(export(core.database, ada, root=ROOT, **folders))

    assert [row["id"] for row in rows_in(found, "posts")] == [post.id for post in posts]
    assert count_reads(many) - count_reads(few) == 2


@ON_SQLITE
def test_ones_tables_are_there_with_all_that_is_in_them(
    core: Core, ada: Person, ben: Person, folders: dict[str, Path]
) -> None:
    kit = Tables(core.database, core.publish, Errands(core.database, {}))
    for person, name in ((ada, "prices"), (ada, "empty"), (ben, "others")):
        create_table(kit, person, name, visibility="members")
    for n in range(6):
        put_entry(kit, Reader(ada.id), "prices", f"{n}/é", {"text": "x" * 60_000}, ttl_seconds=60)

    found = open_zip(export(core.database, ada, root=ROOT, **folders))

    assert [(row["name"], row["entries"]) for row in rows_in(found, "tables")] == [("empty", 0), ("prices", 6)]
    entries = rows_in(found, "entries")
    assert [(row["table"], row["key"]) for row in entries] == [("prices", f"{n}/é") for n in range(6)]
    assert entries[5]["value"] == {"text": "x" * 60_000} and "expires_at" in entries[5]


@ON_SQLITE
def test_one_has_one_at_a_time_and_nothing_of_it_stays(
    core: Core, ada: Person, ben: Person, folders: dict[str, Path]
) -> None:
    first = export(core.database, ada, root=ROOT, **folders)

    with pytest.raises(TooMany):
        export(core.database, ada, root=ROOT, **folders)
    export(core.database, ben, root=ROOT, **folders).close()
    first.close()
    export(core.database, ada, root=ROOT, **folders).close()

    assert sum(path.stat().st_size for path in folders["folder"].iterdir()) == 0


@ON_SQLITE
def test_a_picture_whose_file_is_lost_does_not_keep_the_rest_back(
    core: Core, ada: Person, folders: dict[str, Path]
) -> None:
    image = add_image(core.database, folders["media"], ada, picture(), alt="A bell")
    next(folders["media"].rglob("*.webp")).unlink()

    found = open_zip(export(core.database, ada, root=ROOT, **folders))

    assert [row["name"] for row in rows_in(found, "pictures")] == [image.name]
    assert not [name for name in found.namelist() if name.startswith("pictures/")]


def count_reads(statements: list[str]) -> int:
    """How many of the statements read posts, drafts and what else there is."""
    return sum(statement.startswith("SELECT") for statement in statements)
