"""Whatever comes, readers of what comes from outside refuse it in their own words, or read it in one way."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any, cast

from flask import request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from claps.live.framing import BadFrame, MessageReader
from claps.live.handshakes import read_handshake
from claps.live.returning import read_head
from claps.plain.errors import Invalid, Malformed, NotFound
from claps.plain.limits import TAG_LENGTH
from claps.plain.people import GUEST_ID_LEAST, Reader
from claps.plain.prose import render_comment_html, render_note_html, render_post_html, summarise, tags_in
from claps.plain.topics import parse_topic
from claps.plain.versions import parse_position, parse_version
from claps.web import compression, cookies, forms, identity, known, live_asks
from claps.web.quick import QuickFlask
from tests.faults.frames import frame

often = settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
BARE = QuickFlask("fuzz")
BARE.config["SECRET_KEY"] = "sixteen letters!"
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=300)
Event = tuple[str, str | bytes | int]


def read(pieces: list[bytes]) -> tuple[list[Event], int | None]:
    """What is read from bytes that come in these pieces, and the code of what is wrong with them."""
    reader, events = MessageReader(), list[Event]()
    for piece in pieces:
        try:
            events += reader.read(piece)
        except BadFrame as error:
            return events, error.code
    return events, None


frames = st.lists(
    st.builds(
        frame, st.integers(0, 15), st.binary(max_size=200) | st.text(max_size=60).map(str.encode), final=st.booleans(),
        reserved=st.sampled_from([0, 0, 0, 0x40, 0x10]), mask=st.sampled_from([b"\1\2\3\4", b"\1\2\3\4", b""]),
    ),
    max_size=8,
).map(b"".join)


@often
@given(st.binary(max_size=400) | frames)
def test_any_bytes_are_frames_or_end_their_connection(octets: bytes) -> None:
    events, code = read([octets])

    assert code is None or 1000 <= code < 5000
    assert {kind for kind, _ in events} <= {"text", "ping", "close"}


@often
@given(frames, st.data())
def test_how_frames_are_cut_into_packets_changes_nothing(octets: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=6)))
    pieces = [octets[start:end] for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True)]

    whole, cut = read([octets]), read([piece for piece in pieces if piece])

    # What came before something wrong is passed on as far as it was read: with the same piece it is not.
    assert whole[1] == cut[1]
    assert cut[0][: len(whole[0])] == whole[0]


@often
@given(st.lists(st.text(max_size=300), max_size=5), st.data())
def test_texts_are_read_as_they_were_sent(texts: list[str], data: st.DataObject) -> None:
    octets = b""
    for text in texts:
        body = text.encode()
        at = data.draw(st.integers(0, len(body)))
        octets += frame(1, body[:at], final=False) + frame(9, b"between") + frame(0, body[at:])

    assert [said for kind, said in read([octets])[0] if kind == "text"] == texts


@often
@given(st.text(max_size=80) | st.from_regex(r"[0-9a-z]{0,33}\.[0-9]{0,20}(~[\w.-]{0,40})?", fullmatch=True))
def test_a_version_is_one_or_malformed(text: str) -> None:
    for parse in (parse_version, parse_position):
        try:
            found = parse(text)
        except Malformed:
            continue
        assert (found is None) == (text == "")
        assert found is None or parse(str(found)) == found


@often
@given(st.text(max_size=80) | st.from_regex(r"(post|table|person|writer|posts|feed):[0-9a-z:-]{0,40}", fullmatch=True))
def test_a_topic_is_one_or_nothing(text: str) -> None:
    try:
        topic = parse_topic(text)
    except NotFound:
        return
    assert str(topic) == text and parse_topic(str(topic)) == topic


@often
@given(HEADER | st.builds("{}; session={}; reader={}; known={}".format, HEADER, HEADER, HEADER, HEADER))
def test_a_cookie_that_was_not_signed_is_nobodys(header: str) -> None:
    for scheme in ("http", "https"):
        base = {"HTTP_COOKIE": header, "wsgi.url_scheme": scheme}
        with BARE.test_request_context("/login", environ_overrides=base) as context:
            assert identity.find_guest() is None
            assert known.find_mark("ada") is None
            assert not dict(context.session or {})
            assert cookies.cookie_name("reader").endswith("reader")


GUEST, MARK, SESSION = GUEST_ID_LEAST + 7, "0123456789abcdef", {"person": 7}
KEY = str(BARE.config["SECRET_KEY"])
SIGNED = {
    "reader": str(URLSafeSerializer(KEY, salt="reader").dumps(GUEST)),
    "known": str(URLSafeSerializer(KEY, salt="known").dumps([MARK, ["ada"]])),
    "session": str(cast(Any, BARE.session_interface.get_signing_serializer(BARE)).dumps(SESSION)),
}


@often
@given(st.sampled_from(sorted(SIGNED)), st.integers(0, 200), st.integers(0, 3), HEADER)
def test_a_cookie_that_was_signed_and_changed_is_nobodys_or_says_the_same(
    name: str, at: int, gone: int, put: str
) -> None:
    changed = SIGNED[name][:at] + put + SIGNED[name][at + gone :]
    header = "; ".join(f"{one}={changed if one == name else text}" for one, text in SIGNED.items())
    with BARE.test_request_context("/login", environ_overrides={"HTTP_COOKIE": header}) as context:
        assert identity.find_guest() in (None, Reader(GUEST))
        assert known.find_mark("ada") in (None, MARK)
        assert dict(context.session or {}) in ({}, SESSION)


parts = st.lists(
    st.builds("{}={}".format, st.sampled_from(["topic", "since", "listed"]), st.sampled_from([
        "post:1", "post%3A2", "post:1:comments", "posts:0", "table:x", "", "1", "a.1", "b.22", "a.1~x", "0.0,a.1", "+",
    ])) | st.text("topicsne=&%:.;+#", max_size=12),
    max_size=6,
).map("&".join)


@often
@given(parts)
def test_since_is_read_at_the_door_as_by_the_application(query: str) -> None:
    head = f"GET /live?{query} HTTP/1.1\r\nHost: a\r\n".encode()
    socket = read_handshake(head + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    poll = read_head(head + b"\r\n")
    with BARE.test_request_context("/live", query_string=query):
        topics = request.args.getlist("topic")
        seen = request.args.getlist("since")
        assert socket is None or (list(socket.topics), list(socket.seen)) == (topics, seen)
        assert socket is None or live_asks.seen_of(len(topics))[: len(seen)] == seen
        assert poll is None or list(poll.seen) == seen


class Shown(HTMLParser):
    """What a browser would make of HTML: its tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.found.append((tag, dict(attributes)))


MARKS = [
    "[a](", ")", "![", "<script>", "</p>", "javascript:alert(1)", " onerror=x", "`", "~~~", "\n\n", "> ", "* ", "|",
    "&#", "#bell ", "<!--", "\0", "<img src=x ", "](data:text/html,", '" title="', "<svg/onload=",
]
ACTS = re.compile(r"on|style$|srcdoc$|id$|class$")
TAGS = set("p br em strong s code pre blockquote ul ol li a img hr h2 h3 h4 h5 h6 table thead tbody tr th td".split())
markdown = st.text(max_size=200) | st.lists(st.sampled_from(MARKS) | st.text(max_size=8), max_size=40).map("".join)


@often
@given(markdown)
def test_markdown_never_becomes_anything_that_acts(text: str) -> None:
    for render in (render_post_html, render_note_html, render_comment_html):
        for tag, attributes in Shown(render(text)).found:
            assert tag in TAGS
            assert not [name for name in attributes if ACTS.match(name)]
            target = attributes.get("href") or attributes.get("src") or ""
            assert not re.match(r"\s*(javascript|data|vbscript)", target, re.IGNORECASE)
    assert "\0" not in summarise(render_post_html(text))
    assert all(len(tag) <= TAG_LENGTH for tag in tags_in(text))


@often
@given(st.binary(max_size=300) | st.from_regex(rb"GET /live\?topic=post:[0-9]{1,3}[^\0]{0,80}\r\n\r\n"))
def test_a_head_that_is_known_by_its_bytes_is_read_or_left_to_others(octets: bytes) -> None:
    for known_head in (read_head(octets), read_handshake(octets)):
        assert known_head is None or (octets.startswith(b"GET /live?") and octets.count(b"\r\n\r\n") == 1)


@often
@given(st.text(max_size=60) | st.sampled_from(["/\\evil", "//evil", "/\t/evil", "/a\r\nSet-Cookie: x", "/\u2028/evil"]))
def test_where_to_go_next_is_here(text: str) -> None:
    address = forms.local_address(text, default="/dashboard")

    assert address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()


@often
@given(st.binary(max_size=200), st.sampled_from(["application/json", "application/x-www-form-urlencoded"]), HEADER)
def test_any_form_is_read_or_refused(body: bytes, kind: str, header: str) -> None:
    sent = {"method": "POST", "data": body, "content_type": kind, "headers": {"Accept-Encoding": header}}
    with BARE.test_request_context("/", **sent):
        assert compression.accepted_coding() in (None, "br", "gzip")
        try:
            fields = forms.sent()
            forms.whole_number(fields, "claps", default=1)
        except Invalid:
            return
        assert all(isinstance(value, str) for value in fields.values())
