"""What the run costs this machine: memory and processor time, by kind of process, from ``/proc``."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes at one moment; ``slab`` is what the kernel keeps for sockets, files and the like."""

    available: int
    slab: int
    tcp_buffers: int
    sockets: int
    workers_rss: int
    workers_pss: int
    audience_pss: int
    redis_pss: int


def read_memory(workers: Iterable[int], audience: Iterable[int], redis: Iterable[int]) -> Memory:
    """Read the memory of the machine and of some processes."""
    info = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in _lines("/proc/meminfo")}
    tcp = next(line.split() for line in _lines("/proc/net/sockstat") if line.startswith("TCP"))
    workers = list(workers)
    return Memory(
        info["MemAvailable"], info["Slab"], int(tcp[-1]) * PAGE_BYTES, int(tcp[2]),
        sum(map(_rss, workers)), sum(map(_pss, workers)), sum(map(_pss, audience)), sum(map(_pss, redis)),
    )


class Processors:
    """Processor seconds by kind of process, since it was made.

    :param kinds: process ids by kind; asked again each time, because workers are started anew.
    """

    def __init__(self, kinds: Mapping[str, Iterable[int]]) -> None:
        self._began = time.monotonic()
        self._at_first = {pid: used for by_pid in _used(kinds).values() for pid, used in by_pid.items()}
        self._whole_at_first = _whole()

    def split(self, kinds: Mapping[str, Iterable[int]]) -> dict[str, float]:
        """Cores used by each kind, by everything else (the kernel's own work included) and by nobody."""
        seconds = time.monotonic() - self._began
        used = _used(kinds)
        first = self._at_first
        cores = {
            kind: sum(now - first.get(pid, 0.0) for pid, now in by_pid.items()) / seconds
            for kind, by_pid in used.items()
        }
        busy, idle = ((now - first) / seconds for now, first in zip(_whole(), self._whole_at_first, strict=True))
        return {**cores, "all else": max(0.0, busy - sum(cores.values())), "idle": idle}


def _used(kinds: Mapping[str, Iterable[int]]) -> dict[str, dict[int, float]]:
    return {kind: {pid: cpu_seconds(pid) for pid in pids} for kind, pids in kinds.items()}


def cpu_seconds(pid: int) -> float:
    """The processor time that a process has used so far; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _whole() -> tuple[float, float]:
    user, nice, system, idle, waiting, hard, soft, *_ = map(int, _lines("/proc/stat")[0].split()[1:])
    return (user + nice + system + hard + soft) / TICKS, (idle + waiting) / TICKS


def _rss(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES


def _pss(pid: int) -> int:
    return next(int(line.split()[1]) * 1024 for line in _lines(f"/proc/{pid}/smaps_rollup") if line.startswith("Pss:"))


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
