"""``claps simulate``, from its command line to its table."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from tests.parts.claps_server import BIN, ROOT, ClapsServer
from tests.parts.processes import eventually, find_free_port

CROWD = (
    "simulate", "--readers", "100", "--posts", "6", "--claps-per-second", "60", "--long-poll", "20", "--people", "0",
)


def rows_of(table: str) -> dict[str, str]:
    """Read the table's first two columns."""
    lines = [line.split("│") for line in table.splitlines() if line.count("│") == 4]
    return {cells[1].strip(): cells[2].strip() for cells in lines}


def test_a_hundred_readers_see_every_clap_and_all_counts_agree(live_site: ClapsServer) -> None:
    done = live_site.run(*CROWD, "--seconds", "3")

    rows = rows_of(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows["readers"] == "100"
    assert rows["sent"] == rows["acknowledged"] == rows["counted"]
    assert rows["final counts"] == "agree"
    assert "readers, Redis, SQL" in done.stdout
    assert "never seen" not in rows and "dashboard" not in rows


@pytest.mark.parametrize("share", ["0", "100"])
def test_every_clap_may_go_one_road(live_site: ClapsServer, share: str) -> None:
    done = live_site.run(
        "simulate", "--readers", "5", "--posts", "2", "--seconds", "1", "--claps-per-second", "40",
        "--socket-claps", share, "--people", "0",
    )

    rows = rows_of(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(rows["acknowledged"]) > 0


def test_what_people_do_is_kept_once_and_they_leave(make_server: Callable[..., ClapsServer]) -> None:
    site = make_server()
    site.start()
    before = site.open_client().get("/@ada/followers").text

    done = site.run(
        "simulate", "--readers", "4", "--posts", "3", "--seconds", "2", "--people", "4", "--acts-per-second", "40",
        "--watchers", "6", "--puts-per-second", "20",
    )

    rows = rows_of(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (rows["people"], rows["kept"]) == ("4", "once each")
    assert int(rows["comments"]) > 0
    assert (rows["dashboard"], rows["clap to dashboard, p50"][-2:]) == ("agrees", "ms")
    assert "claps stay with posts of others" in done.stdout
    assert rows["their tables"] == "the same"
    assert int(rows["put"]) > 0 < int(rows["told to watchers"])
    assert eventually(lambda: site.open_client().get("/@ada/followers").text == before)
    assert "One of the crowd" not in site.open_client().get("/search?q=crowd").text


def test_fewer_posts_than_asked_are_said_to_be_so(live_site: ClapsServer) -> None:
    done = live_site.run("simulate", "--readers", "2", "--posts", "500", "--seconds", "0", "--people", "0")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "There are only" in done.stdout


def test_control_c_ends_with_the_table_so_far(live_site: ClapsServer) -> None:
    # Its output goes to a pipe, so the bars show only at the end; the server tells when the crowd is there.
    before = subscribers_of(live_site)
    command = [str(BIN / "claps"), *CROWD, "--seconds", "60"]
    crowd = subprocess.Popen(command, env=live_site.environ, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    eventually(lambda: subscribers_of(live_site) >= before + 20)
    os.kill(crowd.pid, signal.SIGINT)
    told, _ = crowd.communicate(timeout=30)

    assert crowd.returncode == 0
    assert rows_of(told)["final counts"] == "agree"


def subscribers_of(site: ClapsServer) -> int:
    """Ask one worker how many wait there."""
    lines = site.open_client().get("/metrics").text.splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith("claps_subscribers{"))


def test_another_machine_is_refused(live_site: ClapsServer) -> None:
    done = live_site.run("simulate", "--url", "http://192.0.2.1:8000")

    assert done.returncode == 1
    assert done.stderr.startswith("claps: 192.0.2.1 is not this machine")


def test_more_readers_than_files_are_refused_with_the_number_possible(live_site: ClapsServer) -> None:
    done = live_site.run("simulate", "--readers", "1000000000")

    assert done.returncode == 1
    assert "are possible" in done.stderr


def test_a_site_that_is_not_served_is_said_in_one_line(make_server: Callable[..., ClapsServer]) -> None:
    done = make_server().run("simulate", "--url", f"http://127.0.0.1:{find_free_port()}")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "claps serve" in done.stderr
