"""What another website asks about."""

from __future__ import annotations

import pytest
from flask import Flask

from claps.plain.errors import Malformed, NotFound
from claps.plain.posts import Post
from claps.web.named import URL_LENGTH, asked_url, find_counts, find_own_post, own_post_of


def test_an_address_of_ours_is_a_posts_or_nobodys_and_one_of_others_is_not_ours(app: Flask, article: Post) -> None:
    with app.test_request_context("/", base_url="https://claps.test"):
        paths = (f"/posts/{article.id}", f"https://claps.test/posts/{article.id}/any-words?c=1#claps")

        assert [found.id for path in paths if (found := find_own_post(path))] == [article.id] * 2
        for path in ("/posts/0", "/posts/99", "https://claps.test/search", f"/posts/{article.id}/a/b"):
            with pytest.raises(NotFound):
                find_own_post(path)
        for url in (f"https://blog.example/posts/{article.id}", "blog.example", "//blog.example/posts/1", "http://["):
            assert find_own_post(url) is None


def test_counts_of_what_is_not_there_are_none(app: Flask, article: Post) -> None:
    urls = [f"/posts/{article.id}", "/posts/99", "https://nobody.example/", "http://["]

    with app.test_request_context("/"):
        found = find_counts(urls)

    assert {url: tally is not None for url, tally in found.items()} == dict.fromkeys(urls, False) | {urls[0]: True}


def test_a_request_says_which_page_it_means(app: Flask) -> None:
    with app.test_request_context("/?url=+https://blog.example/a?b+"):
        assert asked_url() == "https://blog.example/a?b"
    for query in ("", "url=", f"url={'x' * (URL_LENGTH + 1)}"):
        with app.test_request_context(f"/?{query}"), pytest.raises(Malformed):
            asked_url()
    for number in ("", "x", "1" * 19, "-1"):
        with app.test_request_context("/"), pytest.raises(Malformed):
            own_post_of(number)
