"""The ``claps`` command."""

from __future__ import annotations

# Before anything else is imported: peewee, redis and the rest must find the patched modules.
from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import click  # noqa: E402
from rich.console import Console  # noqa: E402

from claps import __version__  # noqa: E402
from claps.acts.flush import flush_all  # noqa: E402
from claps.acts.sessions import give_password  # noqa: E402
from claps.app import build_core  # noqa: E402
from claps.checks.counts import check_counts  # noqa: E402
from claps.checks.everything import check_everything  # noqa: E402
from claps.checks.findings import is_unsafe, is_unsure, render_findings  # noqa: E402
from claps.crowd.running import simulate as simulate_crowd  # noqa: E402
from claps.crowd.simulation import Plan  # noqa: E402
from claps.crowd.targets import find_target, url_of_bind  # noqa: E402
from claps.demo.filling import fill_demo, is_empty  # noqa: E402
from claps.logs import set_up_logs  # noqa: E402
from claps.plain.errors import ClapsError  # noqa: E402
from claps.plain.limits import WATCHERS_PER_TABLE  # noqa: E402
from claps.planning.asking import load_of, plan_options  # noqa: E402
from claps.planning.display import show_plan  # noqa: E402
from claps.planning.plans import make_plan  # noqa: E402
from claps.planning.reading import read_figures  # noqa: E402
from claps.running.backups import make_backup, restore_backup  # noqa: E402
from claps.running.supervisor import Supervisor  # noqa: E402
from claps.settings import ROOT, BadSetting, Settings, read_settings  # noqa: E402
from claps.store.figure_laws import settle_gaps  # noqa: E402
from claps.store.migrations import migrate as migrate_database  # noqa: E402


@click.group()
@click.version_option(__version__, prog_name="claps")
@click.pass_context
def claps(context: click.Context) -> None:
    """A self-hosted publishing platform where applause is live."""
    context.obj = settings = read_settings(os.environ)
    set_up_logs(settings.log)


@claps.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Serve the site, with a Redis of its own unless CLAPS_REDIS_URL names one."""
    # Machines read all of it; to them a line for people is no line.
    say = logging.getLogger(__name__).info if settings.log == "json" else click.echo
    sys.exit(Supervisor(settings, say=say).run())


@claps.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database's tables to the form this version expects."""
    database = build_core(settings).database
    applied = migrate_database(database, ROOT / "migrations")
    for name in applied:
        click.echo(f"applied {name}")
    click.echo(f"{len(applied)} migrations applied." if applied else "Nothing to migrate.")
    if settled := database.transact(lambda: settle_gaps(database)):
        click.echo(f"{settled} posts and writers had counts that no figure told of; they are in opening rows now.")


@claps.command()
@click.pass_obj
def flush(settings: Settings) -> None:
    """Carry the journal from Redis into SQL now."""
    core = build_core(settings)
    click.echo(f"{flush_all(core.database, core.journal, reopen=core.mending.reopen)} journal entries flushed.")


@claps.command()
@click.pass_obj
def demo(settings: Settings) -> None:
    """Fill an empty site with a few writers and their articles."""
    core = build_core(settings)
    if not is_empty(core.database):
        raise click.ClickException("There are posts already: the demo is only for an empty site.")
    click.echo(f"{fill_demo(core)} posts written. Sign in as ada with the password: applause")


@claps.command()
@click.argument("name")
@click.pass_obj
def password(settings: Settings, name: str) -> None:
    """Give somebody who has forgotten theirs a new password, and sign them out everywhere."""
    core = build_core(settings)
    click.echo(f"The password of {name} is now {give_password(core.database, core.publish, name)}")
    click.echo("It is kept nowhere else. Tell it on a way that nobody else reads; they can change it at /settings.")


@claps.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--keep", type=click.IntRange(min=1), help="So many of the newest stay; all of them without it.")
@click.pass_obj
def backup(settings: Settings, folder: Path, keep: int | None) -> None:
    """Copy SQL, pictures and the key into FOLDER, while the site serves.

    Everything that was acknowledged before is in it. Ends with exit code 1 if Redis does not answer: then what it has
    counted since the last flush is not.
    """
    made = make_backup(build_core(settings), folder, keep=keep)
    click.echo(f"{made.folder} is whole; {made.flushed} journal entries were flushed before.")
    if made.missing is not None:
        raise click.ClickException(f"Not in it: {made.missing}")


@claps.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def restore(settings: Settings, folder: Path) -> None:
    """Bring the backup in FOLDER, or the newest there, into an empty database beside an empty Redis."""
    made_at = restore_backup(build_core(settings), folder)
    click.echo(f"This is the site as it was at {made_at}. Start it, then: claps check")


@claps.command()
@click.option("--readers", default=2_000, show_default=True, type=click.IntRange(min=1), help="Who look on.")
@click.option("--posts", default=20, show_default=True, type=click.IntRange(min=1), help="The newest so many are read.")
@click.option(
    "--claps-per-second", default=300.0, show_default=True, type=click.FloatRange(min=0.1), help="Over all posts."
)
@click.option("--seconds", default=30.0, show_default=True, type=click.FloatRange(min=0), help="How long is clapped.")
@click.option(
    "--long-poll", default=10.0, show_default=True, type=click.FloatRange(0, 100), help="Percent of the readers."
)
@click.option(
    "--socket-claps", default=50.0, show_default=True, type=click.FloatRange(0, 100),
    help="Percent of the claps that go up a WebSocket; the others go by HTTP.",
)
@click.option(
    "--people", default=10, show_default=True, type=click.IntRange(min=0, max=1_000),
    help="Who join, comment, like, follow and look at lists, and leave in the end.",
)
@click.option(
    "--acts-per-second", default=5.0, show_default=True, type=click.FloatRange(min=0), help="Of all these people."
)
@click.option(
    "--watchers", default=10, show_default=True, type=click.IntRange(min=0, max=WATCHERS_PER_TABLE),
    help="Who watch a realtime table that one of these people writes to.",
)
@click.option(
    "--puts-per-second", default=5.0, show_default=True, type=click.FloatRange(min=0), help="Into that table."
)
@click.option("--url", help="The site; by default where CLAPS_BIND says.")
@click.option("--anywhere", is_flag=True, help="Also a site that is not on this machine.")
@click.pass_obj
def simulate(
    settings: Settings, readers: int, posts: int, claps_per_second: float, seconds: float, long_poll: float,
    socket_claps: float, people: int, acts_per_second: float, watchers: int, puts_per_second: float, url: str | None,
    anywhere: bool,
) -> None:
    """Send a crowd of readers to the running site, and measure how soon they see each clap.

    Ends with exit code 1 if the readers, Redis and SQL do not agree in the end, or if anything is missing of what
    people were told is kept, or if a watcher has another table than there is.
    """
    target = find_target(url or url_of_bind(settings.bind), anywhere=anywhere)
    shares = long_poll / 100, socket_claps / 100
    plan = Plan(readers, claps_per_second, seconds, *shares, people, acts_per_second, watchers, puts_per_second)
    outcome = simulate_crowd(build_core(settings), target, plan, posts=posts, console=Console())
    sys.exit(0 if outcome.agree else 1)


@claps.command()
@click.option(
    "--subscribers", default=10_000, show_default=True, type=click.IntRange(min=1), help="Readers of one worker."
)
@click.option("--counts", is_flag=True, help="Only compare all counts, in SQL, in the journal and in Redis.")
@click.pass_obj
def check(settings: Settings, subscribers: int, counts: bool) -> None:
    """Say what would lose data or fall over with these settings, and what to do about it.

    Ends with exit code 1 if anything is unsafe; with --counts also if something could not be compared. Nothing is
    changed.
    """
    core = build_core(settings)
    findings = check_counts(core) if counts else check_everything(core, subscribers=subscribers)
    click.echo(render_findings(findings))
    sys.exit(1 if is_unsafe(findings) or counts and is_unsure(findings) else 0)


@claps.command()
@plan_options
@click.option(
    "--figures", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
    show_default="what make bench measured here",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def plan(settings: Settings, /, folder: Path | None, as_json: bool, **numbers: Any) -> None:
    """Say what a load would need, cost and show, and what would give way first.

    It is reckoned from what `make bench` measured on this machine, and where that is missing from the figures of
    docs/design.md. Nothing is started or changed.
    """
    load = load_of(numbers, ack=settings.ack, flush_seconds=settings.flush_seconds)
    made = make_plan(load, read_figures(folder or ROOT / "benchmarks" / "results"))
    if as_json:
        click.echo(json.dumps(made.as_dict(), indent=1))
    else:
        show_plan(made, Console(width=None if sys.stdout.isatty() else 130))


def main() -> None:
    """Run the command; an error of ours is one line and exit code 1."""
    try:
        claps(prog_name="claps")
    except BadSetting as error:
        click.echo(f"claps: {error}", err=True)
        sys.exit(2)
    except ClapsError as error:
        click.echo(f"claps: {error.message}", err=True)
        sys.exit(1)
