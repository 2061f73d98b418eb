"""The tables of what was measured side by side; the promises that name a peer."""

from __future__ import annotations

from pathlib import Path

from benchmarks.beside import tables

FOUND = {
    "Claps": {
        "fan_out_ms": 50.04, "fan_out_least_ms": 45.0, "fan_out_most_ms": 61.2, "frame_bytes": 127.0,
        "bytes_per_reader": 512.0, "connects_per_second": 2_500.4, "connects_per_core": 2_600.0, "to_ws": 0.62,
        "to_Nchan": 0.85, "wake_ms": 0.02, "wakes_per_core": 50_000.0, "wake_last_ms": 40.0,
        "10_acked_per_second": 10.0, "10_ack_p50_ms": 2.0, "10_ack_p99_ms": 3.25, "10_sight_p50_ms": 40.0,
        "10_sight_p99_ms": 101.0, "10_sql_is_right": 1.0, "10_cpu_share": 0.031, "10_lost": 0.0,
    },
    "Socket.IO": {"connects_per_core": 2_000.0, "connects_per_second": 2_778.0, "10_acked_per_second": 9.0},
}


def test_a_line_for_each_program_and_a_dash_for_what_it_cannot() -> None:
    _, _, ours, theirs, nobodys = tables.short_table(FOUND, ("Claps", "Socket.IO", "ws")).splitlines()

    assert ours == "| Claps | 50.0 ms | 0.5 KiB | 2,500/s | 50,000/s | 10/s |"
    assert theirs == "| Socket.IO | – | – | 2,778/s | – | 9/s |"
    assert nobodys == "| ws | – | – | – | – | – |"


def test_only_rates_that_were_tried_have_a_line() -> None:
    values = {"Claps": FOUND["Claps"] | {"10_sql_is_right": 0.0}}

    lines = tables.claps_table(values, ("Claps", "ws"), (10, 100)).splitlines()

    assert lines[2:] == ["| Claps | 10/s | 10/s | 2 / 3.25 ms | 40 / 101 ms | 3% | **wrong** |"]


def test_a_lost_comparison_is_a_missed_bound() -> None:
    kept = {figure.what: not figure.missed for figure in tables.bounds(FOUND)}

    assert kept == {
        "an update to all readers, to Nchan's time": False, "an update to all readers, to ws's time": True,
        "connects to Socket.IO's, per core": True, "connects to Socket.IO's, by the clock": False,
    }


def test_nothing_is_promised_of_a_peer_that_is_not_there() -> None:
    assert tables.bounds({"Claps": {"connects_per_core": 1.0}}) == []


def test_the_plot_names_every_program_that_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "plot.svg"

    tables.draw(path, FOUND, ("Claps", "Socket.IO", "ws"), (10, 100))

    text = path.read_text()
    assert ">Claps<" in text and ">Socket.IO<" in text and ">ws<" not in text
