"""How often somebody may ask for something, and how far they have come."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many times in so many seconds; ``name`` is that of the count."""

    name: str
    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with a rate: how often they may still ask, and in how many seconds all is as at first."""

    rate: Rate
    left: int
    reset_seconds: int
    refused: bool = False


# What programs ask, by person (or by app, where one speaks for nobody).
API_READS = Rate("reads", 1_200, 60)
API_WRITES = Rate("writes", 600, 60)
API_POSTS = Rate("posts", 60, 60)
# What people and guests change on pages, each kind of page by itself: what is said, claps, and everything else.
CHANGES = Rate("changes", 300, 60)
WORDS = Rate("words", 60, 60)
CLAPS = Rate("claps", 900, 60)
# So much of a rate each worker gives without asking Redis: whoever does not hurry costs no more than before.
FREE_SHARE = 0.1
# Claps for pages of other websites, of which a held button sends three a second: by guest, and by address, behind which
# there may be a school.
PAGE_CLAPS = Rate("page-claps", 240, 60)
PAGE_CLAPS_NEARBY = Rate("page-claps-nearby", 3_000, 60)
# What comes before a token, by address.
OAUTH = Rate("oauth", 300, 60)
# Wrong passwords: by address, where many people may be behind one; by name from one address; and by name from wherever,
# which holds back only browsers in which nobody has signed in with that name yet (NIST SP 800-63B-4, section 3.2.2: at
# most 100). A browser that is known has a count of its own, and so has who is signed in and shows the password again.
WRONG_BY_ADDRESS = Rate("wrong-by-address", 50, 900)
WRONG_BY_NAME = Rate("wrong-by-name", 10, 900)
WRONG_ANYWHERE = Rate("wrong-anywhere", 100, 3_600)
WRONG_BY_BROWSER = Rate("wrong-by-browser", 20, 900)
WRONG_BY_PERSON = Rate("wrong-by-person", 20, 900)


def neighbourhood(address: str) -> str:
    """The part of an address that one household or machine has: all of IPv4's, half of IPv6's."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "nowhere"
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)
