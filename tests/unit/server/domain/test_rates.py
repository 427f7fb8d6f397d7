from __future__ import annotations

import pytest

from server.domain.rates import RATES, Rule, address_key


def test_every_rule_has_its_rate() -> None:
    assert set(RATES) == set(Rule)
    assert all(rate.count > 0 and rate.per_s > 0 for rate in RATES.values())


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unix", "unix"),
        ("", ""),
        ("x" * 1000, "x" * 64),
    ],
)
def test_an_address_stands_for_a_household(address: str, key: str) -> None:
    assert address_key(address) == key
