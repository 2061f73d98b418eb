"""Work that takes long."""

from __future__ import annotations

import threading

from claps.acts.threads import in_thread


def test_it_is_done_in_another_thread_and_its_result_comes_back() -> None:
    here = threading.get_ident()

    assert in_thread(lambda number: (number + 1, threading.get_ident() == here), 1) == (2, False)
