"""A network namespace of one's own, in which packets get lost: Linux, as root, with nft.

A process that enters one has an empty loopback for itself and what it starts, so that no rule touches the machine's.
The kernel must know nothing but nft for it: packets are dropped, all or some by chance. How to make them late is not
here: that takes netem, which few kernels of rented machines have; :mod:`tests.parts.network_path` does it.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable

from tests.parts.mariadb_server import SYSTEM_PATH

CLONE_NEWNET = 0x40000000  # linux/sched.h
TABLE = "inet claps_faults"
EVERYBODY = "127.0.0.0/8"


def enter() -> Firewall | None:
    """Move this process, before it has threads, to a network of its own; None where that is not possible."""
    programs = [shutil.which(name, path=SYSTEM_PATH) for name in ("ip", "nft")]
    if sys.platform != "linux" or os.geteuid() != 0 or not all(programs):
        return None
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        return None
    subprocess.run([programs[0] or "ip", "link", "set", "lo", "up"], check=True)
    return Firewall(programs[1] or "nft")


class Firewall:
    """What is dropped on the loopback of this network."""

    def __init__(self, program: str) -> None:
        self._program = program
        self.open()

    def cut_off(self, ports: Iterable[int], *, whose: str = EVERYBODY) -> None:
        """Drop every packet to and from some ports: nobody is told anything, as when a cable is pulled.

        :param whose: the address, or the network, of those who are cut off from them.
        """
        self._add(ports, "drop", whose)

    def lose(self, ports: Iterable[int], *, percent: int, whose: str = EVERYBODY) -> None:
        """Drop some of the packets to and from some ports, by chance."""
        self._add(ports, f"numgen random mod 100 < {percent} drop", whose)

    def silence(self, address: str) -> None:
        """Drop every packet to and from an address."""
        for end in ("saddr", "daddr"):
            self._obey(f"add rule {TABLE} arriving ip {end} {address} drop")

    def open(self) -> None:
        """Let everything pass."""
        self._obey(f"add table {TABLE}; flush table {TABLE}; delete table {TABLE}; add table {TABLE}")
        self._obey(f"add chain {TABLE} arriving {{ type filter hook input priority 0; }}")

    def _add(self, ports: Iterable[int], verdict: str, whose: str) -> None:
        named = ", ".join(map(str, ports))
        for near, far in (("dport", "saddr"), ("sport", "daddr")):
            self._obey(f"add rule {TABLE} arriving ip {far} {whose} tcp {near} {{ {named} }} {verdict}")

    def _obey(self, order: str) -> None:
        done = subprocess.run([self._program, order], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
