"""What is shown while a crowd is at work."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from claps.crowd.simulation import Moment, Plan


class Display:
    """Three bars, redrawn when they are told something: there is no thread that could do it by itself."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=20), TextColumn("{task.fields[words]}"),
            console=console, auto_refresh=False,
        )
        self._plan = plan
        self._readers = self._progress.add_task("readers", total=plan.readers, words="")
        self._seconds = self._progress.add_task("seconds", total=plan.seconds, words="")
        self._claps = self._progress.add_task("claps", total=None, words="")

    def __enter__(self) -> Display:
        """Begin to show."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the last state standing."""
        self._progress.stop()

    def tell(self, moment: Moment) -> None:
        """Show where it stands."""
        plan, clapped = self._plan, moment.clapped_seconds
        acknowledged = f"{moment.acknowledged:,} acknowledged of {moment.sent:,}"
        told = (
            (self._readers, moment.watching, plan.readers, f"{moment.watching:,} watch, {moment.updates:,} updates"),
            (self._seconds, clapped, plan.seconds, f"{clapped:.0f} of {plan.seconds:.0f} of clapping"),
            (self._claps, moment.acknowledged, moment.sent or None, acknowledged),
        )
        for task, done, of, words in told:
            self._progress.update(task, completed=done, total=of, words=words)
        self._progress.refresh()
