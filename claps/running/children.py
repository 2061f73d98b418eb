"""Child processes that do not outlive us."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys

_PR_SET_PDEATHSIG = 1


def start_child(command: list[str], environ: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own: Ctrl-C reaches only us, and we end it in our order."""
    return subprocess.Popen(command, env=environ, start_new_session=True, preexec_fn=_end_with_parent)


def stop_child(child: subprocess.Popen[bytes], *, seconds: float) -> None:
    """Ask a child to end (SIGTERM), and make it (SIGKILL) when it has not after some seconds."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _end_with_parent() -> None:
    # Linux: if we are killed outright, the kernel tells the child; elsewhere it notices by itself or stays.
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1:
            os._exit(1)
