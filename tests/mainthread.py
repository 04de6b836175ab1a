"""Lends the main thread to a program while the test that debugs it runs beside it.

Owns: the exchange of the two threads.  Trio treats the main thread differently (Ctrl-C, the
signal wake-up fd), and so do asyncio and anybody who counts living threads, so a debuggee
should have it.  A test body only waits in queues, so any thread will do for it.
Does not own: what the program or the test does.
"""

from __future__ import annotations

import faulthandler
import os
import queue
import signal
import threading
from collections.abc import Callable

Job = Callable[[], None]

MAIN = threading.main_thread().ident or 0

_lender: MainThread | None = None


class MainThread:
    """The main thread during one test."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._free = threading.Lock()

    def run_beside(self, body: Job) -> None:
        """Run `body` in a helper thread and, meanwhile, the jobs that it hands over here.

        Raises:
            whatever `body` raises, with its own traceback.
        """
        failures: list[BaseException] = []

        def guarded() -> None:
            try:
                body()
            except BaseException as exc:  # pytest's skips and fails included
                failures.append(exc)
            finally:
                self._jobs.put(None)

        threading.Thread(target=guarded, name="test body", daemon=True).start()
        while (job := self._jobs.get()) is not None:
            job()
        for failure in failures:
            raise failure

    def borrow(self, job: Job) -> bool:
        """Run `job` on the main thread unless another one has it; whether that worked."""
        if not self._free.acquire(blocking=False):
            return False

        def then_free() -> None:
            try:
                job()
            finally:
                self._free.release()

        self._jobs.put(then_free)
        return True

    def interrupt(self, patience: float) -> None:
        """Press Ctrl-C for a job that does not end; if that does not help, end the process."""
        if self._free.acquire(blocking=False):
            self._free.release()
            return
        signal.pthread_kill(MAIN, signal.SIGINT)
        if not self._free.acquire(timeout=patience):
            faulthandler.dump_traceback()
            os._exit(70)
        self._free.release()


def run_beside_program(body: Job) -> None:
    """Run a test's body in a helper thread, so that its programs get the main thread."""
    global _lender
    _lender = MainThread()
    try:
        _lender.run_beside(body)
    finally:
        _lender = None


def interrupt(patience: float) -> None:
    """Get the main thread back from a program that does not end within `patience` seconds.

    A program in a thread of its own is left alone: it is a daemon.
    """
    if _lender is not None:
        _lender.interrupt(patience)


def start(job: Job) -> None:
    """Start `job` on the main thread when that is on loan and free, else in a new thread."""
    if _lender is None or not _lender.borrow(job):
        threading.Thread(target=job, name="program", daemon=True).start()
