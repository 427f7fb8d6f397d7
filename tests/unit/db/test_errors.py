from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import exc

from db.errors import reason, translated
from server.domain.errors import NotFound, Unavailable


def failed(kind: type[exc.DBAPIError], words: str = "no  such\nluck") -> exc.DBAPIError:
    return kind("SELECT secret", {}, sqlite3.Error(words))


@pytest.mark.parametrize("kind", [exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.DatabaseError])
def test_a_database_that_does_not_answer_is_unavailable(
    kind: type[exc.DBAPIError], caplog: pytest.LogCaptureFixture
) -> None:
    error = failed(kind)
    with pytest.raises(Unavailable) as caught, translated():
        raise error
    assert caught.value.code == "database_unavailable"
    assert caught.value.__cause__ is error
    assert "secret" not in caught.value.message
    assert caplog.messages == ["the database does not answer: no such luck"]


class _Conflict(Exception):
    def __init__(self, number: int | None = None, sqlstate: str | None = None) -> None:
        super().__init__(*([] if number is None else [number]), "in each other's way")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    "orig",
    [_Conflict(sqlstate="40001"), _Conflict(sqlstate="40P01"), _Conflict(1213, "40001"), _Conflict(1205)],
    ids=str,
)
def test_transactions_in_each_others_way_are_to_be_tried_again(orig: Exception) -> None:
    error = exc.OperationalError(None, None, orig)
    with pytest.raises(Unavailable) as caught, translated():
        raise error
    assert caught.value.code == "busy"
    assert caught.value.__cause__ is error


def test_too_many_readers_are_asked_to_come_back() -> None:
    with pytest.raises(Unavailable) as caught, translated():
        raise exc.TimeoutError
    assert caught.value.code == "busy"


@pytest.mark.parametrize(
    "error",
    [failed(exc.IntegrityError), failed(exc.ProgrammingError), failed(exc.DataError), NotFound("a", "b"), KeyError()],
    ids=lambda error: type(error).__name__,
)
def test_everything_else_stays_what_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, translated():
        raise error
    assert caught.value is error


def test_a_reason_is_one_line_without_the_statement() -> None:
    assert reason(failed(exc.OperationalError)) == "no such luck"
    assert reason(OSError("no\nroom")) == "no room"
    assert reason(exc.OperationalError(None, None, Exception(2003, "Can't connect"))) == "Can't connect"
