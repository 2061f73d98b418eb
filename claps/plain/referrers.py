"""From which host a reader came: nothing else of the address is looked at, and nothing else is kept."""

from __future__ import annotations

import re
from functools import lru_cache

# Who came by an address that was typed or kept, from an app, or from a page that does not say.
UNKNOWN = ""
# All hosts beyond those that are kept by name.
OTHERS = "*"
HOST_LENGTH = 100
_HOST = re.compile(r"https?://(?:[^/?#@]*@)?([a-z0-9.-]+)(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)


@lru_cache(maxsize=1_000)
def host_of(address: str) -> str:
    """Read the host of a Referer, without a leading "www."; what is no web address says nothing."""
    match = _HOST.match(address)
    host = match[1].lower().strip(".").removeprefix("www.") if match else UNKNOWN
    # A name without a dot is somebody's own network: not for others' eyes.
    return host if "." in host and len(host) <= HOST_LENGTH else UNKNOWN
