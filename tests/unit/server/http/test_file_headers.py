from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.http.file_headers import disposition, told_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "attachment; filename=\"a.txt\"; filename*=UTF-8''a.txt"),
        ("päonie.jpg", "attachment; filename=\"paonie.jpg\"; filename*=UTF-8''p%C3%A4onie.jpg"),
        ('a"b\\c;d.txt', "attachment; filename=\"a_b_c_d.txt\"; filename*=UTF-8''a%22b%5Cc%3Bd.txt"),
        ("日本", "attachment; filename=\"file\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC"),
    ],
)
def test_a_name_stands_there_twice(name: str, expected: str) -> None:
    assert disposition(name, inline=False) == expected


def test_what_is_shown_has_a_name_too() -> None:
    assert disposition("a.png", inline=True).startswith('inline; filename="a.png"')


@given(st.text().filter(lambda name: not any("\ud800" <= one <= "\udfff" for one in name)))
def test_a_name_adds_nothing_to_the_header(name: str) -> None:
    written = disposition(name, inline=False)
    assert written.isascii()
    assert written.isprintable()
    assert written.count('"') == 2
    assert written.count(";") == 2


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/javascript", "x/y"]
)
def test_what_could_run_is_bytes(kind: str) -> None:
    assert told_type(kind) == "application/octet-stream"


@pytest.mark.parametrize("kind", ["image/png", "video/webm", "audio/ogg", "application/pdf", "text/plain"])
def test_what_cannot_is_told(kind: str) -> None:
    assert told_type(kind) == kind
