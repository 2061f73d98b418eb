"""Who reacted, on the way between processes and beside what is known."""

from __future__ import annotations

from claps.plain.reactions import Reaction, join_reactions, read_reactions, write_reactions


def reaction(minute: int, person_id: int, count: int) -> Reaction:
    """What somebody gave to post 12."""
    return Reaction(minute, 12, "claps", person_id, f"p{person_id}", "Zoë “Z”", count)


def test_a_message_says_what_was_put_into_it() -> None:
    told = [reaction(9, 2, 3), reaction(8, 3, 1)]

    assert read_reactions(write_reactions(told)) == told


def test_the_newer_word_holds_and_the_old_and_the_many_go() -> None:
    known = [reaction(9, 2, 3), reaction(8, 3, 1), reaction(2, 4, 50)]

    joined = join_reactions(known, [reaction(9, 2, 5), reaction(9, 6, 7)], since=3, most=2)

    assert joined == (reaction(9, 6, 7), reaction(9, 2, 5))
