from __future__ import annotations

import json

import click
import pytest

from parley.doctor.findings import Finding, Part, as_json, as_table, fail, good, warn

WELL = Part("version", (good("Parley 1.0"),))
SO_SO = Part("mail", (good("it lets us in"), warn("it is slow", "Ask why, and be patient: " + "word " * 20)))
ILL = Part("database", (fail("it is away", "Start it."),))


def test_people_get_a_table() -> None:
    table = click.unstyle(as_table([WELL, SO_SO, ILL], 60))
    lines = table.splitlines()
    assert lines[:4] == [
        "  ✓ version        Parley 1.0",
        "  ✓ mail           it lets us in",
        "  !                it is slow",
        "                   → Ask why, and be patient: word word word",
    ]
    assert lines[4].startswith("                     word")
    assert "  ✗ database       it is away\n                   → Start it." in table
    assert all(len(line) <= 60 for line in lines)
    assert lines[-1] == "  1 to mend, 1 to look at."


@pytest.mark.parametrize(
    ("parts", "ends"),
    [
        ([WELL], "All is well."),
        ([WELL, SO_SO], "It works; 1 to look at."),
        ([ILL], "1 to mend."),
        ([Part("x", (fail("a", "b"), fail("c", "d")))], "2 to mend."),
    ],
)
def test_the_last_line_is_the_verdict(parts: list[Part], ends: str) -> None:
    assert click.unstyle(as_table(parts, 80)).splitlines()[-1].strip() == ends


def test_programs_get_json() -> None:
    read = json.loads(as_json([WELL, SO_SO, ILL]))
    assert read["result"] == "fail"
    assert read["findings"][0] == {"part": "version", "level": "pass", "text": "Parley 1.0", "mend": ""}
    assert [finding["level"] for finding in read["findings"]] == ["pass", "pass", "warn", "fail"]
    assert json.loads(as_json([WELL, SO_SO]))["result"] == "warn"
    assert json.loads(as_json([WELL]))["result"] == "pass"
    assert json.loads(as_json([]))["result"] == "pass"


def test_a_line_without_words_does_no_harm() -> None:
    assert "✓ x" in click.unstyle(as_table([Part("x", (Finding("pass", ""),))], 10))
