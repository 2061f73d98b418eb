"""What a parked reader costs the worker: resident memory beyond the kernel's, and open files.

The worker's resident memory is read with 1,000 parked readers and again with 15,000. Long-pollers name two
topics: readers of a single one are counted, and being counted is news that would answer them all.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.programs import Crowd
from benchmarks.sites import BenchSite, open_site, poll_request, upgrade_request

FEW = 1_000
MANY = 15_000
STEP = 1_000
BYTES_BOUND = 1024
FILES_BOUND = 1
WAIT_SECONDS = 60


def measure(folder: Path) -> list[Figure]:
    """Measure WebSockets carrying HTML and JSON, and long-polls."""
    figures = []
    for name in ("WebSocket, HTML", "WebSocket, JSON", "long-poll"):
        # A new worker for each: memory that was given back inside of it would flatter the next.
        with open_site(folder) as site, Crowd(folder, site.port) as crowd:
            _park(site, crowd, name, FEW)
            few_bytes, few_files = site.resident_bytes, site.files
            _park(site, crowd, name, MANY)
            grown_bytes, grown_files = site.resident_bytes - few_bytes, site.files - few_files
        more = MANY - FEW
        figures.append(Figure(f"{name}: resident memory per reader", grown_bytes / more, "bytes", BYTES_BOUND))
        figures.append(Figure(f"{name}: open files per reader", round(grown_files / more, 2), "files", FILES_BOUND))
    return figures


def _park(site: BenchSite, crowd: Crowd, name: str, target: int) -> None:
    if name.startswith("WebSocket"):
        request, wait_for = upgrade_request("topic=post:1", site.port, json_wire=name.endswith("JSON")), "head"
    else:
        topics = "&".join(f"topic={topic}&since={told['version']}" for topic, told in site.states().items())
        request, wait_for = poll_request(topics, site.port, wait_seconds=WAIT_SECONDS), "nothing"
    for count in range(crowd.count()[0] + STEP, target + 1, STEP):
        crowd.open(STEP, request, wait_for=wait_for)
        site.wait_for_subscribers(count)
    site.settle()
    assert crowd.count()[0] == target, crowd.count()
