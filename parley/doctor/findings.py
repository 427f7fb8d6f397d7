"""What one check found, and how findings are shown."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import click

Level = Literal["pass", "warn", "fail"]

_MARKS: Final[dict[Level, tuple[str, str]]] = {"pass": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}
_PART_WIDTH: Final = 15
_INDENT: Final = " " * (2 + 2 + _PART_WIDTH)


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    text: str
    """What is so."""
    mend: str = ""
    """What to do about it."""


def good(text: str) -> Finding:
    return Finding("pass", text)


def warn(text: str, mend: str) -> Finding:
    return Finding("warn", text, mend)


def fail(text: str, mend: str) -> Finding:
    return Finding("fail", text, mend)


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    findings: tuple[Finding, ...]


def as_table(parts: Sequence[Part], width: int) -> str:
    """For people, styled; ``click.echo`` takes the colours away where there is no terminal."""
    lines: list[str] = []
    for part in parts:
        name = part.name
        for finding in part.findings:
            lines += _lines_of(name, finding, max(width, 60))
            name = ""
    return "\n".join([*lines, "", _summary(parts)])


def _lines_of(name: str, finding: Finding, width: int) -> list[str]:
    mark, colour = _MARKS[finding.level]
    first, *rest = _wrapped(finding.text, width) or [""]
    lines = [f"  {click.style(mark, fg=colour, bold=True)} {click.style(name.ljust(_PART_WIDTH), bold=True)}{first}"]
    lines += [_INDENT + line for line in rest]
    for number, line in enumerate(_wrapped(finding.mend, width - 2)):
        lines.append(_INDENT + click.style(("→ " if number == 0 else "  ") + line, fg=colour))
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width - len(_INDENT), break_long_words=False, break_on_hyphens=False)


def count(parts: Sequence[Part], level: Level) -> int:
    return sum(finding.level == level for part in parts for finding in part.findings)


def _summary(parts: Sequence[Part]) -> str:
    failures, warnings = count(parts, "fail"), count(parts, "warn")
    if failures:
        rest = f", {warnings} to look at" if warnings else ""
        return click.style(f"  {failures} to mend{rest}.", fg="red", bold=True)
    if warnings:
        return click.style(f"  It works; {warnings} to look at.", fg="yellow", bold=True)
    return click.style("  All is well.", fg="green", bold=True)


def as_json(parts: Sequence[Part]) -> str:
    """For programs: ``result`` is the worst level."""
    levels: tuple[Level, ...] = ("fail", "warn", "pass")
    worst = next((level for level in levels if count(parts, level)), "pass")
    findings = [
        {"part": part.name, "level": finding.level, "text": finding.text, "mend": finding.mend}
        for part in parts
        for finding in part.findings
    ]
    return json.dumps({"result": worst, "findings": findings}, indent=2, ensure_ascii=False)
