"""A plan as tables for people."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from claps.planning.figures import NAMES, REFERENCE, WHAT, unit_of
from claps.planning.needs import BUSY, CLAPS_PER_PERSON
from claps.planning.plans import Plan
from claps.planning.prices import ABLY, LISTS

CHOKEPOINTS_SHOWN = 3
Row = tuple[str, str, str]


def show_plan(plan: Plan, console: Console) -> None:
    """Print the whole plan."""
    load = plan.load
    rows = [*_rows_of_machines(plan), *_rows_of_data(plan), *_rows_of_network(plan)]
    console.print(_table_of("What it needs", rows))
    console.print(_table_of("What readers see of the hot post", _rows_of_sights(plan)))
    console.print(_table_of("Money a month", _rows_of_money(plan)))
    console.print(_chokepoints(plan, "Full first, and cured by more machines", by_adding=True))
    console.print(_chokepoints(plan, "Full first, and not cured by more machines", by_adding=False))
    for sentence in plan.beyond:
        console.print(f"[bold]Beyond this version:[/bold] {sentence}")
    console.print(_table_of("Reckoned from", _rows_of_figures(plan)))
    console.print(
        f"Processors are planned {BUSY:.0%} busy. A day is worth {load.busy_hours:g} hours of this load; "
        f"a person gives {CLAPS_PER_PERSON} claps. TLS is counted in the traffic, not in the processors."
    )


def bytes_text(value: float) -> str:
    """Write a size with a unit that suits it."""
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:,.3g} PB"


def count_text(value: float) -> str:
    """Write a rate or a large count with three digits that matter."""
    for limit, name in ((1e9, "billion"), (1e6, "million")):
        if value >= limit:
            return f"{value / limit:,.3g} {name}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _rows_of_machines(plan: Plan) -> list[Row]:
    needs, bill = plan.needs, plan.bills[0]
    redis = f"{bytes_text(needs.redis_bytes)} of memory, {needs.redis_cpu:.2f} cores busy"
    sql = f"{needs.sql_cpu:.0%} busy with {count_text(needs.sql_rows_per_second)} rows/s"
    roles = (
        f"{bill.app_nodes:,} {bill.size} for workers, {bill.redis_nodes:,} {bill.redis_size} for Redis, "
        f"{bill.sql_nodes:,} {bill.sql_size} for SQL"
    )
    return [
        ("connections", f"{plan.load.connections:,}", f"{plan.load.hot:,} of them on one post"),
        ("workers", f"{needs.workers:,}", f"{needs.worker_cpu:.2f} cores busy"),
        ("cores", f"{needs.cores:,}", "workers, Redis and SQL"),
        ("machines", f"{bill.nodes:,}", roles if bill.nodes > 1 else f"{bill.size}, everything on one"),
        ("memory of the workers", bytes_text(needs.app_bytes), ""),
        ("memory of the kernel", bytes_text(needs.kernel_bytes), "for connections"),
        ("open files", f"{needs.files:,}", f"at most {plan.load.files_per_worker:,} each"),
        ("Redis servers", f"{needs.redis_servers:,}", redis),
        ("SQL servers", f"{needs.sql_servers:,}", sql),
    ]


def _rows_of_data(plan: Plan) -> list[Row]:
    needs, traffic = plan.needs, plan.needs.traffic
    return [
        ("sends", count_text(traffic.sends), "a second, to readers"),
        ("pub/sub messages", count_text(traffic.heard), f"a second, of {count_text(traffic.published)} published"),
        ("SQL rows", count_text(needs.rows_per_day), f"a day, {bytes_text(needs.sql_bytes_per_day)} with indexes"),
        ("flush transactions", count_text(needs.flushes_per_second), "a second"),
    ]


def _rows_of_network(plan: Plan) -> list[Row]:
    network = plan.needs.network
    out = f"a second, {bytes_text(network.month_out_bytes)} a month"
    return [
        ("network out", bytes_text(network.out_bytes), out),
        ("network in", bytes_text(network.in_bytes), "a second"),
    ]


def _rows_of_sights(plan: Plan) -> list[Row]:
    sights, traffic = plan.sights, plan.needs.traffic
    return [
        ("one update, to the last", f"{traffic.hot_seconds * 1000:,.0f} ms", "when nothing else is done"),
        ("tick", f"{sights.tick_ms:,.0f} ms", f"{sights.updates_per_second:.1f} updates a second"),
        ("clap to sight, p50", f"{sights.p50_ms:,.0f} ms", f"a simulated minute, {sights.pairs:,} pairs"),
        ("p99", f"{sights.p99_ms:,.0f} ms", f"max {sights.max_ms:,.0f} ms"),
    ]


def _rows_of_money(plan: Plan) -> list[Row]:
    rows = []
    for bill, prices in zip(plan.bills, LISTS, strict=True):
        parts = f"{bill.machines:,.0f} machines, {bill.disk:,.0f} disk, {bill.traffic:,.0f} traffic"
        rows.append((prices.name, f"{bill.total:,.0f} {bill.currency}", f"{parts}; list of {prices.date}"))
    rows.append((f"{ABLY.name}, messages only", f"{plan.hosted_eur:,.0f} EUR", f"list of {ABLY.date}, {ABLY.note}"))
    return rows


def _chokepoints(plan: Plan, heading: str, *, by_adding: bool) -> Table:
    rows = []
    for one in [one for one in plan.chokepoints if one.by_adding is by_adding][:CHOKEPOINTS_SHOWN]:
        times = f"× {one.factor:,.1f}" if one.factor >= 1.05 else "full" if one.factor <= 0.95 else "now"
        rows.append((one.name, times, f"{one.at_text}: {one.remedy}"))
    return _table_of(heading, rows)


def _rows_of_figures(plan: Plan) -> list[Row]:
    rows = []
    for name in NAMES:
        value = f"{count_text(getattr(plan.figures, name))} {unit_of(name)}"
        origin = plan.figures.origin(name)
        rows.append((WHAT[name], value, "reference" if origin == REFERENCE else origin))
    if any(origin == "reference" for _, _, origin in rows):
        rows.append(("", "", REFERENCE))
    return rows


def _table_of(title: str, rows: list[Row]) -> Table:
    table = Table(title=title, show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column()
    for row in rows:
        table.add_row(*row)
    return table
