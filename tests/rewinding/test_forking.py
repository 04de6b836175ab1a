"""A fork of which the program hears nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading

import pytest

from stepdbg.engine.describing.watchdog import call_limited
from stepdbg.engine.process import forking
from stepdbg.engine.process.ticking import Ticker

HOOKS: list[str] = []
os.register_at_fork(
    before=lambda: HOOKS.append("before"),
    after_in_parent=lambda: HOOKS.append("parent"),
    after_in_child=lambda: HOOKS.append("child"),
)

HAS_THREADS = bool(forking.why_not())
"""As under a runner with workers: the tests have a process of their own then."""

alone = pytest.mark.skipif(HAS_THREADS, reason="runs in a process without threads, see below")


def told_by_child(descriptor: int) -> str:
    with open(descriptor, encoding="utf-8") as file:
        return file.read()


@alone
def test_it_leaves_no_child_no_signal_and_calls_no_hook() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGCHLD, lambda number, _: heard.append(number))
    random.seed(19)
    expected = random.Random(19).random()
    reads, writes = os.pipe()
    HOOKS.clear()
    try:
        if forking.fork_apart() == 0:
            blocked = signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, ())
            told = f"{random.random() == expected} {HOOKS} {blocked} {os.getppid()}"
            os.write(writes, told.encode())
            os._exit(0)
        os.close(writes)
        told = told_by_child(reads)
        assert told.startswith("True [] True ")
        assert told.rpartition(" ")[2] != str(os.getpid())
        assert (HOOKS, heard) == ([], [])
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    finally:
        signal.signal(signal.SIGCHLD, before)


@alone
def test_the_program_hears_of_its_own_child_that_ends_meanwhile() -> None:
    heard: list[int] = []
    child = subprocess.Popen([sys.executable, "-c", ""])
    before = signal.signal(signal.SIGCHLD, lambda number, _: heard.append(number))
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        heard.clear()
        if forking.fork_apart() == 0:
            os._exit(0)
        assert heard == [signal.SIGCHLD], "it is told once more rather than never"
    finally:
        signal.signal(signal.SIGCHLD, before)
        child.wait()


def test_threads_of_stepdbg_end_before_a_fork() -> None:
    before = set(os.listdir("/proc/self/task"))  # the runner has threads, which come and go
    looked = threading.Event()

    def look() -> bool:
        looked.set()
        return True

    ticker = Ticker(look, 3600)
    ticker.wake()
    call_limited(list, 60)
    assert looked.wait(10)
    begun = set(os.listdir("/proc/self/task")) - before
    forking.why_not()
    assert len(begun - set(os.listdir("/proc/self/task"))) == 2, "both of stepdbg's have ended"


@alone
def test_a_process_with_threads_is_not_forked() -> None:
    ends = threading.Event()
    thread = threading.Thread(target=ends.wait)
    thread.start()
    try:
        assert "threads" in forking.why_not()
    finally:
        ends.set()
        thread.join()


@pytest.mark.skipif(not HAS_THREADS, reason="they have run in this process")
def test_in_a_process_without_threads() -> None:
    words = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider", __file__]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *words], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout
    assert "4 passed" in ran.stdout
