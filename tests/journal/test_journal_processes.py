"""Several processes at once, and processes that are killed: nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

from support.journal_cases import same, some_belief, telling

from beliefs.journal.entry import StaleHead
from beliefs.journal.journal import Journal

APPEND_MANY = """
import sys
from support.journal_cases import some_belief, telling
from beliefs.journal.entry import StaleHead
from beliefs.journal.journal import Journal

place, me, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Journal.open(place, busy_seconds=60) as journal:
    known = journal.present()
    done = 0
    while done < count:
        try:
            belief = some_belief(f"{me}_{done}", known.base.next_age)
            entry = journal.append(telling(belief), expected_head=known.head)
        except StaleHead:
            known = journal.present(known)
            continue
        known = journal.present(known)
        done += 1
        print(entry.number, belief.name, flush=True)
"""

READ_MANY = """
import sys
from beliefs.journal.journal import Journal

place, until = sys.argv[1], int(sys.argv[2])
with Journal.open(place, read_only=True) as journal:
    known = journal.present()
    while known.head < until:
        known = journal.present(known)
        assert len(known.base) == known.head, (len(known.base), known.head)
        fresh = journal.present()
        assert len(fresh.base) == fresh.head >= known.head
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def acknowledged(output: str) -> dict[int, str]:
    """The entries that a writer printed, without a last line that was cut off."""
    lines = output.splitlines(keepends=True)
    pairs = [line.split() for line in lines if line.endswith("\n")]
    return {int(number): name for number, name in pairs}


def test_writers_take_turns_and_readers_read_on(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    writers, each = 3, 25
    processes = [start(APPEND_MANY, path, f"w{number}", each) for number in range(writers)]
    with Journal.open(path):
        pass
    reader = start(READ_MANY, path, writers * each)
    told: dict[int, str] = {}
    for process in processes:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        mine = acknowledged(output)
        assert len(mine) == each
        assert not told.keys() & mine.keys(), "no number was given twice"
        told |= mine
    reader.communicate(timeout=60)
    assert reader.returncode == 0, "a reader always saw one whole state"
    with Journal.open(path) as journal:
        assert journal.head == writers * each
        assert {entry.number: entry.decision.added[0].name for entry in journal.entries()} == told
        assert list(journal.check_chain()) == []
        assert same(journal.base(), journal.base_at(journal.head))


def test_processes_may_create_a_journal_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    processes = [start(APPEND_MANY, path, f"w{number}", 1) for number in range(5)]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    with Journal.open(path) as journal:
        assert journal.head == 5
        assert list(journal.check_chain()) == []


def test_threads_share_a_journal(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j.db") as journal:

        def work(me: str) -> None:
            done = 0
            while done < 15:
                known = journal.present()
                try:
                    journal.append(
                        telling(some_belief(f"{me}{done}", known.base.next_age)), expected_head=known.head
                    )
                except StaleHead:
                    continue
                done += 1

        threads = [Thread(target=work, args=(me,)) for me in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert journal.head == 45
        assert len(journal.base()) == 45
        assert list(journal.check_chain()) == []


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """What was acknowledged is there; besides, at most one whole entry that was not."""
    path = tmp_path / "j.db"
    rng = random.Random(0)
    told: dict[int, str] = {}
    deadline = time.monotonic() + 6
    rounds = 0
    while rounds < 3 or (rounds < 25 and time.monotonic() < deadline):
        process = start(APPEND_MANY, path, f"k{rounds}", 1_000_000)
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(rng.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        told |= acknowledged(first + rest)
        with Journal.open(path) as journal:
            head = journal.head
            assert max(told) <= head <= max(told) + 1
            found = {entry.number: entry.decision.added[0].name for entry in journal.entries()}
            assert told.items() <= found.items()
            assert list(found) == list(range(1, head + 1))
            assert list(journal.check_chain()) == []
        told = found
        rounds += 1
    with Journal.open(path) as journal:
        replayed = journal.base_at(journal.head)
        assert same(journal.base(), replayed)
        assert len(replayed) == journal.head
