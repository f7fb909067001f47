"""Opening a database, and its transactions: one writer at a time, readers beside it.

What differs between SQLite and PostgreSQL is here, and nowhere else.

SQLite runs in WAL mode, so that a writer and readers do not wait for each other, and with synchronous=FULL: a
commit reaches the disk before it is acknowledged. NORMAL would keep acknowledged changes when the process is
killed, and a power cut would not corrupt the file either, but it could cost the last changes; an agent that
acted on a belief must not wake up without it, and a quarter of a millisecond a change is a fair price.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from beliefs.errors import JournalCorruptError, JournalError, JournalNotFoundError, JournalReadOnlyError
from beliefs.journal.faults import translated

_WRITERS_LOCK = 0x62656C69
"""The advisory lock that whoever writes a journal in PostgreSQL holds."""


@dataclass(frozen=True)
class Database:
    """A database that is open.

    Attributes:
        engine: SQLAlchemy's access to it.
        place: what messages call it; no password in it.
        writable: whether it may be written.
        busy_seconds: how long to wait for another writer.
    """

    engine: Engine
    place: str
    writable: bool
    busy_seconds: float
    _held: threading.local = field(default_factory=threading.local, compare=False, repr=False)
    _closed: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Run the block in a transaction that sees one state throughout, whatever others write meanwhile.

        Inside a transaction of the same thread, it is that one.

        Raises:
            JournalError: it was closed.
        """
        if self._closed.is_set():
            raise JournalError(
                f"{self.place} is closed: keep it open while you use a base that is read from it where it is looked at"
            )
        held: Connection | None = getattr(self._held, "connection", None)
        if held is not None:
            yield held
            return
        with translated(self.place), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin(), self._holding(connection):
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Run the block in a transaction as the only writer; commit at its end, or undo all on any exception.

        Raises:
            JournalReadOnlyError: the database may not be written.
            JournalBusyError: another writer did not finish in time.
            JournalFullError: there is no space left.
        """
        if not self.writable:
            raise JournalReadOnlyError(f"{self.place} is open for reading only; nothing was changed")
        with translated(self.place), self.engine.connect() as connection:
            connection = connection.execution_options(writing=True)
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    milliseconds = round(self.busy_seconds * 1000)
                    connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})"))
                with self._holding(connection):
                    yield connection

    @contextmanager
    def _holding(self, connection: Connection) -> Iterator[None]:
        """Have what this thread reads in the block read by this connection."""
        self._held.connection = connection
        try:
            yield
        finally:
            self._held.connection = None

    def close(self) -> None:
        """Close every connection, and open none any more."""
        self._closed.set()
        with translated(self.place):
            self.engine.dispose()


def open_database(
    place: str | os.PathLike[str], *, create: bool, read_only: bool, busy_seconds: float
) -> Database:
    """Open the database at a path or an SQLAlchemy URL, without changing what it holds.

    Raises:
        JournalNotFoundError: there is nothing at that path, and `create` is false or `read_only` true.
        JournalError: it cannot be opened.
    """
    if not isinstance(place, str) or "://" not in place:
        return _open_file(Path(place), create=create, read_only=read_only, busy_seconds=busy_seconds)
    try:
        url = make_url(place)
    except (ArgumentError, ValueError) as error:
        raise JournalError(f"{place!r} is not the URL of a database: {error}") from error
    match url.get_backend_name():
        case "sqlite" if url.database in (None, "", ":memory:"):
            return open_memory(busy_seconds)
        case "sqlite":
            assert url.database is not None
            return _open_file(
                Path(url.database), create=create, read_only=read_only, busy_seconds=busy_seconds
            )
        case "postgresql":
            return _open_server(url, read_only=read_only, busy_seconds=busy_seconds)
        case other:
            raise JournalError(f"a journal is kept in SQLite or PostgreSQL, not in {other!r}")


def open_memory(busy_seconds: float) -> Database:
    """Open a new database that lives as long as this process, or until it is closed."""

    def connect() -> sqlite3.Connection:
        return _configured(sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None))

    return Database(_sqlite_engine(connect, busy_seconds), "the journal in memory", True, busy_seconds)


def _open_file(path: Path, *, create: bool, read_only: bool, busy_seconds: float) -> Database:
    place = str(path)
    exists = _is_file(path)
    if not exists and (read_only or not create):
        raise JournalNotFoundError(f"there is no journal at {place}: create one first, or check the path")
    if not exists and not path.absolute().parent.is_dir():
        raise JournalNotFoundError(
            f"there is no folder {path.absolute().parent}: make it first, or check the path"
        )
    writable = not read_only and (not exists or _may_write(path)) and _may_write(path.absolute().parent)
    if not exists and not writable:
        raise JournalReadOnlyError(f"{place} cannot be created: its folder may not be written")
    address = f"{path.absolute().as_uri()}?{_mode(path, writable)}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            address, uri=True, timeout=busy_seconds, check_same_thread=False, isolation_level=None
        )
        return _configured(connection)

    return Database(_sqlite_engine(connect, busy_seconds), place, writable, busy_seconds)


def _is_file(path: Path) -> bool:
    """Whether there is a file at a path. It is not opened: closing it would drop SQLite's locks on it."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise JournalError(f"{str(path)!r} cannot be opened: {error}") from error
    if stat.S_ISDIR(status.st_mode):
        raise JournalError(f"{path} is a folder: give the path of a file in it")
    if not stat.S_ISREG(status.st_mode):
        raise JournalError(f"{path} is not a file that can hold a journal")
    if status.st_size == 1:
        # SQLite takes a file of a single byte for an empty one, and would write over it.
        raise JournalCorruptError(f"{path} is not a beliefs journal; nothing was changed")
    return True


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _mode(path: Path, writable: bool) -> str:
    """How SQLite is to open a file.

    To read a file in WAL mode, SQLite writes an index beside it. Where the folder may not be written, and no
    change waits in a -wal file, the file is read as one that nobody changes.
    """
    if writable:
        return "mode=rwc"
    waiting = path.with_name(path.name + "-wal")
    unattended = not _may_write(path.absolute().parent) and not (waiting.exists() and waiting.stat().st_size)
    return "mode=ro&immutable=1" if unattended else "mode=ro"


def _configured(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _sqlite_engine(connect: Callable[[], sqlite3.Connection], busy_seconds: float) -> Engine:
    """An engine with one connection, which threads take in turn. It begins transactions; the driver never."""
    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=busy_seconds,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _open_server(url: URL, *, read_only: bool, busy_seconds: float) -> Database:
    place = url.render_as_string(hide_password=True)
    try:
        engine = create_engine(url)
    except ImportError as error:
        raise JournalError(
            f"{place} needs a driver that is not installed: pip install 'beliefs[postgresql]'"
        ) from error
    except SQLAlchemyError as error:
        raise JournalError(f"{place} cannot be opened: {error}") from error
    return Database(engine, place, not read_only, busy_seconds)


def damage(connection: Connection) -> Iterator[str]:
    """Yield what the database itself finds wrong with its file: pages and indexes, whether in use or not.

    PostgreSQL answers for its own files.
    """
    if connection.dialect.name == "sqlite":
        yield from (row[0] for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok")


def let_readers_in(database: Database) -> None:
    """Put a SQLite file in WAL mode, so that readers and a writer do not wait for each other.

    A file system that cannot share memory keeps the mode it has: that is as safe, only slower.

    Raises:
        JournalBusyError: other processes kept it busy for too long.
    """
    if database.engine.dialect.name != "sqlite" or not database.writable:
        return
    deadline = time.monotonic() + database.busy_seconds
    with translated(database.place), database.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        while raw.execute("PRAGMA journal_mode").fetchone()[0] == "delete":
            try:
                raw.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                # Changing the mode does not wait for others as a transaction does.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
