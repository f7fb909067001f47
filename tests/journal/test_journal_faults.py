"""Everything that can be wrong with a journal or the disk under it, and what the user is told."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from support.journal_cases import some_belief, telling

from beliefs.errors import (
    BeliefsError,
    JournalBusyError,
    JournalCorruptError,
    JournalError,
    JournalFullError,
    JournalNotFoundError,
    JournalReadOnlyError,
)
from beliefs.journal.entry import Decision
from beliefs.journal.journal import Journal

NOBODY = 65534


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of a hundred entries: many pages."""
    place = tmp_path_factory.mktemp("template") / "j.db"
    with Journal.open(place) as journal:
        for number in range(100):
            certificate = {"text": random.Random(number).randbytes(200).hex()}
            belief = some_belief(f"b{number}", number + 1)
            journal.append(Decision("expand", added=(belief,), certificate=certificate), expected_head=number)
    return place


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    """A copy of that journal."""
    return Path(shutil.copy(template, tmp_path))


def in_child(act: Callable[[], None]) -> None:
    """Run something in a child process, which may give up its rights; fail if it fails there."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status == 0, "see the traceback of the child above"


@contextmanager
def refused(kind: type[JournalError], message: str) -> Iterator[None]:
    """Expect an error of exactly one kind, with a message that matches."""
    with pytest.raises(JournalError, match=message) as caught:
        yield
    assert caught.type is kind, caught.value


class TestWhatIsThere:
    def test_nothing(self, tmp_path: Path) -> None:
        for options in ({"create": False}, {"read_only": True}):
            with refused(JournalNotFoundError, r"there is no journal at .*none\.db: create one first"):
                Journal.open(tmp_path / "none.db", **options)  # type: ignore[arg-type]
        assert list(tmp_path.iterdir()) == []

    def test_no_folder(self, tmp_path: Path) -> None:
        with refused(JournalNotFoundError, "there is no folder .*deep: make it first"):
            Journal.open(tmp_path / "deep" / "j.db")

    def test_folder(self, tmp_path: Path) -> None:
        for place in (tmp_path, ""):
            with refused(JournalError, "is a folder: give the path of a file in it"):
                Journal.open(place)

    def test_device(self) -> None:
        with refused(JournalError, "/dev/full is not a file that can hold a journal"):
            Journal.open("/dev/full")

    def test_not_a_path(self, tmp_path: Path) -> None:
        with refused(JournalError, "cannot be opened"):
            Journal.open("a\0b")
        (tmp_path / "file").touch()
        with refused(JournalError, "cannot be opened"):
            Journal.open(tmp_path / "file" / "j.db")

    def test_empty_file_becomes_a_journal_only_where_one_may_be_created(self, tmp_path: Path) -> None:
        place = tmp_path / "empty.db"
        place.touch()
        for options in ({"create": False}, {"read_only": True}):
            with refused(JournalError, "is an empty database, not a journal; nothing was changed"):
                Journal.open(place, **options)  # type: ignore[arg-type]
        assert place.stat().st_size == 0
        with Journal.open(place) as journal:
            assert journal.head == 0

    @pytest.mark.parametrize(
        "content", [b"x", b"hello, world\n" * 300, bytes(5000), random.Random(1).randbytes(9000)]
    )
    def test_file_of_something_else(self, tmp_path: Path, content: bytes) -> None:
        place = tmp_path / "notes.txt"
        place.write_bytes(content)
        for read_only in (True, False):
            with refused(JournalCorruptError, "notes.txt is not a beliefs journal"):
                Journal.open(place, read_only=read_only)
        assert place.read_bytes() == content

    @pytest.mark.parametrize(
        "statements",
        [
            ["CREATE TABLE song (title TEXT)"],
            ["CREATE TABLE meta (name TEXT, value TEXT)", "CREATE TABLE migration (number INTEGER)"],
            ["CREATE TABLE meta (x BLOB)", "CREATE TABLE migration (y BLOB)"],
            ["CREATE TABLE belief (title TEXT)", "PRAGMA journal_mode = WAL"],
        ],
    )
    def test_database_of_something_else(self, tmp_path: Path, statements: list[str]) -> None:
        place = tmp_path / "songs.db"
        with closing(sqlite3.connect(place)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        content = place.read_bytes()
        for read_only in (True, False):
            with refused(JournalError, "songs.db is a database of something else .*; nothing was changed"):
                Journal.open(place, read_only=read_only)
        assert place.read_bytes() == content

    def test_url_of_no_database(self) -> None:
        for url, message in [
            ("mysql://host/db", "a journal is kept in SQLite or PostgreSQL, not in 'mysql'"),
            ("postgresql+nonsense://host/db", "cannot be opened"),
            ("not a url://x", "is not the URL of a database"),
            ("sqlite:///no/such/folder/j.db", "there is no folder"),
        ]:
            with pytest.raises(JournalError, match=re.escape(message)):
                Journal.open(url)

    def test_password_is_not_told(self) -> None:
        with pytest.raises(JournalError) as caught:
            Journal.open("postgresql+nonsense://me:secret@host/db")
        assert "secret" not in str(caught.value)


class TestDamage:
    def use(self, place: Path) -> int:
        """Use every part of a journal; return how many faults it told of. Only its own errors may come."""
        told = 0
        try:
            with Journal.open(place) as journal:
                told += sum(1 for _ in journal.check_chain())
                for act in (journal.present, lambda: list(journal.entries()), lambda: journal.base_at(50)):
                    try:
                        act()
                    except BeliefsError:
                        told += 1
        except JournalError:
            told += 1
        return told

    def test_truncated(self, path: Path) -> None:
        content = path.read_bytes()
        for size in {len(content) * part // 12 for part in range(1, 12)} | {10, 100, 4096, len(content) - 1}:
            path.write_bytes(content[:size])
            assert self.use(path), f"cut to {size} of {len(content)} bytes"
        path.write_bytes(content)
        assert self.use(path) == 0

    def test_page_overwritten(self, path: Path) -> None:
        """Whichever page is lost: either that is told, or nothing that was written is."""
        content = path.read_bytes()
        rng = random.Random(0)
        for page in range(len(content) // 4096):
            damaged = bytearray(content)
            damaged[page * 4096 : (page + 1) * 4096] = rng.randbytes(4096)
            path.write_bytes(bytes(damaged))
            assert self.use(path), f"page {page + 1} is lost"

    def test_bytes_flipped(self, path: Path) -> None:
        """A few bytes changed, wherever: only errors of the journal come, and what is read is right."""
        content = path.read_bytes()
        rng = random.Random(1)
        with Journal.open(path) as journal:
            right = journal.base()
        for _ in range(30):
            damaged = bytearray(content)
            for _ in range(rng.choice([1, 1, 5])):
                damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
            path.write_bytes(bytes(damaged))
            self.use(path)
            try:
                with Journal.open(path) as journal:
                    assert journal.base() == right
            except JournalError:
                pass

    def test_entry_that_cannot_be_read_is_named(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE entry SET decision = CAST(x'ff' AS TEXT) WHERE number = 70")
            connection.commit()
        with Journal.open(path) as journal:
            told = [(fault.entry, fault.message) for fault in journal.check_chain()]
            assert told[0][0] == 70
            assert told[0][1].startswith("it cannot be read: ")
            assert {entry for entry, _ in told} == {70}
            with pytest.raises(JournalCorruptError):
                list(journal.entries())

    @pytest.mark.parametrize("table", ["entry", "belief", "declaration", "certificate", "witness", "meta"])
    def test_missing_table(self, path: Path, table: str) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"DROP TABLE {table}")
            connection.commit()
        assert self.use(path) or table == "witness", "no witness, nothing missing"


class TestReadOnly:
    def check(self, place: Path) -> None:
        """Everything can be read, and nothing written."""
        with Journal.open(place) as journal:
            assert journal.read_only
            assert journal.head == 100
            assert len(journal.base()) == 100
            assert list(journal.check_chain()) == []
            with refused(JournalReadOnlyError, "is open for reading only; nothing was changed"):
                journal.append(telling(some_belief("new", 101)), expected_head=100)
            assert journal.head == 100

    def test_by_wish(self, path: Path) -> None:
        content = path.read_bytes()
        with Journal.open(path, read_only=True) as journal:
            assert journal.read_only
            assert len(journal.base()) == 100
            with refused(JournalReadOnlyError, "is open for reading only"):
                journal.append(telling(some_belief("new", 101)), expected_head=100)
        assert path.read_bytes() == content

    def test_a_reader_sees_what_a_writer_adds(self, path: Path) -> None:
        with Journal.open(path) as writer, Journal.open(path, read_only=True) as reader:
            writer.append(telling(some_belief("new", 101)), expected_head=100)
            assert reader.head == 101
            assert "new" in reader.base()

    @pytest.mark.parametrize(
        ("folder_mode", "file_mode"), [(0o555, 0o444), (0o555, 0o666), (0o777, 0o444)], ids=oct
    )
    def test_by_rights(self, path: Path, folder_mode: int, file_mode: int) -> None:
        self.open_to(path, NOBODY)
        path.chmod(file_mode)
        path.parent.chmod(folder_mode)
        try:
            in_child(lambda: self.without_rights(lambda: self.check(path)))
        finally:
            path.parent.chmod(0o777)

    def test_file_that_may_not_be_read(self, path: Path) -> None:
        self.open_to(path, NOBODY)
        path.chmod(0)

        def act() -> None:
            for read_only in (True, False):
                with refused(
                    JournalError, "cannot be opened: check that it, its folder and its -wal file may be read"
                ):
                    Journal.open(path, read_only=read_only)

        in_child(lambda: self.without_rights(act))

    def test_nothing_can_be_created_in_a_folder_that_may_not_be_written(self, path: Path) -> None:
        self.open_to(path, NOBODY)
        path.parent.chmod(0o555)

        def act() -> None:
            with refused(JournalReadOnlyError, "cannot be created: its folder may not be written"):
                Journal.open(path.parent / "new.db")

        in_child(lambda: self.without_rights(act))
        path.parent.chmod(0o777)

    @pytest.mark.parametrize("index_is_left", [True, False])
    def test_changes_that_wait_in_the_wal_are_not_passed_over(self, path: Path, index_is_left: bool) -> None:
        """A writer was killed, its change waits in a -wal file, and the reader may not write there."""

        def write_and_die() -> None:
            journal = Journal.open(path)
            journal.append(telling(some_belief("new", 101)), expected_head=100)
            os._exit(0)

        def read() -> None:
            if not index_is_left:
                with refused(JournalError, "cannot be opened: check that it, its folder and its -wal file"):
                    Journal.open(path)
                return
            with Journal.open(path) as journal:
                assert journal.read_only
                assert "new" in journal.base()

        in_child(write_and_die)
        assert path.with_name("j.db-wal").stat().st_size > 0
        if not index_is_left:
            path.with_name("j.db-shm").unlink()
        self.open_to(path, NOBODY)
        path.parent.chmod(0o555)
        try:
            in_child(lambda: self.without_rights(read))
        finally:
            path.parent.chmod(0o777)
        with Journal.open(path) as journal:
            assert journal.head == 101

    def open_to(self, path: Path, user: int) -> None:
        """Let a user without rights reach the file."""
        os.chown(path, user, user)
        os.chown(path.parent, user, user)
        for folder in path.parents:
            if folder.stat().st_mode & 0o001 == 0:
                folder.chmod(folder.stat().st_mode | 0o055)

    def without_rights(self, act: Callable[[], None]) -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setegid(NOBODY)
            os.seteuid(NOBODY)
        act()


class TestFull:
    def test_full_database(self, path: Path) -> None:
        with Journal.open(path) as journal:
            with journal._reading() as connection:
                pages = connection.execute(text("PRAGMA page_count")).scalar_one()
                connection.execute(text(f"PRAGMA max_page_count = {pages + 5}"))
            head = self.fill(journal)
            with journal._reading() as connection:
                connection.execute(text("PRAGMA max_page_count = 100000"))
            self.usable(journal, head)

    def test_limit_on_the_size_of_files(self, path: Path) -> None:
        """The nearest thing to a full disk that a process can make for itself alone."""

        def act() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            with Journal.open(path) as journal:
                resource.setrlimit(
                    resource.RLIMIT_FSIZE, (path.stat().st_size + 20_000, resource.RLIM_INFINITY)
                )
                head = self.fill(journal)
                assert journal.head == head
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                self.usable(journal, head)

        in_child(act)
        with Journal.open(path) as journal:
            assert list(journal.check_chain()) == []

    def test_no_space_to_create_it(self, tmp_path: Path) -> None:
        def act() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (6000, resource.RLIM_INFINITY))
            with refused(JournalFullError, "there is no space left to write .*new.db"):
                Journal.open(tmp_path / "new.db")

        in_child(act)
        with Journal.open(tmp_path / "new.db") as journal:
            assert journal.head == 0

    def fill(self, journal: Journal) -> int:
        """Append until there is no space left; return the last entry that was acknowledged."""
        head = journal.head
        with refused(
            JournalFullError, "no space left to write .*nothing was changed: make room and try again"
        ):
            for number in range(head, head + 10_000):
                belief = some_belief(f"b{number}", number + 1)
                journal.append(Decision("expand", added=(belief,), reason="x" * 500), expected_head=number)
                head = number + 1
        return head

    def usable(self, journal: Journal, head: int) -> None:
        assert journal.head == head
        assert len(journal.base()) == head
        journal.append(telling(some_belief("after", head + 1)), expected_head=head)
        assert list(journal.check_chain()) == []


class TestBusy:
    def test_locked_for_too_long(self, path: Path) -> None:
        with (
            closing(sqlite3.connect(path, isolation_level=None)) as other,
            Journal.open(path, busy_seconds=0.2) as journal,
        ):
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            with refused(
                JournalBusyError, "another process kept .* to itself for too long; nothing was changed"
            ):
                journal.append(telling(some_belief("new", 101)), expected_head=100)
            assert 0.1 < time.monotonic() - began < 5
            assert journal.head == 100, "readers do not wait for a writer"
            other.execute("ROLLBACK")
            journal.append(telling(some_belief("new", 101)), expected_head=100)

    def test_locked_for_a_while(self, path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            with Journal.open(path, busy_seconds=20) as journal:
                from threading import Timer

                timer = Timer(0.3, lambda: other.execute("ROLLBACK"))
                timer.start()
                journal.append(telling(some_belief("new", 101)), expected_head=100)
                timer.join()
                assert journal.head == 101

    def test_new_file_locked_for_too_long(self, tmp_path: Path) -> None:
        place = tmp_path / "new.db"
        with closing(sqlite3.connect(place, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with refused(JournalBusyError, "to itself for too long"):
                Journal.open(place, busy_seconds=0.2)
