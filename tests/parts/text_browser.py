"""A browser without script, styles or a screen: it knows links and forms, and nothing of this site."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from tests.parts.http_client import Answer, Client


@dataclass
class Form:
    """One form: what it would send, and the buttons that send it, by what they say."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Page(HTMLParser):
    """Finds the forms and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._form: Form | None = None
        self._open = ""
        self._given: dict[str, str] = {}
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        elif tag == "input" and self._form is not None and "name" in given and given.get("type") != "checkbox":
            self._form.fields[given["name"]] = given.get("value", "")
        elif tag in ("a", "button", "textarea"):
            self._open, self._given, self._text = tag, given, ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        text = " ".join(self._text.split())
        if tag == "form":
            self._form = None
        elif tag == self._open == "a":
            self.links.append((text, self._given.get("href", "")))
        elif tag == self._open == "textarea" and self._form is not None:
            self._form.fields[self._given["name"]] = self._text.lstrip("\n")
        elif tag == self._open == "button" and self._form is not None:
            self._form.buttons[text] = (self._given.get("name", ""), self._given.get("value", ""))


class TextBrowser:
    """Somebody with such a browser; ``path`` and ``html`` are where they are and what stands there."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.path = "/"
        self.html = ""
        self.last: Answer | None = None

    @property
    def text(self) -> str:
        """What is to be read, on one line."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.html.partition("<body")[2])).split())

    def open(self, path: str) -> TextBrowser:
        """Go somewhere."""
        return self._take(self.client.get(path.partition("#")[0]), path)

    def follow(self, text: str) -> TextBrowser:
        """Follow the first link that says this."""
        found = [href for said, href in self._read().links if said.startswith(text)]
        assert found, f"no link says {text!r} on {self.path}: {self.text}"
        return self.open(urljoin(self.path, found[0]))

    def press(self, button: str, **typed: str) -> TextBrowser:
        """Type into the form that has this button, and press it."""
        forms = [form for form in self._read().forms if any(said.startswith(button) for said in form.buttons)]
        assert forms, f"no button says {button!r} on {self.path}: {self.text}"
        form = forms[0]
        assert set(typed) <= set(form.fields), f"there is no field for that: {sorted(form.fields)}"
        name, value = next(pair for said, pair in form.buttons.items() if said.startswith(button))
        fields = {**form.fields, **typed, **({name: value} if name else {})}
        address = urljoin(self.path, form.action)
        if form.method == "get":
            return self.open(f"{address}?{urlencode(fields)}")
        return self._take(self.client.post(address, fields), address)

    def _take(self, answer: Answer, path: str) -> TextBrowser:
        for _ in range(3):
            if answer.status not in (301, 302, 303):
                break
            path = urljoin(path, answer.headers["location"])
            answer = self.client.get(path.partition("#")[0])
        self.path, self.last = path, answer
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.html = answer.text
        return self

    def _read(self) -> _Page:
        page = _Page()
        page.feed(self.html)
        return page
