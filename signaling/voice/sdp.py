"""A strict reader of session descriptions (RFC 8866), within limits; sans-IO.

It knows lines, sections and attributes, and nothing of what an attribute means: that is
:mod:`signaling.voice.negotiation`. Whatever the text is, it is read or :class:`SdpError` is raised.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Final

MAX_SDP_BYTES: Final = 64 * 1024
"""Nine m-lines of Chromium with all candidates take 9 KiB."""

MAX_LINE_BYTES: Final = 4096
MAX_SECTIONS: Final = 64
MAX_FORMATS: Final = 128
"""Payload types have seven bits."""

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+")
_PROTOCOL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`{|}~]+(/[A-Za-z0-9!#$%&'*+\-.^_`{|}~]+)*")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_SESSION_LINES: Final = frozenset("vosiuepcbtrzka")
_SECTION_LINES: Final = frozenset("icbka")


class SdpError(ValueError):
    """The text is no session description that can be used; the message says why, for people."""


@dataclasses.dataclass(frozen=True, slots=True)
class Attributes:
    """The ``a=`` lines of one level, by name, in their order; a flag has the value ``""``."""

    values: Mapping[str, tuple[str, ...]]

    def all(self, name: str) -> tuple[str, ...]:
        return self.values.get(name, ())

    def first(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)

    def has(self, name: str) -> bool:
        return name in self.values


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """One m-line and what belongs to it."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    attributes: Attributes


@dataclasses.dataclass(frozen=True, slots=True)
class Description:
    attributes: Attributes
    """Of the session level."""
    sections: tuple[Section, ...]


def is_token(text: str) -> bool:
    """RFC 8866 9, ``token``."""
    return _TOKEN.fullmatch(text) is not None


def read_number(text: str, most: int) -> int | None:
    """A decimal number from 0 to ``most``, without leading zeros; None for anything else."""
    if not _NUMBER.fullmatch(text) or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None


def parse(text: str) -> Description:
    """Raises :class:`SdpError`. Lines end in CRLF or LF."""
    _check_size(text)
    lines = [_split(number, line) for number, line in enumerate(_lines(text), 1)]
    kinds = [kind for kind, _ in lines]
    if lines[:1] != [("v", "0")] or kinds[1:3] != ["o", "s"]:
        raise SdpError("it does not begin with the lines v=0, o= and s=")
    starts = [index for index, kind in enumerate(kinds) if kind == "m"]
    if not starts:
        raise SdpError("it has no m= line")
    if len(starts) > MAX_SECTIONS:
        raise SdpError(f"it has more than {MAX_SECTIONS} m= lines")
    if "t" not in kinds[: starts[0]]:
        raise SdpError("it has no t= line")
    ends = [*starts[1:], len(lines)]
    return Description(
        _attributes(lines[: starts[0]], _SESSION_LINES),
        tuple(_section(lines[start:end]) for start, end in zip(starts, ends, strict=True)),
    )


def _check_size(text: str) -> None:
    if len(text) > MAX_SDP_BYTES or len(text.encode("utf-8", "replace")) > MAX_SDP_BYTES:
        raise SdpError(f"it is longer than {MAX_SDP_BYTES} bytes")


def _lines(text: str) -> list[str]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if lines[-1] == "":
        lines.pop()
    return lines


def _split(number: int, line: str) -> tuple[str, str]:
    if len(line) > MAX_LINE_BYTES:
        raise SdpError(f"line {number} is longer than {MAX_LINE_BYTES} bytes")
    if len(line) < 2 or line[1] != "=":
        raise SdpError(f"line {number} is not of the form x=value")
    if _CONTROL.search(line):
        raise SdpError(f"line {number} has a control character")
    return line[0], line[2:]


def _attributes(lines: list[tuple[str, str]], allowed: frozenset[str]) -> Attributes:
    values: dict[str, list[str]] = {}
    for kind, value in lines:
        if kind not in allowed:
            raise SdpError(f"a line {kind!a} stands where it may not")
        if kind != "a":
            continue
        name, _, rest = value.partition(":")
        if not is_token(name):
            raise SdpError("an a= line has no name")
        values.setdefault(name, []).append(rest)
    return Attributes({name: tuple(found) for name, found in values.items()})


def _section(lines: list[tuple[str, str]]) -> Section:
    kind, _, rest = lines[0][1].partition(" ")
    port_text, _, rest = rest.partition(" ")
    protocol, *formats = rest.split(" ")
    port = read_number(port_text, 65535)
    if not is_token(kind) or port is None or not _PROTOCOL.fullmatch(protocol):
        raise SdpError("an m= line cannot be read")
    if not 1 <= len(formats) <= MAX_FORMATS or not all(map(is_token, formats)):
        raise SdpError("the formats of an m= line cannot be read")
    return Section(kind, port, protocol, tuple(formats), _attributes(lines[1:], _SECTION_LINES))
