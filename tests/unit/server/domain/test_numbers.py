from __future__ import annotations

import pytest

from server.domain.errors import Invalid
from server.domain.numbers import check_permissions, check_range
from server.domain.permissions import ALL, IN_CHANNELS, Permission


def test_numbers_in_range_pass() -> None:
    assert [check_range(number, "limit", 1, 3) for number in (1, 2, 3)] == [1, 2, 3]


@pytest.mark.parametrize("number", [0, 4, -1, 10**30])
def test_numbers_out_of_range_do_not(number: int) -> None:
    with pytest.raises(Invalid) as refused:
        check_range(number, "limit", 1, 3)
    assert (refused.value.code, refused.value.data) == ("bad_request", {"where": "limit", "min": 1, "max": 3})


def test_known_permissions_pass() -> None:
    assert check_permissions(0, "allow", IN_CHANNELS) == Permission(0)
    assert check_permissions(int(ALL), "permissions", ALL) == ALL


@pytest.mark.parametrize("bits", [-1, int(Permission.ADMINISTRATOR), 1 << 22, 1 << 60, 1 << 70])
def test_others_do_not(bits: int) -> None:
    with pytest.raises(Invalid) as refused:
        check_permissions(bits, "allow", IN_CHANNELS)
    assert refused.value.data == {"where": "allow"}
