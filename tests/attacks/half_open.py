"""Connections that are begun and never finished, in a network of their own: nobody answers for where they come from."""

from __future__ import annotations

import os
import random
import shutil
import socket
import struct
import subprocess
import sys

FROM = "203.0.113"  # TEST-NET-3 (RFC 5737)
MARK = "CLAPS_ATTACK_NETWORK"
# What leaves for those addresses goes into a wire at whose other end is nobody.
NETWORK = (
    "ip link set lo up", "ip link add far type veth peer name nobody", f"ip addr add {FROM}.1/24 dev far",
    "ip link set far up", "ip link set nobody up",
    # So that 127.0.0.1 may answer there.
    "echo 1 >/proc/sys/net/ipv4/conf/far/route_localnet",
)


def enter_network(words: list[str]) -> None:
    """Begin again in a network of one's own, where that is allowed; else go on here, without half-open connections."""
    if os.environ.get(MARK) or os.geteuid() != 0 or not (shutil.which("unshare") and shutil.which("ip")):
        return
    script = " && ".join([*NETWORK, 'exec "$0" "$@"'])
    command = ["unshare", "--net", "sh", "-c", script, sys.executable, "-m", "tests.attacks", *words]
    sys.exit(subprocess.run(command, env={**os.environ, MARK: "1"}).returncode)


def is_possible() -> bool:
    """Whether this is such a network."""
    return bool(os.environ.get(MARK))


def begin(port: int, count: int) -> None:
    """Send so many first packets of connections, each from another place."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        for number in range(count):
            source = f"{FROM}.{2 + number % 250}"
            raw.sendto(_first_packet(source, 1024 + number // 250 * 7 + random.randrange(7), port), ("127.0.0.1", 0))


def count_half_open(port: int) -> int:
    """How many connections of a port wait for their third packet."""
    wanted = f":{port:04X}"
    with open("/proc/net/tcp") as lines:
        return sum(line.split()[1].endswith(wanted) and line.split()[3] == "03" for line in lines)


def _first_packet(source: str, source_port: int, port: int) -> bytes:
    near, far = socket.inet_aton(source), socket.inet_aton("127.0.0.1")
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, random.randrange(1 << 16), 0, 64, socket.IPPROTO_TCP, 0, near, far)
    rest = (source_port, port, random.randrange(1 << 32), 0, 5 << 4, 0x02, 64_240)
    tcp = struct.pack("!HHIIBBHHH", *rest, 0, 0)
    pseudo = near + far + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(tcp))
    return head + struct.pack("!HHIIBBHHH", *rest, _checksum(pseudo + tcp), 0)


def _checksum(octets: bytes) -> int:
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
