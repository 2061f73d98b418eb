"""The editor, with script and without: nothing that was typed is lost, nothing is published twice."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image

from claps.app import Core
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.writing import new_key
from claps.store.posts import latest_posts
from tests.web.pages.conftest import Enter

HTMX = {"HX-Request": "true"}
SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
BELLS = {"title": "On bells", "tags": "bells bread", "slug": "", "body": "Ding *dong*."}


def hidden(page: str, name: str) -> str:
    """What a hidden field of the page holds."""
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]


def shown_body(page: str) -> str:
    """What stands in the text field."""
    return unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[1])  # type: ignore[index]


def send(desk: FlaskClient, address: str, act: str, **fields: str) -> tuple[int, str, str]:
    """Open the editor and press one of its buttons: status, where to, and the page."""
    page = desk.get(address).text
    form = {**BELLS, "seen": hidden(page, "seen"), "tab": hidden(page, "tab"), "act": act, **fields}
    answer = desk.post(address, data=form)
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def published(core: Core) -> list[Post]:
    with core.database.reading():
        return latest_posts(before=None, limit=9)


@pytest.fixture
def sheet() -> str:
    """The address of a new draft."""
    return f"/write/{new_key()}"


@pytest.mark.parametrize("path", ["/write/0123456789abcdef", "/write/note", "/write/drafts", "/write/images"])
def test_who_is_not_signed_in_is_sent_to_the_door_and_writes_nothing(enter: Enter, path: str) -> None:
    guest = enter(None)

    answer = guest.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/login?next={path}")
    assert path == "/write/drafts" or guest.post(path, data=BELLS).status_code == 403


def test_a_new_article_has_its_address_before_its_first_letter(desk: FlaskClient) -> None:
    first, second = (desk.get("/write").headers["Location"] for _ in range(2))

    assert re.fullmatch(r"/write/[0-9a-f]{16}", first) and first != second
    page = desk.get(first)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert '<a href="/write">Write</a>' in page.text


@pytest.mark.parametrize("path", ["/write/x", "/write/post-99", "/write/post-0", "/write/..%2fx"])
def test_there_is_no_other_draft(desk: FlaskClient, path: str) -> None:
    assert desk.get(path).status_code == 404


def test_a_draft_is_saved_by_its_button_and_is_there_again(desk: FlaskClient, sheet: str) -> None:
    status, address, _ = send(desk, sheet, "save", body="One.\r\nTwo. & <b>")

    page = desk.get(address).text
    assert (status, address.partition("?")[0]) == (303, sheet)
    assert shown_body(page) == "One.\nTwo. & <b>"
    assert ">Saved.</span>" in page
    assert f'<a href="{sheet}">On bells</a>' in desk.get("/write/drafts").text


def test_a_draft_saves_itself(desk: FlaskClient, sheet: str) -> None:
    page = desk.get(sheet).text
    assert f'hx-post="{sheet}"' in page and 'hx-trigger="input from:.write delay:1500ms"' in page
    form = {**BELLS, "seen": hidden(page, "seen"), "tab": hidden(page, "tab"), "act": "save"}

    answers = [desk.post(sheet, data={**form, "body": body}, headers=HTMX) for body in ("Ding.", "Ding dong.")]

    assert '<hx-partial id="saved">Saved, 2 words.</hx-partial>' in answers[1].text
    assert shown_body(desk.get(sheet).text) == "Ding dong."


def test_another_window_does_not_save_over_it_unless_it_is_meant(desk: FlaskClient, sheet: str) -> None:
    here, there = desk.get(sheet).text, desk.get(sheet).text
    for page in (here, there):
        form = {**BELLS, "seen": hidden(page, "seen"), "tab": hidden(page, "tab")}
        answer = desk.post(sheet, data={**form, "body": f"From {hidden(page, 'tab')}"})

    assert answer.status_code == 409
    assert shown_body(answer.text) == f"From {hidden(there, 'tab')}"
    assert f"From {hidden(here, 'tab')}" in desk.get(sheet).text
    again = {**form, "seen": hidden(answer.text, "seen"), "body": shown_body(answer.text)}
    assert desk.post(sheet, data=again).status_code == 303


def test_a_preview_without_script_keeps_the_text_and_publishes_nothing(
    core: Core, desk: FlaskClient, sheet: str
) -> None:
    status, _, page = send(desk, sheet, "preview")

    assert (status, shown_body(page), published(core)) == (200, BELLS["body"], [])
    assert "<p>Ding <em>dong</em>.</p>" in page
    assert shown_body(desk.get(sheet).text) == BELLS["body"]


def test_a_preview_with_script_is_a_part_of_the_page(desk: FlaskClient, sheet: str) -> None:
    answer = desk.post(sheet, data={**BELLS, "act": "preview"}, headers=HTMX)

    assert answer.text.startswith("<h2>Preview</h2>")
    assert "<p>Ding <em>dong</em>.</p>" in answer.text


def test_publishing_leads_to_the_post_and_its_draft_is_gone(core: Core, desk: FlaskClient, sheet: str) -> None:
    send(desk, sheet, "save")

    status, address, _ = send(desk, sheet, "publish")

    [post] = published(core)
    assert (status, address) == (303, f"/posts/{post.id}/on-bells?c=1")
    assert "<h1>On bells</h1>" in desk.get(address).text
    assert "No drafts." in desk.get("/write/drafts").text
    assert desk.get(sheet).headers["Location"] == f"/write/post-{post.id}"


def test_a_form_that_is_sent_twice_publishes_once(core: Core, desk: FlaskClient, sheet: str) -> None:
    page = desk.get(sheet).text
    form = {**BELLS, "seen": hidden(page, "seen"), "tab": hidden(page, "tab"), "act": "publish"}

    addresses = {desk.post(sheet, data=form).headers["Location"] for _ in range(3)}

    assert len(addresses) == len(published(core)) == 1


def test_what_is_changed_on_an_old_page_is_kept_and_can_be_published_as_a_change(
    core: Core, desk: FlaskClient, sheet: str
) -> None:
    page = desk.get(sheet).text
    form = {**BELLS, "seen": hidden(page, "seen"), "tab": hidden(page, "tab"), "act": "publish"}
    desk.post(sheet, data=form)

    answer = desk.post(sheet, data={**form, "body": "Other."})

    [post] = published(core)
    assert (answer.status_code, shown_body(answer.text)) == (409, "Other.")
    assert f'action="/write/post-{post.id}"' in answer.text
    form = {**form, "body": "Other.", "seen": hidden(answer.text, "seen")}
    assert desk.post(f"/write/post-{post.id}", data=form).status_code == 303
    assert published(core)[0].body_html == "<p>Other.</p>\n"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"title": ""}, "title"), ({"body": " "}, "body"), ({"tags": "a b c d e f"}, "tags"), ({"slug": "x" * 99}, "slug"),
     ({"title": "x" * 201}, "title")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(
    core: Core, desk: FlaskClient, sheet: str, change: dict[str, str], field: str
) -> None:
    status, _, page = send(desk, sheet, "publish", **change)

    assert (status, published(core)) == (422, [])
    assert f'id="{field}-error"' in page and 'aria-invalid="true"' in page and "Not yet:" in page
    assert shown_body(page) == change.get("body", BELLS["body"]).rstrip(" ") or field == "body"


def test_an_error_with_script_is_said_where_it_is_heard(desk: FlaskClient, sheet: str) -> None:
    answer = desk.post(sheet, data={**BELLS, "title": "x" * 201, "act": "save"}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.text.startswith('<hx-partial id="say">At most 200 characters')


def test_a_body_of_five_megabytes_is_refused(desk: FlaskClient, sheet: str) -> None:
    form = b"title=On+bells&body=" + b"x" * 5_000_000
    parts = b'--z\r\nContent-Disposition: form-data; name="body"\r\n\r\n' + b"x" * 5_000_000 + b"\r\n--z--\r\n"
    plain, mixed = "application/x-www-form-urlencoded", "multipart/form-data; boundary=z"

    answers = [
        desk.post(path, data=data, content_type=kind)
        for path in (sheet, "/write/note")
        for data, kind in ((form, plain), (parts, mixed))
    ]

    assert [answer.status_code for answer in answers] == [413] * 4
    assert "No drafts." in desk.get("/write/drafts").text


def test_a_text_that_is_too_long_comes_back_and_the_longest_is_taken(desk: FlaskClient, sheet: str) -> None:
    status, _, page = send(desk, sheet, "save", body="字" * 100_001)
    assert (status, len(shown_body(page))) == (422, 100_001)

    assert send(desk, sheet, "save", body="字" * 100_000)[0] == 303


def test_script_is_text_wherever_it_is_typed(core: Core, desk: FlaskClient, sheet: str) -> None:
    fields = {"title": SCRIPT, "slug": SCRIPT, "body": f"{SCRIPT}\n\n![{SCRIPT}](javascript:alert(1))"}
    for act in ("save", "preview", "publish"):
        last = send(desk, sheet, act, **fields)
    [post] = published(core)
    note = desk.post("/write/note", data={"body": SCRIPT, "key": new_key()}).headers["Location"]
    wrong = [send(desk, f"/write/{new_key()}", "publish", tags=SCRIPT)[2]]
    desk.post(f"/write/post-{post.id}", data={**BELLS, "seen": "1.0", "act": "publish"})

    where = [f"/posts/{post.id}?c=1", note, "/write/drafts", "/", "/@ada", f"/write/post-{post.id}/revisions",
             f"/write/post-{post.id}/revisions/1", f"/write/post-{post.id}"]  # fmt: skip
    pages = [desk.get(path) for path in where]

    assert last[0] == 303
    assert [page.status_code for page in pages] == [200] * len(where)
    for text in [page.text for page in pages] + wrong:
        assert "<script>alert" not in text and "<img src=x" not in text and 'href="javascript:' not in text


def test_ada_changes_what_ben_cannot(enter: Enter, desk: FlaskClient, ben: Person, article: Post) -> None:
    address = f"/write/post-{article.id}"
    for_ben = enter(ben)

    refused = [for_ben.get(address), for_ben.post(address, data={**BELLS, "seen": "1.0", "act": "publish"}),
               for_ben.post(address, data={**BELLS, "seen": "1.0"}), for_ben.post(f"{address}/withdraw"),
               for_ben.get(f"{address}/revisions"), for_ben.post(f"{address}/revisions/1")]  # fmt: skip

    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert shown_body(desk.get(address).text) == "Ding."
    assert send(desk, address, "publish", body="Dong.", slug="on-bells")[1] == f"/posts/{article.id}/on-bells?c=2"


def test_old_addresses_lead_to_the_new_one(desk: FlaskClient, article: Post) -> None:
    address = f"/write/post-{article.id}"
    send(desk, address, "publish", slug="On loaves")
    moved = desk.get(f"/posts/{article.id}/on-bells")

    assert (moved.status_code, moved.headers["Location"]) == (301, f"/posts/{article.id}/on-loaves")
    assert moved.headers["Cache-Control"] == "no-cache"
    send(desk, address, "publish", slug="on-bells")
    assert desk.get(f"/posts/{article.id}/on-loaves?c=1").headers["Location"] == f"/posts/{article.id}/on-bells?c=1"
    assert desk.get(f"/posts/{article.id}/on-bells").status_code == 200


def test_a_picture_is_added_to_the_text(desk: FlaskClient, sheet: str) -> None:
    out = BytesIO()
    Image.new("RGB", (40, 30)).save(out, "PNG")
    files = {"picture": (BytesIO(out.getvalue()), "../../x.html", "text/html"), "alt": "A [bell]"}

    form = {**BELLS, **files, "act": "picture", "tab": "one"}
    answer = desk.post(sheet, data=form, content_type="multipart/form-data")

    body = shown_body(desk.get(answer.headers["Location"]).text)
    found = re.fullmatch(r"Ding \*dong\*\.\n\n!\[A \\\[bell\\\]\]\((/media/[0-9a-f]{32}-40x30\.webp)\)\n", body)
    assert found is not None
    assert desk.get(found[1]).mimetype == "image/webp"


@pytest.mark.parametrize("data", [b"", b"<script>alert(1)</script>"])
def test_what_is_no_picture_is_refused_and_the_text_is_kept(desk: FlaskClient, sheet: str, data: bytes) -> None:
    files = {"picture": (BytesIO(data), "x.png", "image/png"), "alt": "A bell"}

    answer = desk.post(sheet, data={**BELLS, **files, "act": "picture"}, content_type="multipart/form-data")

    assert (answer.status_code, shown_body(answer.text)) == (422, BELLS["body"])
    assert 'id="picture-error"' in answer.text and 'value="A bell"' in answer.text


def test_a_draft_is_thrown_away(desk: FlaskClient, sheet: str) -> None:
    send(desk, sheet, "save")

    for _ in range(2):
        assert send(desk, sheet, "discard")[0] == 303

    assert shown_body(desk.get(sheet).text) == ""


def test_a_draft_that_was_thrown_away_is_put_back(enter: Enter, desk: FlaskClient, ben: Person, sheet: str) -> None:
    send(desk, sheet, "save")
    address = send(desk, sheet, "discard")[1]
    assert f'action="{sheet}/put-back"' in desk.get(address.partition("#")[0]).text

    statuses = [enter(ben).post(f"{sheet}/put-back").status_code, enter(None).post(f"{sheet}/put-back").status_code]
    assert (statuses, shown_body(desk.get(sheet).text)) == ([303, 403], "")
    for _ in range(2):
        address = desk.post(f"{sheet}/put-back", data={"undo": "1"}).headers["Location"]

    assert shown_body(desk.get(address).text) == BELLS["body"]
    assert "Thrown away" not in desk.get("/write/drafts").text
