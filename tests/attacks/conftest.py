"""Fixtures: one site that is attacked, of one worker, so that everybody is on the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.nginx_server import NginxServer


@pytest.fixture(scope="session")
def attacked(parts_folder: Path) -> Iterator[ClapsServer]:
    """A site with its demo, which believes one proxy. All attacks share it: after each it must be as before."""
    environ = {"CLAPS_WORKERS": "1", "CLAPS_TRUSTED_PROXIES": "1", "CLAPS_LOG_REQUESTS": "yes"}
    server = ClapsServer(parts_folder / "attacked", environ=environ, lasting=True)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def nginx(parts_folder: Path, attacked: ClapsServer) -> Iterator[NginxServer]:
    """The documented nginx in front of it."""
    server = NginxServer(parts_folder / "nginx", attacked.port)
    server.start()
    yield server
    server.kill()
