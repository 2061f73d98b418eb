"""``claps backup`` and ``claps restore``: copies from which a site begins again, made while it serves.

What is in Redis alone is carried into SQL first. Then SQL's copy has every clap that was acknowledged before, and
nothing of Redis has to be copied: a site that begins with an empty one reads its counts from SQL, as it always does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from claps import __version__
from claps.acts.flush import flush_all
from claps.acts.images import choose_shown
from claps.app import Core
from claps.plain.errors import Conflict, NotFound, Unavailable
from claps.plain.limits import SHARDS
from claps.running.dumps import copy_database, copy_name, load_database
from claps.running.embedded_redis import EmbeddedRedis
from claps.settings import Settings, embedded_socket
from claps.store.durability import count_tables
from claps.store.journal_positions import all_positions

ABOUT = "backup.json"
MEDIA = "media"
KEY = "secret_key"
FLUSH_SECONDS = 60.0
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ")


@dataclass(frozen=True, slots=True)
class Backup:
    """One that was made: where it is, how many entries the journal had, and what is missing of it, if anything."""

    folder: Path
    flushed: int
    missing: str | None


def make_backup(core: Core, folder: Path, *, keep: int | None = None) -> Backup:
    """Copy SQL, the pictures and the key into a folder of its own, named after the moment; it appears when it is whole.

    Pictures never change, so those that the backup before it has are not copied again, where links are possible.

    :param folder: that of all backups.
    :param keep: so many of the newest stay; None for all.
    :raises Unavailable: SQL cannot be copied.
    """
    settings = core.settings
    name = f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}"
    part = folder / f".{name}.part"
    folder.mkdir(parents=True, exist_ok=True)
    part.mkdir(mode=0o700)
    try:
        flushed, missing = _flush(core)
        earlier = _list_backups(folder)
        media, before = settings.var / MEDIA, earlier[-1] / MEDIA if earlier else None
        _copy_files(media, part / MEDIA, before)
        copy_database(settings.database_url, part)
        # Once more, for what came between: a picture that SQL's copy names must be here.
        _copy_files(media, part / MEDIA, before)
        if (settings.var / KEY).exists():
            shutil.copy2(settings.var / KEY, part / KEY)
        about = {"claps": __version__, "made_at": name, "database": copy_name(settings.database_url)}
        (part / ABOUT).write_text(json.dumps({**about, "missing": missing}, indent=1) + "\n")
        part.rename(folder / name)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    for old in _list_backups(folder)[:-keep] if keep else ():
        shutil.rmtree(old)
    return Backup(folder / name, flushed, missing)


def restore_backup(core: Core, folder: Path) -> str:
    """Bring a backup into an empty site, which is not running; return the moment of which it is.

    :param folder: one backup, or that of all, of which the newest is taken.
    :raises NotFound: there is none.
    :raises Conflict: it is of another kind of database, or there is something already.
    """
    settings = core.settings
    if not (folder / ABOUT).exists():
        folder = next(reversed(_list_backups(folder)), folder)
    if not (folder / ABOUT).exists():
        raise NotFound(f"There is no backup in {folder}.")
    about = json.loads((folder / ABOUT).read_text())
    if about["database"] != copy_name(settings.database_url):
        raise Conflict(f"This backup has {about['database']}, and CLAPS_DATABASE_URL is of another kind.")
    _check_is_empty(core)
    _copy_files(folder / MEDIA, settings.var / MEDIA, None)
    if (folder / KEY).exists() and not (settings.var / KEY).exists():
        shutil.copy2(folder / KEY, settings.var / KEY)
    load_database(settings.database_url, folder)
    choose_shown(core.database, settings.var / MEDIA)
    return str(about["made_at"])


def _flush(core: Core) -> tuple[int, str | None]:
    try:
        with _reachable_redis(core.settings):
            return _flush_in_turn(core), None
    except Unavailable as error:
        return 0, f"What Redis had counted since the last flush: {error.message}"


def _flush_in_turn(core: Core) -> int:
    # What matters is that it is in SQL, and not who brings it there: workers do every second, and on SQLite they wait
    # in a line of their own, which leaves little room for somebody from outside.
    goals = core.journal.newest_ids()
    flushed, deadline = 0, time.monotonic() + FLUSH_SECONDS
    while _is_behind(core, goals):
        try:
            flushed += flush_all(core.database, core.journal, reopen=core.mending.reopen)
        except Unavailable:
            core.journal.lengths()  # Without Redis there is nothing to wait for.
            if time.monotonic() > deadline:
                raise
    return flushed


def _is_behind(core: Core, goals: dict[int, str]) -> bool:
    with core.database.reading():
        positions = {position.shard: position.entry_id for position in all_positions()}
    return any(_order_of(positions[shard]) < _order_of(goal) for shard, goal in goals.items())


def _order_of(entry_id: str) -> tuple[int, int]:
    ms, _, number = entry_id.partition("-")
    return int(ms), int(number)


@contextmanager
def _reachable_redis(settings: Settings) -> Iterator[None]:
    # A site that was killed has left its last claps in the file of its own Redis, which does not run now.
    var = settings.var.resolve()
    own = EmbeddedRedis(var / "redis", embedded_socket(var), var / "redis.log")
    if settings.redis_url is not None or own.is_listening():
        yield
        return
    own.start()
    try:
        own.wait()
        yield
    finally:
        own.stop()


def _check_is_empty(core: Core) -> None:
    settings = core.settings
    if settings.database_url.startswith("sqlite") and Path(settings.database_url.partition(":///")[2]).exists():
        raise Conflict("The database’s file is there already; a backup is restored into a new one.")
    if not settings.database_url.startswith("sqlite") and count_tables(core.database):
        raise Conflict("The database has tables already; a backup is restored into an empty one.")
    if settings.redis_url is None:
        is_used = (settings.var / "redis").exists()
    else:
        is_used = any(core.journal.life(shard).epoch is not None for shard in range(SHARDS))
    if is_used:
        raise Conflict(
            "This Redis knows the counts of a site, and would go on with them. Give what is restored an empty one: "
            + (f"move {settings.var / 'redis'} away." if settings.redis_url is None else "redis-cli FLUSHDB.")
        )


def _list_backups(folder: Path) -> list[Path]:
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if _NAME.fullmatch(path.name) and (path / ABOUT).exists())


def _copy_files(source: Path, target: Path, before: Path | None) -> None:
    for file in sorted(path for path in source.rglob("*") if path.is_file() and not path.name.startswith(".")):
        place = target / file.relative_to(source)
        if place.exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            if before is not None and (old := before / file.relative_to(source)).exists():
                os.link(old, place)
            else:
                shutil.copy2(file, place)
        except FileNotFoundError:
            pass  # removed meanwhile, and so by SQL's copy, too
