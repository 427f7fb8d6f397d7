"""What can be wrong with a database, in sentences for the person who runs the server.

    DatabaseError            it cannot be opened or brought up to date
    CorruptRow               a stored value that this program cannot have written

While the server runs, a database that does not answer is :class:`server.domain.errors.Unavailable` instead, for the client.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import exc

from server.domain.errors import Unavailable

log = logging.getLogger(__name__)


class DatabaseError(Exception):
    """The database cannot be used; ``str()`` is one line that says why and what to do."""


class CorruptRow(Exception):
    """A stored value cannot be read; ``str()`` names the row, never its content."""


_OUR_MISTAKES = (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.NotSupportedError)
"""Errors of the driver that say something about the statement, not about the state of the database."""

_CONFLICTS: Final = ("40001", "40P01", "55P03")
"""SQLSTATE: serialization_failure, deadlock_detected, lock_not_available."""
_MYSQL_CONFLICTS: Final = (1020, 1205, 1213)
"""Record changed, lock wait timeout, deadlock."""


@contextmanager
def translated() -> Iterator[None]:
    """Makes :class:`server.domain.errors.Unavailable` of what a database that is locked, full or gone raises."""
    try:
        yield
    except _OUR_MISTAKES:
        raise
    except exc.TimeoutError as error:
        raise _busy() from error
    except exc.DBAPIError as error:
        if _is_conflict(error):
            log.warning("two transactions were in each other's way: %s", reason(error))
            raise _busy() from error
        raise unavailable(error) from error


def _is_conflict(error: exc.DBAPIError) -> bool:
    """Whether the same again may well succeed: a deadlock, two changes that cannot be put in an order, a row held for long."""
    number = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return getattr(error.orig, "sqlstate", None) in _CONFLICTS or number in _MYSQL_CONFLICTS


def _busy() -> Unavailable:
    return Unavailable("busy", "Too much is going on at the moment. Try again in a few seconds.")


def unavailable(error: BaseException) -> Unavailable:
    """For the client, who can only wait; the operator, who can do something about it, finds the reason in the log."""
    log.error("the database does not answer: %s", reason(error))
    return Unavailable("database_unavailable", "The server cannot reach its database. Try again in a minute.")


def reason(error: BaseException) -> str:
    """The driver's own words, in one line and without the statement."""
    cause = error.orig if isinstance(error, exc.DBAPIError) and error.orig is not None else error
    numbered = len(cause.args) == 2 and isinstance(cause.args[0], int) and not isinstance(cause, OSError)
    return " ".join(str(cause.args[1] if numbered else cause).split())
