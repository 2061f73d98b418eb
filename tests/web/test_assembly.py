"""What every answer carries, whatever it is."""

from __future__ import annotations

import re

from flask import Flask
from werkzeug.test import TestResponse

from claps.plain.posts import Post

PAGES = ["/", "/popular", "/join", "/login", "/search?q=x", "/tables", "/feed.atom", "/posts/1", "/@ada", "/left"]
OTHERS = ["/api/v1/", "/api/v1/openapi.json", "/api/v1/posts/1", "/healthz", "/metrics", "/dashboard", "/robots.txt"]
ERRORS = ["/nowhere", "/posts/999", "/media/none.webp", "/live", "/live/frame?topic=post:999", "/api/v1/nothing"]
INLINE = re.compile(r"<script(?![^>]* src=)|<style|\son[a-z]+=|\sstyle=|javascript:")
LOOSE = re.compile(r"unsafe-|data:|blob:|\*")


def check(answer: TestResponse) -> None:
    """Say that an answer can neither run what it should not nor be taken for something else."""
    headers, policy = answer.headers, answer.headers["Content-Security-Policy"]
    assert len(headers.getlist("Content-Security-Policy")) == 1
    assert policy.startswith("default-src 'none'") and not LOOSE.search(policy), policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_every_answer_has_a_policy_without_anything_inline(app: Flask, article: Post) -> None:
    client = app.test_client()

    for path in [*PAGES, *OTHERS, *ERRORS]:
        check(client.get(path))
    for headers, status in (({"Origin": "https://evil.test"}, 403), ({}, 413)):
        answer = client.post("/login", headers=headers, data={"name": "x" * 300_000})
        assert answer.status_code == status
        check(answer)


def test_no_page_has_script_or_style_in_it(app: Flask, article: Post) -> None:
    client = app.test_client()

    texts = [client.get(path).text for path in [*PAGES, "/nowhere", "/api/v1/"]]

    assert not [text for text in texts if INLINE.search(text)]


def test_over_tls_browsers_are_told_to_stay_there(app: Flask) -> None:
    client = app.test_client()

    for path in ("/", "/nowhere", "/api/v1/openapi.json"):
        safe, plain = (client.get(path, base_url=f"{scheme}://claps.test") for scheme in ("https", "http"))
        assert safe.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "Strict-Transport-Security" not in plain.headers
    # Nobody is trusted here to say that there was TLS before us.
    said = client.get("/", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in said.headers
