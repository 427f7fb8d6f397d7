"""What can be wrong with a database, in sentences for the person who runs the server.

    DatabaseError            it cannot be opened or brought up to date
    CorruptRow               a stored value that this program cannot have written

While the server runs, a database that does not answer is :class:`server.domain.errors.Unavailable` instead, for the client.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from server.domain.errors import Unavailable

log = logging.getLogger(__name__)


class DatabaseError(Exception):
    """The database cannot be used; ``str()`` is one line that says why and what to do."""


class CorruptRow(Exception):
    """A stored value cannot be read; ``str()`` names the row, never its content."""


_OUR_MISTAKES = (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.NotSupportedError)
"""Errors of the driver that say something about the statement, not about the state of the database."""


@contextmanager
def translated() -> Iterator[None]:
    """Makes :class:`server.domain.errors.Unavailable` of what a database that is locked, full or gone raises."""
    try:
        yield
    except _OUR_MISTAKES:
        raise
    except exc.TimeoutError as error:
        raise Unavailable("busy", "Too much is going on at the moment. Try again in a few seconds.") from error
    except exc.DBAPIError as error:
        raise unavailable(error) from error


def unavailable(error: BaseException) -> Unavailable:
    """For the client, who can only wait; the operator, who can do something about it, finds the reason in the log."""
    log.error("the database does not answer: %s", reason(error))
    return Unavailable("database_unavailable", "The server cannot reach its database. Try again in a minute.")


def reason(error: BaseException) -> str:
    """The driver's own words, in one line and without the statement."""
    cause = error.orig if isinstance(error, exc.DBAPIError) and error.orig is not None else error
    return " ".join(str(cause).split())
