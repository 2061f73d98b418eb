"""Small C libraries that are loaded before a program (Linux, with a C compiler)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PRELOAD = "LD_PRELOAD"


def make_library(source: Path, library: Path) -> None:
    """Compile a library; where that is not possible there is none."""
    compiler = shutil.which("cc") if sys.platform == "linux" else None
    if compiler:
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)


def put_together(*environs: Mapping[str, str]) -> dict[str, str]:
    """One environment of several, with the libraries of all."""
    libraries = [environ[PRELOAD] for environ in environs if PRELOAD in environ]
    both = {name: value for environ in environs for name, value in environ.items()}
    return {**both, PRELOAD: ":".join(libraries)} if libraries else both
