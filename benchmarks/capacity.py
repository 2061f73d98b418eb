"""``python -m benchmarks.capacity``: fills the tables of ``docs/capacity.md`` and draws its plot.

From what was measured on this machine, as ``claps plan`` does it. Nothing is measured; the text between the tables
is written by hand.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from benchmarks.figures import RESULTS
from benchmarks.plots import line_plot
from claps.planning.display import bytes_text, count_text
from claps.planning.figures import NAMES, REFERENCE, WHAT, Figures, unit_of
from claps.planning.loads import Load, usual_changes, usual_comments, usual_page_views
from claps.planning.peers import PEERS, LivePart, Peer, compare
from claps.planning.plans import Plan, make_plan
from claps.planning.prices import HETZNER
from claps.planning.reading import FAN_OUT_READERS, read_figures

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "capacity.md"
PLOT = DOCS / "plots" / "capacity.svg"
PLOTTED = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
CHOKEPOINTS = 5


def site(readers: int, hot: int, claps: float, **more: Any) -> Load:
    """A site whose readers do what is usual, with ten readers on each of its posts."""
    views = usual_page_views(readers)
    usual = {
        "page_views_per_second": views, "comments_per_second": usual_comments(views),
        "posts": max(1_000, readers // 10), "changes_per_second": usual_changes(int(more.get("watched_tables", 0))),
    }
    return Load(readers, hot, claps, **{**usual, **more})


CURED = {"by_topic": True, "publish_most": 10.0}
SITES = {
    "10,000": site(10_000, 1_000, 100),
    "100,000": site(100_000, 10_000, 2_000, posts=10_000),
    "100,000 on one post": site(100_000, 100_000, 1_000, hot_claps=1.0),
    "1,000,000": site(1_000_000, 10_000, 10_000),
    "100 million": site(100_000_000, 1_000_000, 1_000_000),
    "the same, cured": site(100_000_000, 1_000_000, 1_000_000, **CURED),
}
TABLES = {
    "1,000,000 tables": site(0, 0, 0, tables=1_000_000, watched_tables=1_000_000),
    "the same, cured": site(0, 0, 0, tables=1_000_000, watched_tables=1_000_000, **CURED),
}


def main() -> None:
    """Fill the page and draw the plot."""
    figures = read_figures(RESULTS)
    peers = read_peers(RESULTS / "side_by_side_readers.json") or PEERS
    plans = {name: make_plan(load, figures) for name, load in SITES.items()}
    tables = {name: make_plan(load, figures) for name, load in TABLES.items()}
    parts = {
        "figures": figures_table(figures), "sites": plans_table(plans), "tables": plans_table(tables),
        "chokepoints": "\n\n".join(
            f"**{name}**\n\n{chokepoints_table(plans[name])}" for name in ("100,000", "1,000,000", "100 million")
        ),
        "peers": peers_table(SITES["100,000"], figures, peers),
    }
    PAGE.write_text(fill(PAGE.read_text(), parts))
    draw(figures, peers)


def fill(text: str, parts: dict[str, str]) -> str:
    """Put each part between its marks."""
    for name, part in parts.items():
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        assert marked.search(text), f"the page has no place for {name}"
        text = marked.sub(lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text)
    return text


def read_peers(path: Path) -> tuple[Peer, ...]:
    """Read what was measured side by side; nothing when it was not."""
    if not path.exists():
        return ()
    return tuple(
        Peer(
            name, values["fan_out_ms"] * 1000 / FAN_OUT_READERS, values["bytes_per_reader"],
            1e6 / values["connects_per_core"], "`make bench-peers` on this machine",
        )
        for name, values in json.loads(path.read_text()).items() if "fan_out_ms" in values
    )


def table(heads: list[str], rows: list[list[str]], *, right: int | None = None) -> str:
    """Write a table as Markdown; the first ``right`` columns after the first stand at the right, or all of them."""
    numbers = len(heads) - 1 if right is None else right
    lines = [heads, ["---", *["---:"] * numbers, *["---"] * (len(heads) - 1 - numbers)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def figures_table(figures: Figures) -> str:
    """What everything is reckoned from."""
    rows = []
    for name in NAMES:
        origin = "reference" if figures.origin(name) == REFERENCE else figures.origin(name)
        rows.append([WHAT[name], f"{count_text(getattr(figures, name))} {unit_of(name)}", origin])
    return table(["what", "figure", "from"], rows, right=1)


def plans_table(plans: dict[str, Plan]) -> str:
    """One column a site."""
    columns = [_column(plan) for plan in plans.values()]
    return table(["", *plans], [[what, *(column[what] for column in columns)] for what in columns[0]])


def _column(plan: Plan) -> dict[str, str]:
    load, needs, sights, (hetzner, aws) = plan.load, plan.needs, plan.sights, plan.bills
    roles = (
        (hetzner.app_nodes, hetzner.size), (hetzner.redis_nodes, hetzner.redis_size),
        (hetzner.sql_nodes, hetzner.sql_size),
    )
    return {
        "connections": f"{load.connections:,}",
        "on one post": f"{load.hot:,}",
        "claps / page views / table changes a second":
            " / ".join(count_text(rate) for rate in (
                load.claps_per_second, load.page_views_per_second, load.changes_per_second)),
        "workers": f"{needs.workers:,}",
        "cores busy: workers, Redis, SQL":
            f"{count_text(needs.worker_cpu)}, {count_text(needs.redis_cpu)}, {count_text(needs.sql_cpu)}",
        "machines at Hetzner: workers, Redis, SQL":
            " + ".join(f"{count:,} {size}" for count, size in roles if count) + (" for all" * (hetzner.nodes == 1)),
        "memory: workers, kernel": f"{bytes_text(needs.app_bytes)}, {bytes_text(needs.kernel_bytes)}",
        "Redis servers, memory": f"{needs.redis_servers:,}, {bytes_text(needs.redis_bytes)}",
        "sends to readers a second": count_text(needs.traffic.sends),
        "pub/sub messages a second": count_text(needs.traffic.heard),
        "SQL rows a day, bytes": f"{count_text(needs.rows_per_day)}, {bytes_text(needs.sql_bytes_per_day)}",
        "flush transactions a second": count_text(needs.flushes_per_second),
        "network out, in, a second": f"{bytes_text(needs.network.out_bytes)}, {bytes_text(needs.network.in_bytes)}",
        "tick": f"{sights.tick_ms:,.0f} ms" if sights.pairs else "–",
        "clap to sight, p50 / p99": f"{sights.p50_ms:,.0f} / {sights.p99_ms:,.0f} ms" if sights.pairs else "–",
        "Hetzner, a month": f"{hetzner.total:,.0f} EUR",
        "AWS, a month": f"{aws.total:,.0f} USD",
        "messages at Ably, a month": f"{count_text(plan.hosted_eur)} EUR",
        "beyond this version": f"{len(plan.beyond)} of its bounds" if plan.beyond else "nothing",
    }


def chokepoints_table(plan: Plan) -> str:
    """What is full first."""
    rows = [
        [one.name, f"× {one.factor:.3g}", one.at_text, one.remedy] for one in plan.chokepoints[:CHOKEPOINTS]
    ]
    return table(["full", "when this load is", "at", "then"], rows, right=1)


def peers_table(load: Load, figures: Figures, peers: tuple[Peer, ...]) -> str:
    """What programs need for the live part."""
    rows = []
    parts = compare(load, figures, make_plan(load, figures).needs, peers=peers, prices=HETZNER)
    for peer, (each, paced) in zip(peers, parts, strict=True):
        told = "–" if peer.name == "Claps" else _spell(each)
        rows.append([peer.name, f"{peer.send_us:.1f} µs", bytes_text(paced.memory_bytes), _spell(paced), told])
    heads = ["", "one send", "memory, with the kernel’s", "told once a tick", "told with every clap"]
    origins = sorted({peer.origin for peer in peers})
    return f"{table(heads, rows)}\n\nFrom {'; '.join(origins)}."


def _spell(part: LivePart) -> str:
    return f"{count_text(part.cores)} cores, {part.nodes:,} × {part.size}, {part.month:,.0f} EUR"


def draw(figures: Figures, peers: tuple[Peer, ...]) -> None:
    """Draw what a month costs against how many read."""
    series: dict[str, list[tuple[float, float]]] = {"Claps, all of it": []}
    for readers in PLOTTED:
        load = site(readers, readers // 10, readers / 100)
        plan = make_plan(load, figures)
        series["Claps, all of it"].append((readers, plan.bills[0].total_eur))
        for each, paced in compare(load, figures, plan.needs, peers=peers, prices=HETZNER):
            if each.name == "Claps":
                continue  # Its line is for all of it.
            series.setdefault(f"{each.name}, sends alone", []).append((readers, each.month))
            if each.name == "ws":
                series.setdefault("ws, paced like Claps", []).append((readers, paced.month))
        series.setdefault("Ably, messages alone", []).append((readers, plan.hosted_eur))
    line_plot(
        PLOT, title_text="What a month costs (machines at Hetzner)",
        x_text="readers, a tenth of them on one post, a clap a second for 100", y_text="EUR a month",
        series=series, log_x=True, log_y=True,
    )


if __name__ == "__main__":
    main()
