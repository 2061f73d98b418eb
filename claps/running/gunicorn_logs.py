"""gunicorn's log among everybody's: what it says has the form that ``CLAPS_LOG`` asks for."""

from __future__ import annotations

import os
from typing import Any

from gunicorn.glogging import Logger

from claps.logs import set_up_logs
from claps.settings import read_settings


class Log(Logger):  # type: ignore[misc]
    """Hands everything on, and keeps nothing; requests are told of by the application, if at all."""

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's settings; called again when they are read anew."""
        super().setup(cfg)
        set_up_logs(read_settings(os.environ).log)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
