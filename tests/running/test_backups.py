"""Backups: what is in them, how many stay, and where none is restored."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from claps.app import Core
from claps.plain.changes import Change
from claps.plain.errors import Conflict, NotFound
from claps.running import backups
from claps.running.backups import make_backup, restore_backup
from claps.store.claps import totals_of_readers
from tests.parts.inside import open_core, publish, write_person
from tests.parts.redis_server import RedisServer

NAME = "ab01.webp"


def in_folder(core: Core, folder: Path, database_url: str, redis_url: str) -> Core:
    """The same parts, with other places for what is kept."""
    settings = replace(core.settings, var=folder / "var", database_url=database_url, redis_url=redis_url)
    return replace(core, settings=settings)


@pytest.fixture
def site(tmp_path: Path, redis: RedisServer) -> Iterator[Core]:
    """A site with a clap that only Redis has, a key, and a file of a picture."""
    url = f"sqlite:///{tmp_path / 'claps.db'}"
    with open_core(url, redis.url) as core:
        post = publish(core, write_person(core, "ada"))
        core.ledger.take(Change("clap", post.id, "7", 3))
        picture = tmp_path / "var" / "media" / "ab" / NAME
        picture.parent.mkdir(parents=True)
        picture.write_bytes(b"picture")
        (tmp_path / "var" / "secret_key").write_text("sixteen letters!")
        (tmp_path / "var" / "secret_key").chmod(0o600)
        yield in_folder(core, tmp_path, url, redis.url)


@pytest.fixture
def elsewhere(site: Core, tmp_path: Path, redis: RedisServer) -> Core:
    """Where nothing is yet."""
    folder = tmp_path / "elsewhere"
    return in_folder(site, folder, f"sqlite:///{folder / 'claps.db'}", redis.url)


def test_what_only_redis_had_is_in_the_copy(site: Core, tmp_path: Path, redis: RedisServer) -> None:
    made = make_backup(site, tmp_path / "backups")

    assert (made.flushed, made.missing) == (1, None)
    with open_core(f"sqlite:///{made.folder / 'claps.sqlite'}", redis.url) as copy, copy.database.reading():
        assert totals_of_readers(1, ["c:7"]) == {"c:7": 3}
    assert (made.folder / "media" / "ab" / NAME).read_bytes() == b"picture"
    assert stat.S_IMODE((made.folder / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700


def test_the_newest_stay_and_share_their_pictures(
    site: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["2026-11-21T00-00-0%dZ" % second for second in range(3)]
    for name in names:
        monkeypatch.setattr(backups, "datetime", Clock(name))
        made = make_backup(site, tmp_path / "backups", keep=2)

    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == names[1:]
    assert (made.folder / "media" / "ab" / NAME).stat().st_nlink == 2


class Clock:
    """A clock that stands."""

    def __init__(self, name: str) -> None:
        self._name = name

    def now(self, _: object) -> Clock:
        """The moment."""
        return self

    def __format__(self, _: str) -> str:
        return self._name


def test_without_redis_the_copy_says_what_it_lacks(site: Core, tmp_path: Path, redis: RedisServer) -> None:
    redis.kill()

    made = make_backup(site, tmp_path / "backups")

    assert made.missing is not None and "Redis" in made.missing
    assert (made.folder / "claps.sqlite").exists()


def test_nothing_is_restored_over_what_is_there(site: Core, elsewhere: Core, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(NotFound):
        restore_backup(elsewhere, folder)
    make_backup(site, folder)

    with pytest.raises(Conflict, match="file is there already"):
        restore_backup(site, folder)
    with pytest.raises(Conflict, match="FLUSHDB"):
        restore_backup(elsewhere, folder)


def test_a_site_begins_again_from_its_copy(site: Core, elsewhere: Core, tmp_path: Path, redis: RedisServer) -> None:
    make_backup(site, tmp_path / "backups")
    redis.flush()

    restore_backup(elsewhere, tmp_path / "backups")

    with open_core(elsewhere.settings.database_url, redis.url) as core:
        assert core.ledger.take(Change("clap", 1, "7", 1)).yours == 4
    # Nobody keeps this picture, says SQL: so nobody is shown it.
    assert [path.name for path in (elsewhere.settings.var / "media" / "ab").iterdir()] == [f"{NAME}.removed"]
    assert (elsewhere.settings.var / "secret_key").read_text() == "sixteen letters!"
