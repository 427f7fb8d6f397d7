from __future__ import annotations

import pytest

from server.domain.errors import Forbidden
from server.domain.scopes import OF_GATEWAY, Scope, check_scope, closed_to_bots


def test_people_need_none_and_some_things_take_any_token() -> None:
    check_scope(None, Scope.VOICE)
    check_scope(frozenset(), None)
    check_scope(OF_GATEWAY, Scope.MEMBERS_READ)


def test_a_token_is_good_for_its_scopes_alone() -> None:
    with pytest.raises(Forbidden) as refused:
        check_scope(OF_GATEWAY, Scope.VOICE)
    assert (refused.value.code, refused.value.data) == ("missing_scope", {"scope": "voice"})


def test_some_things_are_for_people() -> None:
    assert closed_to_bots().code == "bots_not_allowed"
