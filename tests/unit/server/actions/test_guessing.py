from __future__ import annotations

import pytest

from server.actions.accounts import LogIn, SignUp, do_log_in, do_sign_up
from server.actions.context import Origin
from server.actions.guessing import LOG_IN_PAUSE_MAX_S
from server.domain.errors import TooMany, Unauthenticated
from server.domain.rates import Rate, Rule
from tests.support.actions import HOME, House

ANNA = SignUp(username="anna", password="a long secret")


async def test_guessing_from_one_address_ends_there_and_locks_nobody_else_out(house: House) -> None:
    house = house.with_rates({Rule.LOG_IN_PAIR: Rate(3, 60)})
    await do_sign_up(house.actions, ANNA, HOME)
    stranger = Origin(address="198.51.100.7")
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            await do_log_in(house.actions, LogIn(username="anna", password="a guess"), stranger)
    with pytest.raises(TooMany) as refused:
        await do_log_in(house.actions, LogIn(username="Anna", password="a long secret"), stranger)
    assert refused.value.retry_after_s == 60
    await do_log_in(house.actions, LogIn(username="anna", password="a long secret"), HOME)


async def test_guessing_from_many_addresses_slows_the_account_down_and_no_more(house: House) -> None:
    house = house.with_rates({Rule.LOG_IN_ACCOUNT: Rate(3, 600)})
    await do_sign_up(house.actions, ANNA, HOME)
    for number in range(3):
        origin = Origin(address=f"198.51.100.{number}")
        with pytest.raises(Unauthenticated):
            await do_log_in(house.actions, LogIn(username="anna", password="a guess"), origin)
    assert house.clock.paused == []
    await do_log_in(house.actions, LogIn(username="anna", password="a long secret"), HOME)
    assert house.clock.paused == [LOG_IN_PAUSE_MAX_S]


async def test_a_name_that_nobody_has_is_slowed_down_alike(house: House) -> None:
    house = house.with_rates({Rule.LOG_IN_ACCOUNT: Rate(1, 600)})
    for number in range(2):
        origin = Origin(address=f"198.51.100.{number}")
        with pytest.raises(Unauthenticated):
            await do_log_in(house.actions, LogIn(username="nobody", password="a guess"), origin)
    assert house.clock.paused == [LOG_IN_PAUSE_MAX_S]


async def test_one_address_cannot_try_many_names(house: House) -> None:
    house = house.with_rates({Rule.LOG_IN: Rate(2, 60)})
    for name in ("anna", "ben"):
        with pytest.raises(Unauthenticated):
            await do_log_in(house.actions, LogIn(username=name, password="a guess"), Origin(address="2001:db8::1"))
    with pytest.raises(TooMany):
        await do_log_in(house.actions, LogIn(username="cleo", password="a guess"), Origin(address="2001:db8::2"))
