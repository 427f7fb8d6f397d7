from __future__ import annotations

from server.domain.limits import Limits


def test_the_limits_fit_one_another() -> None:
    limits = Limits()
    assert limits.username_min <= limits.username_max
    assert 8 <= limits.password_min <= limits.password_max
    assert limits.password_max >= 64
