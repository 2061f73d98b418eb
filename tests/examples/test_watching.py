"""The dashboard, the alerts and Prometheus' own file: every query asks for what there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml

from claps.plain.vitals import OF_SITE, OF_WORKERS, Vital
from tests.house.sources import ROOT

FOLDER = ROOT / "examples" / "watching"
BOARD = json.loads((FOLDER / "dashboard.json").read_text())
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
COLUMNS = 24
# What Prometheus adds to everything it scrapes, and what it says of a scrape itself.
EVERYWHERE = {"instance", "job"}
OF_PROMETHEUS = {"up": EVERYWHERE}


def queries() -> list[str]:
    """Every query of the dashboard and of the alerts, with Grafana's variables filled in."""
    shown = [target["expr"] for panel in PANELS for target in panel["targets"]]
    shown = [query.replace("$__rate_interval", "5m").replace("$instance", ".*") for query in shown]
    return [*shown, *(rule["expr"] for rule in RULES)]


def known() -> dict[str, set[str]]:
    """The labels of each sample that /metrics has, by its name."""
    found = dict(OF_PROMETHEUS)
    for vitals, labels in ((OF_WORKERS, {"worker"}), (OF_SITE, set[str]())):
        for vital in vitals:
            for name, more in _samples_of(vital):
                found[name] = EVERYWHERE | labels | more | ({vital.label} if vital.label else set())
    return found


def _samples_of(vital: Vital) -> list[tuple[str, set[str]]]:
    if vital.kind != "histogram":
        return [(vital.name, set())]
    return [(f"{vital.name}_bucket", {"le"}), (f"{vital.name}_sum", set()), (f"{vital.name}_count", set())]


def walk(expr: Any) -> Iterator[Any]:
    """A query's expression with all that is in it."""
    yield expr
    for name in ("expr", "lhs", "rhs", "param", "vector_selector", "vs"):
        inner = getattr(expr, name, None)
        if inner is not None:
            yield from walk(inner)
    for inner in getattr(expr, "args", None) or ():
        yield from walk(inner)


@pytest.mark.parametrize("query", sorted(set(queries())))
def test_every_query_asks_for_what_there_is(query: str) -> None:
    parts = list(walk(promql_parser.parse(query)))

    selectors = [part for part in parts if isinstance(part, promql_parser.VectorSelector)]
    assert selectors
    labels = set.intersection(*(known()[one.name] for one in selectors))
    assert {matcher.name for one in selectors for matcher in one.matchers.matchers} <= labels
    by = [part.modifier.labels for part in parts if isinstance(part, promql_parser.AggregateExpr) and part.modifier]
    assert {name for names in by for name in names} <= labels


def test_everything_that_is_told_is_shown() -> None:
    shown = " ".join(queries())

    assert not [vital.name for vital in (*OF_WORKERS, *OF_SITE) if vital.name not in shown]


def test_the_dashboard_is_what_grafana_imports() -> None:
    assert {"uid", "title", "schemaVersion", "time", "templating", "panels"} <= BOARD.keys()
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    assert {panel["type"] for panel in BOARD["panels"]} <= {"row", "stat", "timeseries"}
    variables = {variable["name"] for variable in BOARD["templating"]["list"]}
    assert set(re.findall(r"\$\{?([a-z]+)\b", json.dumps(BOARD))) == variables
    for panel in PANELS:
        refs = [target["refId"] for target in panel["targets"]]
        assert len(set(refs)) == len(refs) and panel["datasource"]["uid"] == "${datasource}"


def test_panels_lie_beside_each_other() -> None:
    taken: set[tuple[int, int]] = set()

    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        places = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= COLUMNS and not places & taken, panel["title"]
        taken |= places


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    for rule in RULES:
        assert rule["alert"].startswith("Claps") and rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"] and rule["annotations"]["description"].endswith(".")
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_prometheus_is_told_of_the_alerts() -> None:
    told = yaml.safe_load((FOLDER / "prometheus.yml").read_text())

    assert [(FOLDER / name).exists() for name in told["rule_files"]] == [True]
    assert [job["job_name"] for job in told["scrape_configs"]] == ["claps"]
