from __future__ import annotations

import pytest

from server.actions.intake import Intake
from server.domain.errors import ParleyError
from server.domain.ids import FileId, Snowflake, UserId

ANNA, BEN = UserId(Snowflake(1)), UserId(Snowflake(2))
FILE = FileId(Snowflake(3))


def test_each_has_so_many_places_and_gives_them_back() -> None:
    intake = Intake(per_user=2, together=3)
    with intake.place(ANNA), intake.place(ANNA):
        with pytest.raises(ParleyError) as refused, intake.place(ANNA):
            pass
        assert refused.value.code == "rate_limited"
        with intake.place(BEN):
            with pytest.raises(ParleyError) as busy, intake.place(BEN):
                pass
            assert busy.value.code == "busy"
    with intake.place(ANNA), intake.place(ANNA):
        pass


def test_one_at_a_time_is_at_an_upload() -> None:
    intake = Intake()
    with intake.alone(FILE):
        with pytest.raises(ParleyError) as refused, intake.alone(FILE):
            pass
        assert refused.value.code == "rate_limited"
    with pytest.raises(ValueError, match="x"), intake.alone(FILE):
        raise ValueError("x")
    with intake.alone(FILE):
        pass
