"""The demo's website."""

from __future__ import annotations

from claps.acts.flush import flush_all
from claps.app import Core
from claps.demo.sites import fill_sites
from claps.plain.people import Person
from claps.plain.sites import read_address
from claps.store.posts import stored_tallies
from claps.store.site_pages import find_page
from claps.store.sites import sites_of
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE


def test_a_website_has_pages_that_were_clapped_for(core: Core, ada: Person) -> None:
    url = "https://blog.example/post"
    pages = [{"url": url, "claps": [3, 4]}]
    plan = {"owner": "ada", "name": "Blog", "origins": ["https://blog.example"], "pages": pages}

    fill_sites(core, [plan])

    flush_all(core.database, core.journal)
    with core.database.reading():
        [site] = sites_of(ada.id)
        page = find_page(site.id, read_address(url))
        assert page is not None
        tally = stored_tallies([page.post_id])[page.post_id]
    assert (tally.claps, tally.people) == (7, 2)
