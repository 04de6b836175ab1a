"""One schedule of a test of pytest: its whole protocol, from set-up to teardown.

Owns: `OneTest`.
Does not own: the runs in it (engine.exploring.calls), which schedules there are (search), what
pytest reports of the test (pytest_exploring).
"""

from __future__ import annotations

import bdb
from typing import TYPE_CHECKING, Literal

import pytest

from stepdbg.model.standard import os, signal

if TYPE_CHECKING:
    from collections.abc import Callable

    Phase = Literal["setup", "call", "teardown"]

_NO_FAILURES = (pytest.skip.Exception, pytest.xfail.Exception)


class OneTest:
    """Runs a test as pytest does, again and again, and reports nothing of it.

    What was set up before the first time stays; all else is torn down each time, fixtures of wider
    scope as well.

    Args:
        item: the test.
    """

    def __init__(self, item: pytest.Item) -> None:
        self._item = item
        self._kept = list(item.session._setupstate.stack)  # noqa: SLF001 - nobody else tells
        self._process = os.getpid()
        self._errors: list[BaseException] = []

    def __call__(self, is_given_up: Callable[[], bool]) -> None:
        """Do it once.

        Args:
            is_given_up: tells whether a run of the test was left in the middle; it is not torn
                down then.

        Raises:
            BaseException: what makes the test fail.
        """
        if self._process != os.getpid():
            self._process = os.getpid()
            _settle(self._item.config)
        self._begin()
        try:
            if self._goes_well("setup") and not self._item.config.getoption("setuponly", False):
                self._goes_well("call")
            if not is_given_up():
                self._goes_well("teardown", nextitem=self._kept[-1] if self._kept else None)
        finally:
            self._end()
        if self._errors:
            raise self._errors[0]

    def _begin(self) -> None:
        """Let the test be as it was before its first time."""
        item = self._item
        self._errors = []
        item._report_sections.clear()  # noqa: SLF001 - what it wrote the last time
        if isinstance(item, pytest.Function) and isinstance(item.parent, pytest.Class):
            for name in ("_instance", "_obj"):  # each time a new instance of its class
                item.__dict__.pop(name, None)
        if getattr(item, "_request", None) is False:  # see `_pytest.runner.runtestprotocol`
            item._initrequest()  # type: ignore[attr-defined]  # noqa: SLF001

    def _goes_well(self, when: Phase, **more: object) -> bool:
        """Do one phase; whether it has raised nothing."""
        item, hook = self._item, getattr(self._item.ihook, f"pytest_runtest_{when}")
        call = pytest.CallInfo.from_call(lambda: hook(item=item, **more), when=when)
        # Plugins put into it what they have caught; unittest's failures come that way.
        item.ihook.pytest_runtest_makereport(item=item, call=call)
        if call.excinfo is not None and not isinstance(call.excinfo.value, _NO_FAILURES):
            self._errors.append(call.excinfo.value)
        return call.excinfo is None

    def _end(self) -> None:
        item = self._item
        if hasattr(item, "_request"):
            item._request = False  # noqa: SLF001
            item.funcargs = None  # type: ignore[attr-defined]
        for _when, _name, text in item._report_sections:  # noqa: SLF001 - what pytest has captured
            os.write(1, text.encode("utf-8", "replace"))


def _settle(config: pytest.Config) -> None:
    """In a fork: share no captured output with the process before it, and leave little behind."""
    config.option.tbstyle = "native"  # of all that pytest can draw it takes the least time
    if isinstance(getattr(signal.getsignal(signal.SIGINT), "__self__", None), bdb.Bdb):
        # With --pdb it stays, and where a signal is handled a deadlock cannot be proven.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    folders = getattr(config, "_tmp_path_factory", None)
    if folders is not None:  # there would be one for each schedule, for three test runs
        folders._retention_policy = "failed"  # noqa: SLF001 - the option has been read long ago
    capture = config.pluginmanager.get_plugin("capturemanager")
    if capture is None:
        return
    kept = [os.dup(descriptor) for descriptor in range(3)]
    capture.stop_global_capturing()  # it puts the streams back that there were at first
    for descriptor, copy in enumerate(kept):
        os.dup2(copy, descriptor)
        os.close(copy)
    capture.start_global_capturing()
    capture.suspend_global_capture(in_=True)
