"""The time limit for code of the program."""

from __future__ import annotations

import os
import queue
import random
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from stepdbg.engine.describing.watchdog import CannotWatch, OutOfTime, call_limited
from tests.frontends import children

LIMIT = 0.05


def spin() -> None:
    while True:
        pass


def catch_everything_some_times() -> str:
    for _ in range(3):
        try:
            spin()
        except BaseException:
            continue
    return "done"


def catch_everything_for_ever() -> None:
    while True:
        try:
            time.sleep(0.001)
        except BaseException:
            continue


def catch_everything_twice_for_ever() -> None:
    while True:
        try:
            catch_everything_for_ever()
        except BaseException:
            continue


def catch_and_return() -> str:
    try:
        spin()
    except BaseException as error:
        return f"caught {error!r}"
    return ""


def catch_and_raise_another() -> None:
    try:
        spin()
    except BaseException as error:
        raise ValueError("mine") from error


def spin_in_a_generator() -> None:
    def produce() -> object:
        while True:
            yield 1

    for _ in produce():  # type: ignore[attr-defined]
        pass


def nested() -> None:
    call_limited(spin, 100)


def raise_in_a_finaliser() -> None:
    try:
        spin()
    finally:
        len([1])


@pytest.mark.parametrize(
    "call",
    [
        spin,
        catch_everything_some_times,
        catch_and_return,
        catch_and_raise_another,
        spin_in_a_generator,
        nested,
        raise_in_a_finaliser,
    ],
)
def test_a_call_that_takes_too_long_is_ended(call: Callable[[], object]) -> None:
    with pytest.raises(OutOfTime):
        call_limited(call, LIMIT)


LONG = 30.0  # seconds; nobody waits so long

EMPTY_PIPE, _ = os.pipe()


def hold_twice() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def sleep_twice() -> None:
    try:
        time.sleep(LONG)
    except BaseException:
        time.sleep(LONG)


@pytest.mark.parametrize(
    "call",
    [
        partial(time.sleep, LONG),
        sleep_twice,
        hold_twice,
        partial(threading.Event().wait, LONG),
        partial(queue.Queue().get, timeout=LONG),
        partial(os.read, EMPTY_PIPE, 1),
        partial(select.select, [EMPTY_PIPE], [], [], LONG),
        partial(subprocess.run, [sys.executable, "-c", f"import time; time.sleep({LONG})"]),
    ],
)
def test_a_call_that_waits_in_the_system_is_ended(call: Callable[[], object]) -> None:
    begin = time.monotonic()
    with pytest.raises(OutOfTime):
        call_limited(call, LIMIT)
    assert time.monotonic() - begin < LONG / 3
    assert signal.getsignal(signal.SIGURG) == signal.SIG_DFL


def test_a_call_that_waits_within_a_call_is_ended() -> None:
    def outer() -> str:
        with suppress(OutOfTime):
            call_limited(partial(time.sleep, LONG), LIMIT)
        time.sleep(LONG)
        return "not ended"

    begin = time.monotonic()
    with pytest.raises(OutOfTime):
        call_limited(outer, 3 * LIMIT)
    assert time.monotonic() - begin < LONG / 3


def test_calls_that_come_back_when_they_are_woken_leak_nothing() -> None:
    """They end just when the signal for them is sent: it must do nothing later."""
    outcomes = set()
    end = time.monotonic() + 1
    while time.monotonic() < end:
        try:
            call_limited(partial(time.sleep, random.uniform(0.0004, 0.0012)), 0.0008)
            outcomes.add("in time")
        except OutOfTime:
            outcomes.add("too late")
    assert outcomes == {"in time", "too late"}


@pytest.mark.parametrize("handler", [lambda *_: None, signal.SIG_IGN])
def test_a_handler_of_the_program_stays_its_own(handler: Any) -> None:
    before = signal.signal(signal.SIGURG, handler)
    try:
        with pytest.raises(OutOfTime):
            call_limited(partial(time.sleep, 0.2), LIMIT)
        assert signal.getsignal(signal.SIGURG) == handler
    finally:
        signal.signal(signal.SIGURG, before)


@pytest.mark.skipif(sys.version_info[:2] == (3, 12), reason="a limit of 3.12, in the docstring")
@pytest.mark.parametrize("call", [catch_everything_for_ever, catch_everything_twice_for_ever])
def test_a_loop_that_catches_everything_is_ended(call: Callable[[], object]) -> None:
    with pytest.raises(OutOfTime):
        call_limited(call, LIMIT)


def test_finally_blocks_run_undisturbed() -> None:
    ran: list[str] = []

    def call() -> None:
        try:
            spin()
        finally:
            ran.extend(str(number) for number in range(1000))

    with pytest.raises(OutOfTime):
        call_limited(call, LIMIT)
    assert len(ran) == 1000


def test_the_result_comes_back() -> None:
    assert call_limited(lambda: 42, LIMIT) == 42


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(3)])
def test_what_the_call_raises_comes_out(error: BaseException) -> None:
    def call() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        call_limited(call, LIMIT)
    assert caught.value is error


def test_nothing_of_it_ever_leaks() -> None:
    """Calls that end just when their time is up: the exception must never arrive later."""
    outcomes = set()
    end = time.monotonic() + 1
    while time.monotonic() < end:
        until = time.monotonic() + random.uniform(0.0004, 0.0012)

        def call(until: float = until) -> None:
            while time.monotonic() < until:
                pass

        try:
            call_limited(call, 0.0008)
            outcomes.add("in time")
        except OutOfTime:
            outcomes.add("too late")
    assert outcomes == {"in time", "too late"}


def test_nothing_stays_pending() -> None:
    """A traced 3.11 runs in circles while CPython believes that something is pending."""
    with pytest.raises(OutOfTime):
        call_limited(spin, LIMIT)
    before = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        assert (lambda: 42)() == 42
    finally:
        sys.settrace(before)


def test_it_works_in_several_threads_at_once() -> None:
    outcomes: list[str] = []

    def watched() -> None:
        try:
            call_limited(spin, LIMIT)
        except OutOfTime:
            outcomes.append("ended")

    threads = [threading.Thread(target=watched) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert outcomes == ["ended"] * 4


def test_the_program_sees_its_own_threads_only() -> None:
    before = threading.enumerate()
    call_limited(int, LIMIT)
    assert threading.enumerate() == before


def test_it_is_cheap() -> None:
    call_limited(int, LIMIT)
    best = min(_seconds_for_a_thousand() for _ in range(5))
    assert best / 1000 < 20e-6


def _seconds_for_a_thousand() -> float:
    begin = time.perf_counter()
    for _ in range(1000):
        call_limited(int, 0.5)
    return time.perf_counter() - begin


FORKS = """\
import os, time
from contextlib import suppress
from stepdbg.engine.describing.watchdog import OutOfTime, call_limited

def spin():
    while True:
        pass

with suppress(OutOfTime):
    call_limited(spin, 0.05)
call_limited(int, 60)
begin = time.monotonic()
child = os.fork()
if child == 0:
    try:
        call_limited(spin, 0.05)
    except OutOfTime:
        os._exit(7)
    os._exit(1)
assert time.monotonic() - begin < 0.15  # nobody waited for a thread that does not come
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
try:
    call_limited(spin, 0.05)
except OutOfTime:
    os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_it_works_after_a_fork_and_python_does_not_warn_of_it() -> None:
    # In a process of its own: pytest's has more threads, which Python 3.15 counts.
    ended = children.run("-W", "error", "-c", FORKS)
    assert (ended.returncode, ended.stderr.decode()) == (0, "")


AT_THE_END = """\
import atexit, os
atexit.register(lambda: print(len(os.listdir("/proc/self/task"))))
from stepdbg.engine.describing.watchdog import call_limited
call_limited(int, 60)
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts threads in /proc")
def test_it_is_gone_before_the_interpreter_goes_down() -> None:
    ended = children.run("-c", AT_THE_END)
    assert (ended.returncode, ended.stdout.split()) == (0, [b"2", b"1"])


def test_without_a_thread_to_be_had_nothing_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    from stepdbg.engine.describing import watchdog
    from stepdbg.model import standard

    def refuse(*args: object) -> int:
        raise RuntimeError("can't start new thread")

    fresh = watchdog._Patrol()
    fresh.shooter = watchdog._patrol.load()
    monkeypatch.setattr(watchdog, "_patrol", fresh)
    monkeypatch.setattr(standard._thread, "start_new_thread", refuse)
    called: list[int] = []
    with pytest.raises(CannotWatch, match="can't start new thread"):
        call_limited(lambda: called.append(1), LIMIT)
    assert called == []
