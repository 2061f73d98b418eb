"""Has this machine room for the readers that are expected?"""

from __future__ import annotations

import resource
import shutil
from pathlib import Path

from claps.checks.findings import Finding, ok, unsafe, warn
from claps.plain.limits import FILES_KEPT_FREE

ABOUT = "Machine"
LEAST_FREE_BYTES = 1 << 30
SOMAXCONN = Path("/proc/sys/net/core/somaxconn")
# So many of a worker's readers may come back in the same moment before they wait for each other's retries.
KNOCKING_SHARE = 0.25


def check_machine(var: Path, *, subscribers: int) -> list[Finding]:
    """Look at limits of this process, which are those of a server that is started in the same way."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return [
        check_files(hard, subscribers=subscribers),
        check_queue(int(SOMAXCONN.read_text()) if SOMAXCONN.exists() else -1, subscribers=subscribers),
        check_disk(_free_bytes(var)),
    ]


def check_files(limit: int, *, subscribers: int) -> Finding:
    """Each reader holds one file; a worker that has no more stops accepting.

    :param limit: the most files a process may open; a worker raises its own limit to that.
    :param subscribers: readers that one worker shall hold.
    """
    room = limit - FILES_KEPT_FREE
    if limit < 0 or room >= subscribers:
        return ok(ABOUT, f"A worker may open {'any number of' if limit < 0 else f'{limit:,}'} files.")
    return unsafe(
        ABOUT, f"A worker may open {limit:,} files: {max(0, room):,} readers, not {subscribers:,}; others wait.",
        f"“ulimit -Hn {subscribers + 2 * FILES_KEPT_FREE}” (LimitNOFILE= under systemd, --ulimit nofile under Docker), "
        "or more workers (CLAPS_WORKERS) with “--subscribers” for each.",
    )


def check_queue(length: int, *, subscribers: int) -> Finding:
    """Whoever finds the kernel's queue full knocks again after 1, 3, 7, 15, 31 seconds, and so comes back late.

    :param length: how many may wait to be accepted by one listener; -1 where that is not told.
    """
    if length < 0 or length >= subscribers * KNOCKING_SHARE:
        return ok(ABOUT, f"{'Many' if length < 0 else f'{length:,}'} readers may knock in the same moment.")
    return warn(
        ABOUT, f"Only {length:,} of {subscribers:,} readers of a worker may knock at once; others come late.",
        "sysctl net.core.somaxconn=65535",
    )


def check_disk(free_bytes: int) -> Finding:
    """What is kept in ``var`` needs room to grow."""
    spelled = f"{free_bytes / (1 << 30):,.1f} GiB"
    if free_bytes < LEAST_FREE_BYTES:
        return warn(ABOUT, f"The disk of CLAPS_VAR has only {spelled} left.", "Make room, or move CLAPS_VAR.")
    return ok(ABOUT, f"The disk of CLAPS_VAR has {spelled} left.")


def _free_bytes(var: Path) -> int:
    place = var.resolve()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free
