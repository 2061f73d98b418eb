"""Taking out everything that one has written, given and kept, as one zip: Markdown to read, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from gevent.lock import BoundedSemaphore

from claps.acts.parcels import Bundle, Parcel, take_turn
from claps.acts.threads import in_thread
from claps.plain.errors import Unavailable
from claps.plain.limits import EXPORT_ROWS, EXPORT_TEXTS
from claps.plain.parcels import README, file_name, front_matter, post_address
from claps.plain.people import Person
from claps.plain.tables import Table, entry_fields, moment_text
from claps.store import export as rooms
from claps.store.database import Database
from claps.store.entries import page_of
from claps.store.export import Row
from claps.store.tables import owned_after

_WAIT_SECONDS = 20
# Of those who want theirs from one worker, one after the other: each takes a thread, and signing in needs some.
_TURN = BoundedSemaphore(1)


def export(database: Database, person: Person, *, folder: Path, media: Path, root: str) -> Parcel:
    """Put everything of a person's into a zip.

    What is read, is read a page at a time, and compressed in a thread; the zip lies on disk and not in memory.

    :param folder: where zips are made.
    :param media: where the files of pictures are.
    :param root: the site's address, without a slash at its end.
    :raises TooMany: this person's last one is not through yet.
    :raises Unavailable: SQL does not answer, or others' are being made.
    """
    turn = take_turn(folder, person.id)
    try:
        if not _TURN.acquire(timeout=_WAIT_SECONDS):
            raise Unavailable("Others take theirs out at the moment.", retry_after_seconds=30)
        try:
            file = TemporaryFile(dir=folder)  # noqa: SIM115 - the parcel closes it
            try:
                _fill(Bundle(file, folder, media, root), database, person.id)
            except BaseException:
                file.close()
                raise
        finally:
            _TURN.release()
    except BaseException:
        turn.close()
        raise
    return Parcel(file, turn)


def _fill(bundle: Bundle, database: Database, person_id: int) -> None:
    try:
        with database.reading():
            profile = rooms.profile_of(person_id)
        in_thread(_write_profile, bundle, profile)
        for section in _SECTIONS:
            for rows in _pages(database, partial(section.read, person_id), section.key, section.limit):
                in_thread(section.write, bundle, rows)
                if section.read is rooms.posts_after:
                    _fill_revisions(bundle, database, rows)
        _fill_tables(bundle, database, person_id)
        in_thread(bundle.finish)
    finally:
        bundle.let_go()


def _fill_revisions(bundle: Bundle, database: Database, posts: list[Row]) -> None:
    for post in posts:
        if post["revision"] > 1:
            for rows in _pages(database, partial(rooms.revisions_after, post["id"]), "number", EXPORT_TEXTS):
                in_thread(_write_revisions, bundle, post, rows)


def _fill_tables(bundle: Bundle, database: Database, person_id: int) -> None:
    after = ""
    while True:
        with database.reading():
            found = owned_after(person_id, after, EXPORT_TEXTS)
        if not found:
            return
        for table in found:
            facts = {name: getattr(table, name) for name in ("name", "visibility", "scratch", "entries")}
            facts["created_at"] = moment_text(table.created_at)
            in_thread(bundle.append_rows, "tables.json", [facts])
            _fill_entries(bundle, database, table)
        after = found[-1].name


def _fill_entries(bundle: Bundle, database: Database, table: Table) -> None:
    after = None
    while True:
        with database.reading():
            page = page_of(table, after, EXPORT_ROWS)
        if not page:
            return
        rows = [{"table": table.name, **entry_fields(entry)} for entry in page]
        in_thread(bundle.append_rows, "entries.json", rows)
        after = page[-1].key


def _pages(database: Database, read: Callable[[int, int], list[Row]], key: str, limit: int) -> Iterator[list[Row]]:
    after = 0
    while True:
        # Each page is a reading of its own, so that no connection is held while it is compressed.
        with database.reading():
            rows = read(after, limit)
        if rows:
            yield rows
            after = rows[-1][key]
        if len(rows) < limit:
            return


def _write_profile(bundle: Bundle, profile: Row) -> None:
    told = {**profile, "exported_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    bundle.add("README.txt", README)
    bundle.add("profile.json", json.dumps(told, ensure_ascii=False, indent=2) + "\n")


def _write_posts(bundle: Bundle, rows: list[Row]) -> None:
    for row in rows:
        facts = _facts(bundle, row)
        name = f"posts/{file_name(row['id'], row['slug'])}.md"
        bundle.add(name, front_matter(facts, row["body"]))
        bundle.append_rows("posts.json", [{**facts, "file": name, "body": row["body"]}])


def _facts(bundle: Bundle, row: Row) -> dict[str, Any]:
    names = (
        "published_at", "edited_at", "withdrawn", "closed", "calm", "words", "revision", "claps", "people", "likes",
        "views", "comments",
    )
    return {
        "id": row["id"], "title": row["title"], "url": post_address(bundle.root, row["id"], row["slug"]),
        "slug": row["slug"], "tags": row["tags"].split(), **{name: row[name] for name in names},
    }


def _write_revisions(bundle: Bundle, post: Row, rows: list[Row]) -> None:
    for row in rows:
        facts = {name: row[name] for name in ("number", "title", "slug", "at")}
        name = f"revisions/{file_name(post['id'], post['slug'])}/{row['number']}.md"
        bundle.add(name, front_matter({**facts, "tags": row["tags"].split()}, row["body"]))


def _write_drafts(bundle: Bundle, rows: list[Row]) -> None:
    for row in rows:
        facts = {name: row[name] for name in ("title", "slug", "tags", "post_id", "saved_at")}
        bundle.add(f"drafts/{row['key']}.md", front_matter(facts, row["body"]))
    bundle.append_rows("drafts.json", rows)


def _write_comments(bundle: Bundle, rows: list[Row]) -> None:
    for row in rows:
        told = _of_post(bundle, row)
        place = f"{told['url']}#comment-{row['id']}"
        head = f"## {told['title'] or 'A post'}\n\n{row['created_at']}, {place}"
        bundle.append("comments.md", f"{head}\n\n{row['body']}\n\n")
        bundle.append_rows("comments.json", [{**told, "url": place}])


def _write_pictures(bundle: Bundle, rows: list[Row]) -> None:
    for row in rows:
        bundle.add_picture(row["name"])
    bundle.append_rows("pictures.json", rows)


def _write_rows(bundle: Bundle, rows: list[Row], *, name: str) -> None:
    bundle.append_rows(name, rows)


def _write_rows_of_posts(bundle: Bundle, rows: list[Row], *, name: str) -> None:
    bundle.append_rows(name, [_of_post(bundle, row) for row in rows])


def _of_post(bundle: Bundle, row: Row) -> dict[str, Any]:
    # What another one has withdrawn is not told on.
    shown = row["published"]
    told = {name: value for name, value in row.items() if name not in ("slug", "published")}
    url = post_address(bundle.root, row["post_id"], row["slug"] if shown else None)
    return {**told, "title": row["title"] if shown else None, "url": url}


@dataclass(frozen=True, slots=True)
class _Section:
    """One kind of what is taken out: how a page of it is read, by which key, and how it is written."""

    read: Callable[[int, int, int], list[Row]]
    key: str
    limit: int
    write: Callable[[Bundle, list[Row]], None]


def _lists(reads: Mapping[str, Any], write: Callable[..., None], key: str) -> tuple[_Section, ...]:
    return tuple(_Section(read, key, EXPORT_ROWS, partial(write, name=f"{name}.json")) for name, read in reads.items())


_SECTIONS = (
    _Section(rooms.posts_after, "id", EXPORT_TEXTS, _write_posts),
    _Section(rooms.drafts_after, "id", EXPORT_TEXTS, _write_drafts),
    _Section(rooms.comments_after, "id", EXPORT_ROWS, _write_comments),
    _Section(rooms.images_after, "id", EXPORT_TEXTS, _write_pictures),
    *_lists(
        {"claps": rooms.claps_after, "likes": rooms.likes_after, "bookmarks": rooms.bookmarks_after},
        _write_rows_of_posts, "post_id",
    ),
    *_lists({"shares": rooms.shares_after}, _write_rows_of_posts, "id"),
    *_lists({"websites": rooms.websites_after, "website_pages": rooms.website_pages_after}, _write_rows, "id"),
    *_lists({"webhooks": rooms.webhooks_after}, _write_rows, "id"),
    *_lists({"follows": rooms.follows_after}, _write_rows, "writer_id"),
    *_lists({"comment_likes": rooms.comment_likes_after}, _write_rows, "comment_id"),
)
