"""A backup made while people clap, restored elsewhere: what was acknowledged before is in it, and the laws hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.books import Books, add_up
from tests.faults.conftest import MakeServer
from tests.faults.crowd import Crowd
from tests.parts.claps_server import ClapsServer
from tests.parts.mariadb_server import MariadbServer
from tests.parts.redis_server import RedisServer


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, filled_url: str, tmp_path: Path) -> Iterator[str]:
    """The URL of another database of the same kind, in which nothing is."""
    if filled_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'claps.db'}"
        return
    mariadb: MariadbServer = request.getfixturevalue("mariadb")
    url = mariadb.make_database()
    yield url
    mariadb.drop_database(url)


@pytest.fixture
def restored(make_server: MakeServer, empty_url: str, redis: RedisServer) -> ClapsServer:
    """A site elsewhere, with an empty database and an empty Redis."""
    return make_server(database_url=empty_url, redis_url=redis.url.replace("/0", "/1"), environ={"CLAPS_WORKERS": "1"})


def test_a_backup_under_load_has_what_was_acknowledged_before_and_the_laws_hold_in_it(
    filled_server: ClapsServer, restored: ClapsServer, empty_url: str, redis: RedisServer, tmp_path: Path
) -> None:
    filled_server.start()
    with Crowd(filled_server) as crowd:
        crowd.wait_for_claps()
        before = Counter(crowd.acknowledged)
        made = filled_server.run("backup", str(tmp_path / "backups"))
        crowd.wait_for_claps()
        after = crowd.acknowledged + crowd.unknown
    filled_server.kill()
    assert made.returncode == 0, made.stderr

    done = restored.run("restore", str(tmp_path / "backups"))

    assert done.returncode == 0, done.stderr
    books = Books(empty_url, redis)
    given = books.given()
    sums = add_up(((post_id,), (claps,)) for (post_id, _), claps in given.items())
    assert {post_id: claps for post_id, claps in books.stored().items() if claps} == {
        post_id: claps for (post_id,), (claps,) in sums.items() if claps
    }
    books.check_figures()
    assert not {pair: claps for pair, claps in before.items() if not claps <= given.get(pair, 0) <= after[pair]}
    goes_on(restored, books)


def goes_on(site: ClapsServer, books: Books) -> None:
    """Say that a restored site shows its counts, and counts on from them."""
    stored = books.stored()[1]
    site.start()
    answer = site.open_client().post_json("/posts/1/claps", {"claps": 2})
    assert answer.json["claps"] == stored + 2
    assert site.stop() == 0
    assert books.stored()[1] == stored + 2
