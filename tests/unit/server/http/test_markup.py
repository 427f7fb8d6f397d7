from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from server.http.markup import Markup, element, join, prose


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(markup: str) -> _Reader:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader


# What HTML itself changes in text (line ends, NUL) is not ours to keep.
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]))


@given(texts, texts)
def test_no_text_becomes_markup(text: str, attribute: str) -> None:
    found = read(element("p", text, title=attribute))
    assert found.tags == [("p", [("title", attribute)])]
    assert found.text == text


@given(texts)
def test_prose_marks_code_and_nothing_else(text: str) -> None:
    found = read(prose(text))
    assert found.text == text.replace("`", "")
    assert {tag for tag, _ in found.tags} <= {"code"}


def test_markup_stays_as_it_is() -> None:
    assert join(Markup("<b>"), "<b>") == "<b>&lt;b&gt;"
    assert element("p", element("br"), class_="x") == '<p class="x"><br></p>'
