"""The keys that sign access tokens: ``secrets/tokens.key``, and ``secrets/tokens.<number>.key`` after it.

At a start a key that has grown old gets a successor, which signs from then on; the old one is read for a day more, so that no token
that is out loses its worth, and is deleted at a later start.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from parley import data_folder
from parley.failures import CannotStart
from server.adapters.tokens import SigningKey

ROTATE_AFTER_S: Final = 90 * 86_400
FORGET_AFTER_S: Final = 86_400
"""Since there is a newer one; much longer than an access token lives."""
_NAME: Final = re.compile(r"tokens(?:\.(\d{1,9}))?\.key")


def signing_keys(data: Path, now_s: float, make: Callable[[], bytes]) -> list[SigningKey]:
    """The newest first; at least one. ``now_s`` is Unix time, ``make`` makes a secret. Raises :class:`CannotStart`."""
    numbers = _numbers(data) or [1]
    newest = numbers[0]
    keys = {newest: _key(data, newest, make)}
    age_s = now_s - _path(data, newest).stat().st_mtime
    if age_s >= ROTATE_AFTER_S:
        keys = {newest + 1: _key(data, newest + 1, make)} | keys
    elif age_s >= FORGET_AFTER_S:
        for number in numbers[1:]:
            _path(data, number).unlink(missing_ok=True)
        numbers = numbers[:1]
    return [*keys.values(), *(_key(data, number, make) for number in numbers[1:])]


def _numbers(data: Path) -> list[int]:
    """Of the keys that are there, the newest first."""
    folder = data / "secrets"
    found = (_NAME.fullmatch(path.name) for path in folder.glob("tokens*.key")) if folder.is_dir() else ()
    return sorted((int(match[1] or 1) for match in found if match is not None), reverse=True)


def _path(data: Path, number: int) -> Path:
    return data / "secrets" / _name(number)


def _name(number: int) -> str:
    return "tokens.key" if number == 1 else f"tokens.{number}.key"


def _key(data: Path, number: int, make: Callable[[], bytes]) -> SigningKey:
    try:
        return SigningKey(str(number), data_folder.secret(data, _name(number), make))
    except ValueError as error:
        raise CannotStart(f"The secret {_path(data, number)} is damaged: {error}.") from None
