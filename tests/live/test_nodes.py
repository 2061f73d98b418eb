"""What nodes are called."""

from __future__ import annotations

import subprocess
import sys

from claps.live.nodes import name_node

ASK = "from claps.live.nodes import name_node; print(name_node())"


def test_workers_of_one_parent_have_one_name_that_others_have_not() -> None:
    children = {subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True).stdout for _ in range(2)}

    assert len(children) == 1
    assert children != {f"{name_node()}\n"}
