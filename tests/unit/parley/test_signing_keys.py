from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from parley.failures import CannotStart
from parley.signing_keys import FORGET_AFTER_S, ROTATE_AFTER_S, signing_keys

NOW_S = 1_760_000_000.0


@pytest.fixture
def make() -> Callable[[], bytes]:
    """Another secret each time."""
    numbers = itertools.count(1)
    return lambda: bytes([next(numbers)]) * 32


def kids(folder: Path, now_s: float, make: Callable[[], bytes]) -> list[str]:
    return [key.kid for key in signing_keys(folder, now_s, make)]


def aged(folder: Path, name: str, age_s: float) -> None:
    os.utime(folder / "secrets" / name, (NOW_S - age_s, NOW_S - age_s))


def test_the_first_start_makes_one_and_the_next_keeps_it(tmp_path: Path, make: Callable[[], bytes]) -> None:
    first = signing_keys(tmp_path, NOW_S, make)
    aged(tmp_path, "tokens.key", ROTATE_AFTER_S - 1)
    assert signing_keys(tmp_path, NOW_S, make) == first
    assert [(key.kid, key.secret) for key in first] == [("1", b"\x01" * 32)]
    assert (tmp_path / "secrets" / "tokens.key").stat().st_mode & 0o777 == 0o600


def test_an_old_one_gets_a_successor_and_is_read_for_a_while(tmp_path: Path, make: Callable[[], bytes]) -> None:
    (old,) = signing_keys(tmp_path, NOW_S, make)
    aged(tmp_path, "tokens.key", ROTATE_AFTER_S)
    new, kept = signing_keys(tmp_path, NOW_S, make)
    assert (new.kid, kept) == ("2", old)
    assert new.secret != old.secret
    aged(tmp_path, "tokens.2.key", FORGET_AFTER_S - 1)
    assert kids(tmp_path, NOW_S, make) == ["2", "1"]
    aged(tmp_path, "tokens.2.key", FORGET_AFTER_S)
    assert signing_keys(tmp_path, NOW_S, make) == [new]
    assert not (tmp_path / "secrets" / "tokens.key").exists()
    assert signing_keys(tmp_path, NOW_S, make) == [new]


def test_numbers_are_never_used_again(tmp_path: Path, make: Callable[[], bytes]) -> None:
    signing_keys(tmp_path, NOW_S, make)
    for number in range(2, 12):
        aged(tmp_path, "tokens.key" if number == 2 else f"tokens.{number - 1}.key", ROTATE_AFTER_S)
        assert kids(tmp_path, NOW_S, make)[0] == str(number)
        aged(tmp_path, f"tokens.{number}.key", FORGET_AFTER_S)
        assert kids(tmp_path, NOW_S, make) == [str(number)]
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["tokens.11.key"]


def test_other_files_are_none_of_them(tmp_path: Path, make: Callable[[], bytes]) -> None:
    signing_keys(tmp_path, NOW_S, make)
    for name in ("tokens.x.key", "tokens.key.part", "tokens-2.key", "factors.key"):
        (tmp_path / "secrets" / name).write_bytes(b"x")
    aged(tmp_path, "tokens.key", 0)
    assert kids(tmp_path, NOW_S, make) == ["1"]


def test_a_damaged_one_is_named(tmp_path: Path, make: Callable[[], bytes]) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "tokens.3.key").write_bytes(b"short")
    with pytest.raises(CannotStart, match=r"tokens\.3\.key is damaged"):
        signing_keys(tmp_path, NOW_S, make)
