"""A plan: what a load needs, costs, shows, and where it would give way."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from claps.plain.limits import SHARDS
from claps.planning.chokepoints import Chokepoint, find_chokepoints
from claps.planning.figures import NAMES, Figures, unit_of
from claps.planning.loads import Load
from claps.planning.minute import Minute, Sights
from claps.planning.money import Bill, hosted_bill, make_bill
from claps.planning.needs import BUSY, Needs, find_needs, hot_call_share, relay_share
from claps.planning.prices import ABLY, LISTS
from claps.planning.traffic import RELAY_SHARE, heard_of_tables


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that ``claps plan`` tells.

    :param beyond: what this version cannot do at this load, however many machines there are.
    """

    load: Load
    figures: Figures
    needs: Needs
    sights: Sights
    chokepoints: tuple[Chokepoint, ...]
    bills: tuple[Bill, ...]
    hosted_eur: float
    beyond: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The plan for programs."""
        figures = {
            name: {"value": getattr(self.figures, name), "unit": unit_of(name), "origin": self.figures.origin(name)}
            for name in NAMES
        }
        derived = {"cores": self.needs.cores, "memory_bytes": self.needs.memory_bytes}
        return {
            "load": {**self.load.as_dict(), "connections": self.load.connections},
            "needs": {**asdict(self.needs), **derived},
            "sights": asdict(self.sights),
            "chokepoints": [asdict(one) for one in self.chokepoints],
            "bills": [{**asdict(bill), "nodes": bill.nodes, "total": bill.total} for bill in self.bills],
            "hosted_eur": self.hosted_eur,
            "beyond": list(self.beyond),
            "figures": figures,
        }


def make_plan(load: Load, figures: Figures, *, seed: int = 1) -> Plan:
    """Plan for a load with what was measured."""
    needs = find_needs(load, figures)
    return Plan(
        load=load, figures=figures, needs=needs, sights=Minute(load, figures, needs, seed=seed).run(),
        chokepoints=find_chokepoints(load, figures, needs),
        bills=tuple(make_bill(needs, prices) for prices in LISTS),
        hosted_eur=hosted_bill(
            needs, ABLY, connections=load.connections, channels=load.watched_posts + load.watched_tables + 1,
            busy_hours=load.busy_hours,
        ),
        beyond=tuple(_list_beyond(load, figures, needs)),
    )


def _list_beyond(load: Load, figures: Figures, needs: Needs) -> list[str]:
    found = []
    if relay_share(load, figures, workers=needs.workers) > RELAY_SHARE:
        found.append(
            f"Each worker would hear of the hot post for more than {RELAY_SHARE:.0%} of its core; "
            "the plan reckons as if it were published less often."
        )
    each = heard_of_tables(load, needs.workers) / needs.workers * figures.heard_us / 1e6
    if each > RELAY_SHARE:
        found.append(
            f"Each worker would hear of other workers’ tables for more than {RELAY_SHARE:.0%} of its core: "
            "they share channels. Proxies have to choose the machine by the channel."
        )
    if hot_call_share(load, figures) > BUSY:
        found.append("The hot post changes more often than the one Redis that has it can count.")
    if needs.redis_shards > SHARDS:
        found.append(f"{needs.redis_shards:,} Redis servers would be busy, but a site has {SHARDS} shards.")
    if needs.sql_servers > 1:
        found.append(f"{needs.sql_servers:,} SQL servers would be busy, but all shards flush into one database.")
    return found
