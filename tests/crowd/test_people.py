"""What people of the crowd were told, compared with what the site has of them."""

from __future__ import annotations

from typing import Any

import pytest

from claps.crowd.connections import Loop
from claps.crowd.people import Company, Member
from claps.crowd.targets import find_target
from claps.crowd.visits import Account, join
from claps.plain.errors import Unavailable
from tests.parts.processes import find_free_port

HELLO = {"id": 7, "body": "Hello.", "removed": False}


@pytest.fixture
def member() -> Member:
    """Somebody who was told of one comment, two likes and a follow, and not of another like."""
    loop = Loop(find_target(f"http://127.0.0.1:{find_free_port()}", anywhere=False))
    member = Member(Company(loop, [], people=0), Account("crowd_1", "a password", "session=x"))
    member.comments[7] = "Hello."
    member.unsure.add("Hello?")
    member.likes.update({1: True, 2: False, 3: None})
    member.follows["ada"] = True
    return member


def kept(
    *comments: dict[str, Any], likes: tuple[int, ...] = (1,), follows: tuple[str, ...] = ("ada",)
) -> dict[str, list[dict[str, Any]]]:
    """What the site has of somebody."""
    return {
        "comments": list(comments or (HELLO,)), "likes": [{"post_id": post_id} for post_id in likes],
        "follows": [{"name": name} for name in follows],
    }


def test_what_was_told_and_is_there_once_is_no_fault(member: Member) -> None:
    assert member.find_faults(kept()) == []


def test_what_nobody_answered_for_may_be_there_or_not(member: Member) -> None:
    assert member.find_faults(kept(HELLO, {"id": 8, "body": "Hello?", "removed": False}, likes=(1, 3))) == []


@pytest.mark.parametrize(
    ("there", "fault"),
    [
        (kept({**HELLO, "removed": True}), "comment 7 is missing"),
        (kept({**HELLO, "body": "Hallo."}), "comment 7 is missing"),
        (kept(HELLO, {**HELLO, "id": 8}), "“Hello.” stands there 2 times"),
        (kept(HELLO, {"id": 9, "body": "Never.", "removed": False}), "“Never.” was never acknowledged"),
        (kept(likes=()), "like of post 1 is missing"),
        (kept(likes=(1, 2)), "like of post 2 was taken back or never given"),
        (kept(likes=(1, 1)), "like of post 1 is there 2 times"),
        (kept(follows=()), "follow of ada is missing"),
        (kept(follows=("ada", "ben")), "follow of ben was taken back or never given"),
    ],
)
def test_what_is_missing_or_too_much_is_said(
    member: Member, there: dict[str, list[dict[str, Any]]], fault: str
) -> None:
    assert fault in member.find_faults(there)


def test_a_site_that_lets_nobody_join_is_said_in_one_sentence() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        join(find_target(f"http://127.0.0.1:{find_free_port()}", anywhere=False))
