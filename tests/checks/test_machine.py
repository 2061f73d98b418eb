"""Room for readers."""

from __future__ import annotations

from claps.checks.machine import check_disk, check_files, check_machine, check_queue
from tests.parts.claps_server import ROOT


def test_files_for_all_readers_are_enough() -> None:
    assert check_files(10_256, subscribers=10_000).grade == "ok"
    assert check_files(-1, subscribers=10_000).grade == "ok"


def test_fewer_files_than_readers_are_unsafe_and_the_remedy_names_a_number() -> None:
    finding = check_files(1_024, subscribers=10_000)

    assert finding.grade == "unsafe"
    assert "768 readers" in finding.said
    assert "10512" in finding.remedy


def test_a_queue_in_which_few_can_wait_is_a_warning() -> None:
    assert check_queue(-1, subscribers=10_000).grade == "ok"
    assert check_queue(4_096, subscribers=10_000).grade == "ok"
    finding = check_queue(128, subscribers=10_000)

    assert finding.grade == "warn"
    assert "Only 128 of 10,000" in finding.said


def test_a_full_disk_is_a_warning() -> None:
    assert check_disk(1 << 20).grade == "warn"


def test_a_folder_that_is_not_there_yet_is_measured_where_it_will_be() -> None:
    found = check_machine(ROOT / "not" / "there", subscribers=1)

    assert [finding.grade for finding in found] == ["ok", "ok", "ok"]
