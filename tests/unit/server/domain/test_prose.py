from __future__ import annotations

import re
from typing import Final

import pytest

from server.domain.prose import outside_of_code

SIGN: Final = re.compile(r"\\.|(?P<ticks>`+)|(?P<word>[a-z]+)")


def seen(text: str) -> list[str]:
    return [found["word"] for found in outside_of_code(text, SIGN)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("a b", ["a", "b"]),
        (r"\a b", ["b"]),
        ("a `b` c", ["a", "c"]),
        ("a ``b ` c`` d", ["a", "d"]),
        ("a `b", ["a", "b"]),
        ("a `b\n\nc` d", ["a", "b", "c", "d"]),
        ("a\n```\nb\n```\nc", ["a", "c"]),
        ("a\r\n~~~\r\nb\r\n~~~  \r\nc", ["a", "c"]),
        ("```\na\n``\nb\n````\nc", ["c"]),
        ("```\na", []),
        ("> ```\n> a\nb", ["b"]),
        ("> ```\n> a\n> ```\n> b", ["b"]),
        ("- ~~~\n  a\n  ~~~\n  b", ["b"]),
        ("``` `\na", ["a"]),
    ],
)
def test_code_is_passed_over(text: str, words: list[str]) -> None:
    assert seen(text) == words
