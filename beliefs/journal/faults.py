"""Every error of the database, put in words of this package: the one place that knows how databases fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from beliefs.errors import (
    JournalBusyError,
    JournalCorruptError,
    JournalError,
    JournalFullError,
    JournalReadOnlyError,
)

_SHORT_READ = sqlite3.SQLITE_IOERR_SHORT_READ
_UNWRITABLE = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE,  # also what a limit on the size of files comes to
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)

_POSTGRESQL: dict[str, type[JournalError]] = {
    "53100": JournalFullError,  # disk_full
    "25006": JournalReadOnlyError,  # read_only_sql_transaction
    "42501": JournalReadOnlyError,  # insufficient_privilege
    "55P03": JournalBusyError,  # lock_not_available
    "40001": JournalBusyError,  # serialization_failure
    "40P01": JournalBusyError,  # deadlock_detected
    "XX001": JournalCorruptError,  # data_corrupted
    "XX002": JournalCorruptError,  # index_corrupted
}


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Let no error of the database out of the block but as a JournalError that names the place."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise translate(error, place) from error


def is_of_database(error: Exception) -> bool:
    """Return whether an error comes from the database, and so is one that `translated` puts in words."""
    return isinstance(error, SQLAlchemyError | sqlite3.Error)


def translate(error: SQLAlchemyError | sqlite3.Error, place: str) -> JournalError:
    """Return what an error of the database means to the user of the journal at that place."""
    if isinstance(error, PoolTimeoutError):
        return JournalBusyError(f"another thread kept {place} to itself for too long; nothing was changed")
    if isinstance(error, NoSuchTableError):
        return JournalCorruptError(f"{place} is damaged: {error} is missing")
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return _from_sqlite(cause, place)
    return _from_postgresql(cause, place)


def _from_sqlite(error: sqlite3.Error, place: str) -> JournalError:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # The driver itself objects. To stored text it has one objection: that it is not UTF-8.
        kind = JournalCorruptError if "UTF-8" in str(error) else JournalError
        return kind(f"{place} cannot be used: {error}")
    if code in _UNWRITABLE or code == sqlite3.SQLITE_FULL:
        return JournalFullError(
            f"there is no space left to write {place} (a full disk, a quota or a limit on file size); "
            f"nothing was changed: make room and try again"
        )
    if code == _SHORT_READ:
        return JournalCorruptError(f"{place} is damaged: it is shorter than it says")
    return _from_primary_code(code & 0xFF, error, place)


def _from_primary_code(code: int, error: sqlite3.Error, place: str) -> JournalError:
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return JournalBusyError(
                f"another process kept {place} to itself for too long; nothing was changed: try again"
            )
        case sqlite3.SQLITE_READONLY:
            return JournalReadOnlyError(f"{place} can be read, but not written; nothing was changed")
        case sqlite3.SQLITE_NOTADB:
            return JournalCorruptError(
                f"{place} is not a beliefs journal, or its beginning was overwritten; nothing was changed"
            )
        case sqlite3.SQLITE_CORRUPT:
            return JournalCorruptError(f"{place} is damaged ({error}): restore it from a copy")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return JournalError(
                f"{place} cannot be opened: check that it, its folder and its -wal file may be read"
            )
        case sqlite3.SQLITE_ERROR if str(error).startswith("no such "):
            return JournalCorruptError(f"{place} is damaged: {error}")
        case sqlite3.SQLITE_CONSTRAINT:
            return JournalCorruptError(
                f"{place} is damaged: its history and its present state disagree ({error})"
            )
        case _:
            return JournalError(f"{place} cannot be used: {error}")


def _from_postgresql(error: BaseException, place: str) -> JournalError:
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""
    kind = _POSTGRESQL.get(state, JournalError)
    return kind(f"{place} cannot be used: {str(error).strip()}")
