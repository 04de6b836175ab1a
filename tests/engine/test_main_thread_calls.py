"""Calls on the main thread that other threads ask for, one at a time."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from stepdbg.engine.process import python_threads
from stepdbg.model.protocols import FrontEnd

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGURG")


class _TakesCtrlC:
    takes_ctrl_c = True


@pytest.fixture
def listening() -> Iterator[None]:
    python_threads.listen(cast(FrontEnd, _TakesCtrlC()))
    assert python_threads.wakes(signal.getsignal(signal.SIGURG))
    yield
    python_threads.stop_listening()


def _ask_in_a_thread(*works: Callable[[], object]) -> None:
    def ask_for_all() -> None:
        for work in works:
            python_threads.ask(work)

    thread = threading.Thread(target=ask_for_all)
    thread.start()
    thread.join()


@pytest.mark.usefixtures("listening")
def test_one_never_begins_in_the_midst_of_another() -> None:
    done: list[str] = []

    def first() -> None:
        done.append("first begins")
        _ask_in_a_thread(lambda: done.append("second"))
        done.append("first ends")

    _ask_in_a_thread(first)
    assert done == ["first begins", "first ends", "second"]


@pytest.mark.usefixtures("listening")
def test_one_that_the_main_thread_asks_for_is_done_in_turn_as_well() -> None:
    done: list[str] = []

    def first() -> None:
        done.append("first begins")
        _ask_in_a_thread(lambda: done.append("second"))
        done.append("first ends")

    python_threads.ask(first)
    assert done == ["first begins", "first ends", "second"]


@pytest.mark.usefixtures("listening")
def test_one_that_fails_keeps_no_other_from_being_done(capfd: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []
    _ask_in_a_thread(lambda: 1 // 0, lambda: done.append("second"))
    assert done == ["second"]
    assert "working on the main thread" in capfd.readouterr().err
