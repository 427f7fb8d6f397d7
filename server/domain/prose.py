"""What a text says outside of code. Pure, in linear time.

Code is what clients draw as such: fences of ``` or ~~~ (also in quotes and lists) up to the closing one or the end of the text or
of the quote, and spans between runs of the same number of backticks within one paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

_LINE: Final = re.compile(r"(?P<around>(?:[ \t]|>|[-*+](?=[ \t])|[0-9]{1,9}[.)](?=[ \t]))*)(?P<rest>.*)", re.DOTALL)
_FENCE: Final = re.compile(r"(?P<fence>`{3,}(?=[^`]*$)|~{3,})", re.DOTALL)
_TICKS: Final = re.compile(r"`+")


def outside_of_code(text: str, sign: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """What ``sign`` finds there. Its group ``ticks`` matches a run of backticks; what it matches without any group (an escape) is
    passed over."""
    without_code = "`" not in text and "~~~" not in text
    for paragraph in (text,) if without_code else _paragraphs(text):
        yield from _outside_of_spans(paragraph, sign)


def _paragraphs(text: str) -> Iterator[str]:
    """What is not fenced, up to the next blank line or fence each."""
    lines: list[str] = []
    fence, depth = "", 0
    for line in text.split("\n"):
        parts = _LINE.fullmatch(line.removesuffix("\r"))
        assert parts is not None  # noqa: S101 (both parts may be empty)
        quotes, rest = parts["around"].count(">"), parts["rest"]
        if fence and quotes >= depth:
            if _closes(rest, fence):
                fence = ""
            continue
        opening = _FENCE.match(rest)
        fence, depth = (opening["fence"], quotes) if opening is not None else ("", 0)
        if fence or not rest:
            yield "\n".join(lines)
            lines = []
        else:
            lines.append(rest)
    yield "\n".join(lines)


def _closes(rest: str, fence: str) -> bool:
    run = rest.rstrip(" \t")
    return len(run) >= len(fence) and run == fence[0] * len(run)


def _outside_of_spans(paragraph: str, sign: re.Pattern[str]) -> Iterator[re.Match[str]]:
    runs: defaultdict[int, list[int]] = defaultdict(list)
    for run in _TICKS.finditer(paragraph):
        runs[run.end() - run.start()].append(run.start())
    position = 0
    while (found := sign.search(paragraph, position)) is not None:
        position = found.end()
        if found["ticks"] is not None:
            length = len(found["ticks"])
            same = runs.get(length, [])
            closing = bisect_left(same, position)
            if closing < len(same):
                position = same[closing] + length
        elif found.lastgroup is not None:
            yield found
