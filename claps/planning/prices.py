"""Public price lists: what machines, disks, traffic and messages cost, with the date and the page of each.

Without taxes, discounts and commitments. A list that could not be read at its own page says where its numbers
were read instead.
"""

from __future__ import annotations

from dataclasses import dataclass

USD_PER_EUR = 1.1133  # European Central Bank, 28 October 2026
GIB = 1024**3
TB = 1e12
MONTH_HOURS = 730


@dataclass(frozen=True, slots=True)
class Size:
    """One kind of machine."""

    name: str
    cores: int
    memory_bytes: float
    month: float


@dataclass(frozen=True, slots=True)
class PriceList:
    """What a provider asks, in one currency.

    :param sizes: from small to large; of the largest there may be many.
    :param disk_gb_month: a gigabyte of block storage for a month.
    :param traffic: what a terabyte that leaves costs up to so many; the last one is for all above.
    :param traffic_free_tb: what each machine, or with ``free_once`` the whole account, may send for nothing.
    """

    name: str
    date: str
    page: str
    currency: str
    sizes: tuple[Size, ...]
    disk_gb_month: float
    traffic: tuple[tuple[float, float], ...]
    traffic_free_tb: float
    free_once: bool
    note: str = ""

    def traffic_cost(self, out_bytes: float, *, machines: int) -> float:
        """Price what leaves in a month."""
        left = max(0.0, out_bytes / TB - self.traffic_free_tb * (1 if self.free_once else machines))
        cost, below = 0.0, 0.0
        for up_to, each in self.traffic:
            part = min(left, up_to - below)
            cost += part * each
            left -= part
            below = up_to
        return cost

    def in_eur(self, amount: float) -> float:
        """Convert into euros."""
        return amount if self.currency == "EUR" else amount / USD_PER_EUR


HETZNER = PriceList(
    name="Hetzner Cloud, Germany", date="2026-10-28", page="https://www.hetzner.com/cloud/", currency="EUR",
    sizes=(
        Size("CCX13", 2, 8 * GIB, 42.99),
        Size("CCX23", 4, 16 * GIB, 85.99),
        Size("CCX33", 8, 32 * GIB, 138.49),
    ),
    disk_gb_month=0.0572, traffic=((float("inf"), 1.0),), traffic_free_tb=20, free_once=False,
    note="machines from the provider's price interface as collected in moveinfra/eu-cloud-prices; disks and traffic as "
    "of 2026-05-27",
)
AWS = PriceList(
    name="AWS EC2 on demand, Frankfurt", date="2026-10-28", page="https://aws.amazon.com/ec2/pricing/on-demand/",
    currency="USD",
    sizes=(
        Size("m6a.large", 2, 8 * GIB, 0.1035 * MONTH_HOURS),
        Size("m6a.xlarge", 4, 16 * GIB, 0.207 * MONTH_HOURS),
        Size("m6a.2xlarge", 8, 32 * GIB, 0.414 * MONTH_HOURS),
    ),
    disk_gb_month=0.0952, traffic=((10, 90.0), (50, 85.0), (150, 70.0), (float("inf"), 50.0)), traffic_free_tb=0.1,
    free_once=True,
    note="machines as collected in moveinfra/eu-cloud-prices; traffic as of June 2026; the disk price is that of 2024, "
    "and was not found again",
)
LISTS = (HETZNER, AWS)


@dataclass(frozen=True, slots=True)
class HostedPrice:
    """What a hosted service asks for connections and messages."""

    name: str
    date: str
    page: str
    month: float
    million_messages: float
    million_connection_minutes: float
    million_channel_minutes: float
    note: str = ""


ABLY = HostedPrice(
    name="Ably, Pro", date="2026", page="https://ably.com/docs/platform/pricing", month=399.0, million_messages=2.5,
    million_connection_minutes=1.0, million_channel_minutes=1.0,
    note="without its volume discounts, which are not public",
)
