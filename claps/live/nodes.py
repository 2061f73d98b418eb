"""What this node is called among the others."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def name_node() -> str:
    """Name those workers that share a listener, and none besides.

    They have one parent. Its number alone is not enough: in every container it is 1.
    """
    parent = os.getppid()
    try:
        began = Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        began = ""
    return f"{socket.gethostname()}:{parent}:{began}"
