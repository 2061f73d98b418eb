"""The ``claps`` command."""

from __future__ import annotations

# Before anything else is imported: peewee, redis and the rest must find the patched modules.
from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import sys  # noqa: E402

import click  # noqa: E402

from claps import __version__  # noqa: E402
from claps.acts.flush import flush_all  # noqa: E402
from claps.app import build_core  # noqa: E402
from claps.demo.filling import fill_demo, is_empty  # noqa: E402
from claps.logs import set_up_logs  # noqa: E402
from claps.plain.errors import ClapsError  # noqa: E402
from claps.running.supervisor import Supervisor  # noqa: E402
from claps.settings import ROOT, BadSetting, Settings, read_settings  # noqa: E402
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
    sys.exit(Supervisor(settings, say=click.echo).run())


@claps.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database's tables to the form this version expects."""
    applied = migrate_database(build_core(settings).database, ROOT / "migrations")
    for name in applied:
        click.echo(f"applied {name}")
    click.echo(f"{len(applied)} migrations applied." if applied else "Nothing to migrate.")


@claps.command()
@click.pass_obj
def flush(settings: Settings) -> None:
    """Carry the journal from Redis into SQL now."""
    core = build_core(settings)
    click.echo(f"{flush_all(core.database, core.journal)} journal entries flushed.")


@claps.command()
@click.pass_obj
def demo(settings: Settings) -> None:
    """Fill an empty site with a few writers and their articles."""
    core = build_core(settings)
    if not is_empty(core.database):
        raise click.ClickException("There are posts already: the demo is only for an empty site.")
    click.echo(f"{fill_demo(core)} posts written. Sign in as ada with the password: applause")


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
