"""JSON as Parley speaks it: ids as strings, everything else as msgspec does it."""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

import msgspec

from server.domain.ids import MAX_ID, Snowflake

_T = TypeVar("_T")


def _write(value: object) -> object:
    if isinstance(value, Snowflake):
        return str(int(value))
    raise NotImplementedError(f"{type(value).__name__} has no place on the wire")


def _read(kind: type, value: object) -> object:
    if kind is not Snowflake:
        raise NotImplementedError(f"{kind.__name__} has no place on the wire")
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 19:
        raise ValueError("an id is a string of digits")
    number = int(value)
    if number > MAX_ID:
        raise ValueError("an id has at most 63 bits")
    return Snowflake(number)


# msgspec ends with " - at `$.sections[0].text`", or with " - at `key` in `$.data`" for the key of an object.
_WHERE: Final = re.compile(r" - at (?:`key` in )?`\$?\.?([^`]*)`$")

_encoder = msgspec.json.Encoder(enc_hook=_write)


def encode(value: object) -> bytes:
    """JSON in UTF-8."""
    return _encoder.encode(value)


def decoder(kind: type[_T] | Any) -> msgspec.json.Decoder[_T]:
    """A decoder that validates against ``kind`` and reads ids; raises :class:`msgspec.MsgspecError`."""
    return msgspec.json.Decoder(kind, dec_hook=_read)


def convert(value: object, kind: type[_T]) -> _T:
    """``value`` (dicts, lists, strings: a path or a query) as ``kind``; raises :class:`msgspec.ValidationError`."""
    return msgspec.convert(value, kind, dec_hook=_read, strict=False)


def complaint(error: Exception) -> tuple[str, str]:
    """What msgspec found wrong and where: ``sections[0].text``, or empty for the whole."""
    said = str(error)
    found = _WHERE.search(said)
    return _WHERE.sub("", said).replace("`", ""), found.group(1) if found else ""
