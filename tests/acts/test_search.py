"""Finding posts: published ones alone, and whatever is typed."""

from __future__ import annotations

import pytest

from claps.acts.errands import Errands
from claps.acts.posts import Library
from claps.acts.publishing import Press, change, publish, withdraw
from claps.acts.search import find
from claps.app import Core
from claps.plain.people import Person
from claps.plain.writing import Seen, Writing, new_key
from tests.parts.queries import noting_queries


@pytest.fixture
def press(core: Core) -> Press:
    """What publishing needs."""
    return Press(core.database, Errands(core.database, {}), changed=lambda post_id: None)


@pytest.fixture
def library(core: Core) -> Library:
    """What can be read."""
    return Library(core.database, core.mending, core.tallies)


def titles(core: Core, library: Library, text: str) -> list[str | None]:
    """The titles of what is found."""
    return [line.post.title for line in find(core.database, library, text).lines]


def write(press: Press, writer: Person, title: str, body: str) -> int:
    """Publish an article."""
    writing = Writing(title, "", "", body)
    return publish(press, writer, new_key(), writing, seen=Seen(0, 0)).id


def test_what_is_published_is_found_until_it_is_withdrawn(
    core: Core, library: Library, press: Press, ada: Person
) -> None:
    post_id = write(press, ada, "On bells", "They ring **twice**.")
    assert titles(core, library, "RINGING twice") == []
    assert titles(core, library, "bells Twice") == ["On bells"]

    change(press, ada, post_id, Writing("On clocks", "", "", "They tick."), seen=Seen(1, 0))
    assert (titles(core, library, "bells"), titles(core, library, "clocks")) == ([], ["On clocks"])
    withdraw(press, ada, post_id)

    assert titles(core, library, "clocks") == []


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "'", '"', "' OR 1=1 --", '"; DROP TABLE post; --', "bells AND NOT (", "title:bells*", "%", "_", "\\",
        "NEAR(a b)", "^bells", "+-<>()~*@", "x" * 10_000, "\x00", "🔔", "<script>alert(1)</script>",
    ],
)
def test_whatever_is_typed_is_only_looked_for(
    core: Core, library: Library, press: Press, ada: Person, text: str
) -> None:
    write(press, ada, "On bells", "They ring.")

    found = find(core.database, library, text)

    assert len(found.words) <= 8 and len(found.lines) <= 1


def test_the_number_of_queries_does_not_grow_with_what_is_found(
    core: Core, library: Library, press: Press, ada: Person
) -> None:
    counts = []
    for number in range(1, 5):
        write(press, ada, f"Bell {number}", "Ding.")
        with noting_queries() as statements:
            assert len(titles(core, library, "bell")) == number
        counts.append(len([one for one in statements if one.startswith("SELECT")]))

    assert len(set(counts)) == 1
