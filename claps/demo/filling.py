"""Fills an empty site with the demo's people, posts, comments, tables, a website, claps and likes."""

from __future__ import annotations

import json
import random
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gevent.event import AsyncResult

from claps.acts.bursts import mark_bursts
from claps.acts.flush import flush_all
from claps.acts.passwords import hash_password
from claps.app import Core
from claps.demo.history import add_views, put_into_one_minute, spread
from claps.demo.sites import fill_sites
from claps.demo.tables import fill_tables
from claps.plain.changes import Change
from claps.plain.errors import ClapsError
from claps.plain.limits import CLAP_ANSWER_SECONDS, CLAPS_PER_READER, FEED_POSTS_OF_ONE
from claps.plain.people import GUEST_ID_LEAST, Person
from claps.plain.prose import (
    count_words,
    render_comment_html,
    render_note_html,
    render_post_html,
    summarise_note,
    tags_in,
)
from claps.plain.tallies import Clapped
from claps.store.comments import add_comment, comments_of, set_like
from claps.store.database import Database
from claps.store.errands import add_errand
from claps.store.feeds import bring_posts_of
from claps.store.follows import add_follow
from claps.store.people import add_person, get_person
from claps.store.posts import add_post, latest_posts
from claps.store.search import put_text
from claps.store.tags import set_tags

_FOLDER = Path(__file__).parent
DEMO_PASSWORD = "applause"
HOURS_BEFORE_NOW = 3
# Of those who clap.
LIKES_SHARE = 0.2


def is_empty(database: Database) -> bool:
    """True when nothing was published yet."""
    with database.reading():
        return not latest_posts(before=None, limit=1)


def fill_demo(core: Core) -> int:
    """Write the demo in one transaction, then clap for it, at one post as machines do; return the number of posts.

    Everybody in it signs in with the password ``applause``.
    """
    password_hash = hash_password(DEMO_PASSWORD)
    posts = core.database.transact(lambda: _write(password_hash))
    fill_tables(core, _load("tables.json"))
    guests = {posts[slug]: int(plan["guests"]) for slug, plan in _load("claps.json").items()}
    core.database.transact(lambda: add_views(guests))
    _clap(core, posts)
    fill_sites(core, _load("sites.json"))
    flush_all(core.database, core.journal)
    core.database.transact(lambda: spread(posts.values()))
    for slug, plan in _load("claps.json").items():
        if "machines" in plan:
            _let_machines_clap(core, posts[slug], plan["machines"])
    return len(posts)


def _let_machines_clap(core: Core, post_id: int, number: int) -> None:
    machines = [GUEST_ID_LEAST | secrets.randbits(62) for _ in range(number)]
    _wait([_submit(core, Change("clap", post_id, str(machine), CLAPS_PER_READER)) for machine in machines])
    flush_all(core.database, core.journal)
    core.database.transact(lambda: put_into_one_minute(post_id, machines))
    mark_bursts(core.database)


def _write(password_hash: str) -> dict[str, int]:
    people = {
        item["name"]: add_person(item["name"], item["display_name"], password_hash, bio_text=item["bio"])
        for item in _load("people.json")
    }
    now = datetime.now(UTC).replace(microsecond=0)
    comments: dict[str, list[dict[str, Any]]] = {}
    for item in _load("comments.json"):
        comments.setdefault(item["post"], []).append(item)
    posts = {}
    for path in sorted((_FOLDER / "posts").glob("*.md")):
        facts, body = _split(path.read_text())
        published_at = now - timedelta(days=int(facts["days_ago"]), hours=HOURS_BEFORE_NOW)
        post_id = add_post({
            "writer_id": people[facts["writer"]].id,
            "title": facts["title"],
            "slug": facts["slug"],
            "body": body,
            "body_html": render_post_html(body),
            "summary": facts["summary"],
            "words": count_words(body),
            "published_at": published_at,
            "tags": facts["tags"],
        })
        set_tags(post_id, facts["tags"].split())
        put_text(post_id, facts["title"], body)
        posts[facts["slug"]] = post_id
        for item in comments.get(facts["slug"], []):
            _comment(post_id, people, item, published_at)
    for item in _load("notes.json"):
        _note(people[item["person"]].id, item["body"], now - timedelta(minutes=item["minutes_ago"]))
    for item in _load("people.json"):
        _follow(people[item["name"]].id, [people[name].id for name in item["follows"]], now)
    return posts


def _follow(reader_id: int, writer_ids: list[int], at: datetime) -> None:
    for writer_id in writer_ids:
        add_follow(reader_id, writer_id, at=at)
        add_errand("notify", {"what": "followed", "actor_id": reader_id, "person_id": writer_id})
        bring_posts_of(writer_id, reader_id, limit=FEED_POSTS_OF_ONE)


def _note(writer_id: int, body: str, published_at: datetime) -> None:
    body_html, tags = render_note_html(body), tags_in(body)
    post_id = add_post({
        "writer_id": writer_id, "title": None, "slug": "", "body": body, "body_html": body_html,
        "summary": summarise_note(body_html), "words": count_words(body), "published_at": published_at,
        "tags": " ".join(tags),
    })
    set_tags(post_id, tags)
    put_text(post_id, "", body)


def _comment(post_id: int, people: dict[str, Person], item: dict[str, Any], published_at: datetime) -> None:
    actor_id, body = people[item["person"]].id, item["body"]
    at = published_at + timedelta(minutes=item["minutes_after"])
    # An answer is to what somebody said last.
    said = [one.id for one in comments_of(post_id, limit=99) if one.person.name == item.get("to")]
    parent_id = said[-1] if said else None
    added, _ = add_comment(post_id, actor_id, body, render_comment_html(body), created_at=at, parent_id=parent_id)
    facts = {"post_id": post_id, "comment_id": added.id}
    add_errand("notify", {"what": "replied" if said else "commented", "actor_id": actor_id, **facts})
    for name in item.get("likes", []):
        set_like(added.id, people[name].id, liked=True)
        add_errand("notify", {"what": "liked", "actor_id": people[name].id, **facts})


def _clap(core: Core, posts: dict[str, int]) -> None:
    # Through the same door as everybody's claps, so that the demo is no special case.
    luck = random.Random(50)
    outcomes: list[AsyncResult[Clapped | ClapsError]] = []
    with core.database.reading():
        ids = {item["name"]: str(get_person(item["name"]).id) for item in _load("people.json")}
    for slug, plan in _load("claps.json").items():
        for name in plan["likes"]:
            outcomes.append(_submit(core, Change("like", posts[slug], ids[name], 1)))
        for name, claps in plan["claps"].items():
            outcomes.append(_submit(core, Change("clap", posts[slug], ids[name], claps)))
        for _ in range(plan["guests"]):
            guest = str(GUEST_ID_LEAST | secrets.randbits(62))
            changes = [Change("clap", posts[slug], guest, luck.randint(1, plan["most"]))]
            if luck.random() < LIKES_SHARE:
                changes.append(Change("like", posts[slug], guest, 1))
            outcomes += [_submit(core, change) for change in changes]
    _wait(outcomes)


def _wait(outcomes: list[AsyncResult[Clapped | ClapsError]]) -> None:
    for outcome in outcomes:
        answer = outcome.get(timeout=CLAP_ANSWER_SECONDS)
        if isinstance(answer, ClapsError):
            raise answer


def _submit(core: Core, change: Change) -> AsyncResult[Clapped | ClapsError]:
    outcome: AsyncResult[Clapped | ClapsError] = AsyncResult()
    core.ledger.submit(change, outcome.set)
    return outcome


def _split(text: str) -> tuple[dict[str, str], str]:
    _, head, body = text.split("---\n", 2)
    facts = dict(line.split(": ", 1) for line in head.strip().splitlines())
    return facts, body.strip() + "\n"


def _load(name: str) -> Any:
    return json.loads((_FOLDER / name).read_text())
