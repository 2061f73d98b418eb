"""Fixtures: the real parts, each started once and found clean by every test."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from claps.acts import passwords
from claps.app import Core
from claps.plain.people import Person
from claps.plain.posts import Post
from tests.parts import browser as browsers
from tests.parts import inside, processes, room
from tests.parts.claps_server import ClapsServer
from tests.parts.lent_database import LentDatabase
from tests.parts.mariadb_server import MariadbServer
from tests.parts.redis_server import RedisServer

room.move_in()
processes.adopt_orphans()

# Files of few long tests: begun last, one of them would run alone for minutes at the end.
LONG_FIRST = ("chaos", "faults", "benchmarks")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first, and leave everything else in its order."""
    items.sort(key=lambda item: item.path.parent.name not in LONG_FIRST)


@pytest.fixture(scope="session", autouse=True)
def passwords_are_quick() -> Iterator[None]:
    """Let a password take a millisecond here; in servers it takes the tenth of a second that it should."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(autouse=True)
def nothing_is_left_running() -> Iterator[None]:
    """Fail a test that leaves a child process behind."""
    before = processes.list_children()
    yield
    # One that is on its way out, as a browser's are for a moment, is not left behind.
    _, left = psutil.wait_procs(processes.list_left_behind(before), timeout=2)
    commands = [" ".join(process.cmdline()) for process in left]
    processes.kill_all(left)
    assert not commands, f"left running: {commands}"


@pytest.fixture(scope="session")
def parts_folder() -> Iterator[Path]:
    """A folder for the lasting parts; other users may pass through it, as MariaDB's does."""
    with tempfile.TemporaryDirectory(prefix="claps-tests-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="session")
def lasting_redis(parts_folder: Path) -> Iterator[RedisServer]:
    """The one Redis of this run; tests ask for ``redis``."""
    server = RedisServer(parts_folder / "redis", lasting=True)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def redis(lasting_redis: RedisServer) -> RedisServer:
    """A running, empty Redis. It may be killed, frozen or wiped."""
    lasting_redis.flush()
    return lasting_redis


@pytest.fixture(scope="session")
def lasting_mariadb(parts_folder: Path) -> Iterator[MariadbServer]:
    """The one MariaDB of this run; tests ask for ``mariadb``."""
    folder = parts_folder / "mariadb"
    folder.mkdir()
    server = MariadbServer(folder, lasting=True)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def mariadb(lasting_mariadb: MariadbServer) -> MariadbServer:
    """A running MariaDB. It may be killed or frozen."""
    lasting_mariadb.revive()
    return lasting_mariadb


@pytest.fixture(scope="session")
def lent_database(lasting_mariadb: MariadbServer) -> LentDatabase:
    """The database in MariaDB that tests have after one another."""
    return LentDatabase(lasting_mariadb)


@pytest.fixture(params=["sqlite", "mariadb"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: every test that asks runs on SQLite and on MariaDB.

    Who asks for the parts of this process over it, and so for its newest form, gets it in that form.
    """
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'claps.db'}"
        return
    mariadb: MariadbServer = request.getfixturevalue("mariadb")
    if not {"core", "database"}.isdisjoint(request.fixturenames):
        lent: LentDatabase = request.getfixturevalue("lent_database")
        with lent.lent() as url:
            yield url
        return
    url = mariadb.make_database()
    yield url
    mariadb.revive()
    mariadb.drop_database(url)


@pytest.fixture
def core(database_url: str, redis: RedisServer) -> Iterator[Core]:
    """The parts that pages and commands share, in this process; the database is migrated and empty."""
    with inside.open_core(database_url, redis.url) as core:
        yield core


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def shared_core(
    request: pytest.FixtureRequest, lasting_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Core]:
    """The same, one for all tests of a module: each brings what it needs under names of its own."""
    lasting_redis.flush()
    if request.param == "sqlite":
        with inside.open_core(f"sqlite:///{tmp_path_factory.mktemp('shared') / 'claps.db'}", lasting_redis.url) as core:
            yield core
        return
    mariadb: MariadbServer = request.getfixturevalue("lasting_mariadb")
    mariadb.revive()
    url = mariadb.make_database()
    with inside.open_core(url, lasting_redis.url) as core:
        yield core
    mariadb.drop_database(url)


@pytest.fixture
def ada(core: Core) -> Person:
    """Ada, who writes."""
    return inside.write_person(core, "ada")


@pytest.fixture
def ben(core: Core) -> Person:
    """Ben, who reads."""
    return inside.write_person(core, "ben")


@pytest.fixture
def article(core: Core, ada: Person) -> Post:
    """What Ada has published."""
    return inside.publish(core, ada)


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[Callable[..., ClapsServer]]:
    """Make Claps servers that end with the test: ``make_server(redis_url=redis.url).start()``."""
    servers: list[ClapsServer] = []

    def make(**options: object) -> ClapsServer:
        server = ClapsServer(tmp_path / f"server-{len(servers)}", **options)  # type: ignore[arg-type]
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.kill()


@pytest.fixture(scope="session")
def live_site(parts_folder: Path) -> Iterator[ClapsServer]:
    """A running site with its demo, as ``make run`` starts it. Not to be killed: all tests share it."""
    server = ClapsServer(parts_folder / "site", lasting=True)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The one Chromium of this run; a test that needs several readers makes a context for each."""
    browser = browsers.launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A new reader's browser; the test fails if a page of it has a script error or breaks its policy."""
    context = browser.new_context(viewport=browsers.DESKTOP)
    complaints = browsers.Complaints()
    context.on("page", complaints.watch)
    yield context
    context.close()
    assert not complaints.texts


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A new reader's page."""
    return context.new_page()


@pytest.fixture
def page_without_script(playwright: Playwright, tmp_path: Path) -> Iterator[Page]:
    """A page in a Chromium whose user has turned JavaScript off."""
    with browsers.open_without_script(playwright, tmp_path / "profile") as context:
        yield context.pages[0]
