"""Floor 1: Redis lives here and nowhere else."""

import sys

# redis-py imports OpenTelemetry's metrics wherever that is installed, for figures that nobody asks it for: 50 ms and
# 3 MB of every process. Where traces are wanted, claps/traces.py imports what it needs.
_hidden = "opentelemetry" not in sys.modules
if _hidden:
    sys.modules["opentelemetry"] = None  # type: ignore[assignment]
try:
    import redis  # noqa: F401
finally:
    if _hidden:
        del sys.modules["opentelemetry"]
