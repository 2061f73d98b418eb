"""gunicorn's log among everybody's: what it says has the form that ``CLAPS_LOG`` asks for."""

from __future__ import annotations

import os
import re
from typing import Any

from gunicorn.glogging import Logger

from claps.logs import set_up_logs
from claps.settings import read_settings

# What somebody sent, as gunicorn quotes it: of a broken head it may be a piece of a cookie.
_WHOSE = re.compile(r" from ip=[\w.:%-]*(?=: )")
_QUOTED = re.compile(r"""b?(["']).*\1""", re.DOTALL)


class Log(Logger):  # type: ignore[misc]
    """Hands everything on, and keeps nothing; requests are told of by the application, if at all."""

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's settings; called again when they are read anew."""
        super().setup(cfg)
        set_up_logs(read_settings(os.environ).log)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def warning(self, msg: str, *args: Any, **more: Any) -> None:
        """Say what was wrong with a request, and neither what it said nor whose it was."""
        if msg.startswith("Invalid request"):
            # An argument, and not the message itself: what differs is counted as one thing that comes often.
            args, msg = (_QUOTED.sub("…", _WHOSE.sub("", msg)),), "%s"
        super().warning(msg, *args, **more)

    def exception(self, msg: str, *args: Any, **more: Any) -> None:
        """Tell of a failure, of addresses without their query."""
        super().exception(msg, *(one.partition("?")[0] if isinstance(one, str) else one for one in args), **more)
