"""A server that stops tells its subscribers; one that is killed is missed by nobody for long."""

from __future__ import annotations

import pytest

from tests.faults.test_killed_workers import kill_a_worker
from tests.parts.claps_server import ClapsServer

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
def test_a_worker_that_is_just_starting_does_not_hold_up_the_end(filled_server: ClapsServer) -> None:
    filled_server.start()

    kill_a_worker(filled_server)

    assert filled_server.stop(seconds=10) == 0
