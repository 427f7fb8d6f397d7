from __future__ import annotations

import time

import pytest

from server.adapters.page_cards import DESCRIPTION_MAX, TAG_MAX, TITLE_MAX, Card, clean, read_card

PAGE = """<!DOCTYPE html><html><head>
<!-- <title>not this</title> --><script>"<title>nor this</title>"</script><style>/* <meta name=description content=no> */</style>
<title> Roses
 &amp; more</title>
<meta charset="utf-8">
<META NAME="Description" CONTENT="All about &quot;roses&quot;">
<meta property="og:site_name" content='Garden > "World"'>
<meta property="og:image" content="/rose.png">
</head><body><meta property="og:title" content="in the body"></body></html>"""


def card(page: str, charset: str | None = None) -> Card:
    return read_card(page.encode(), charset)


def test_a_page_says_what_it_is() -> None:
    assert card(PAGE) == Card(
        title="Roses & more",
        description='All about "roses"',
        site_name='Garden > "World"',
        image="/rose.png",
    )


def test_what_is_said_for_others_comes_before_what_is_said_to_readers() -> None:
    more = """<meta property=og:title content=Rose><meta name=twitter:title content=no><meta property="og:description"
      content="Short"><meta property="og:image:secure_url" content="https://a.org/s.png">"""
    found = card(PAGE.replace("<title>", more + "<title>"))
    assert (found.title, found.description, found.image) == ("Rose", "Short", "https://a.org/s.png")


def test_the_first_of_two_counts_and_empty_ones_do_not() -> None:
    assert card("<meta name=og:title content=' '><title>x</title>").title == "x"
    assert card("<meta name=og:title content=a><meta name=og:title content=b>").title == "a"


@pytest.mark.parametrize(
    "page",
    [
        *(
            "",
            "<",
            "<title",
            "<title>",
            "<title>never closed",
            "<meta",
            "<meta ",
            "<meta content='",
            "<!-- <title>x</title>",
        ),
        *(
            "<script><title>x</title>",
            "</head><title>x</title>",
            "<body><title>x</title>",
            "<titles>x</titles>",
            "\x00\ufffd",
        ),
        "<meta name=og:title content='" + "x" * TAG_MAX + "'>",
    ],
)
def test_pages_that_say_nothing(page: str) -> None:
    assert card(page) == Card(title="", description="", site_name="", image="")


def test_lines_are_clean_and_short() -> None:
    assert clean(" a\n\t b\u200e\u202ec\x07\x00\ud800 ", 99) == "a bc"
    assert clean("e\u0301", 1) == "é"
    assert clean("x" * 300, TITLE_MAX) == "x" * (TITLE_MAX - 1) + "…"
    assert clean("👩\u200d🚀", 9) == "👩\u200d🚀"
    assert len(card(f"<meta name=description content='{'long ' * 500}'>").description) <= DESCRIPTION_MAX


def test_pages_in_other_charsets() -> None:
    page = "<title>Größe</title>"
    assert read_card(page.encode("iso-8859-1"), "ISO-8859-1").title == "Größe"
    assert read_card(b'<meta charset="windows-1252">' + page.encode("cp1252"), None).title == "Größe"
    assert read_card(b"\xef\xbb\xbf" + page.encode(), "iso-8859-1").title == "Größe"
    assert read_card("<title>薔薇</title>".encode("shift_jis"), "Shift_JIS").title == "薔薇"
    for strange in ("zip", "base64", "unicode_escape", "idna", "undefined", "rot13", "no such", ""):
        assert read_card(page.encode(), strange).title == "Größe"
    assert "ö" not in read_card(page.encode("iso-8859-1"), None).title


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "<div>",
            "<b><p>",
            "<meta ",
            "<meta a='",
            "<meta name=a>",
            "<script>",
            "<!--",
            "<title>",
            "<title></title>",
            "<",
        ),
        *("<svg>", "<table><b>", "&amp;", "<template>", '<meta "', "<style></style>"),
        "<a " + " ".join(f"a{number}" for number in range(1000)),
    ],
)
def test_it_takes_linear_time(piece: str) -> None:
    """Half a megabyte of what makes parsers slow."""
    page = (piece * (1 + 512 * 1024 // len(piece)))[: 512 * 1024].encode()
    begun = time.perf_counter()
    read_card(page, None)
    assert time.perf_counter() - begun < 2.0
