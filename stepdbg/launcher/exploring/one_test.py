"""One schedule of a pytest test: the whole test, from setup to teardown.

Owns: `OneTest`.
Does not own: the runs in it (engine.exploring.calls), which schedules there are (search), what
pytest reports of the test (pytest_exploring).
"""

from __future__ import annotations

import bdb
from typing import TYPE_CHECKING, Literal

import pytest
from _pytest._code.code import ReprExceptionInfo, ReprTracebackNative

from stepdbg.model.standard import os, signal

if TYPE_CHECKING:
    from collections.abc import Callable

    Phase = Literal["setup", "call", "teardown"]

_NO_FAILURES = (pytest.skip.Exception, pytest.xfail.Exception)


class OneTest:
    """Runs a test as pytest does, again and again, without a report.

    What was set up before the first time stays.  Everything else is torn down each time, including
    fixtures of a wider scope.

    Args:
        item: the test.
    """

    def __init__(self, item: pytest.Item) -> None:
        self._item = item
        self._kept = list(item.session._setupstate.stack)  # noqa: SLF001 - nobody else tells
        self._process = os.getpid()
        self._errors: list[BaseException] = []

    def __call__(self, is_given_up: Callable[[], bool]) -> None:
        """Run the test once.

        Args:
            is_given_up: tells whether a run of the test was left in the middle; then the test is
                not torn down.

        Raises:
            BaseException: what makes the test fail.
        """
        if self._process != os.getpid():
            self._process = os.getpid()
            _settle(self._item.config)
            self._item.repr_failure = _brief  # type: ignore[method-assign, assignment]
        self._begin()
        try:
            if self._do_phase("setup") and not self._item.config.getoption("setuponly", False):
                self._do_phase("call")
            if not is_given_up():
                self._do_phase("teardown", nextitem=self._kept[-1] if self._kept else None)
        finally:
            self._end()
        if self._errors:
            raise self._errors[0]

    def _begin(self) -> None:
        """Put the test back into the state that it had before it was first run."""
        item = self._item
        self._errors = []
        item._report_sections.clear()  # noqa: SLF001 - what it wrote the last time
        if isinstance(item, pytest.Function) and isinstance(item.parent, pytest.Class):
            for name in ("_instance", "_obj"):  # each run has a new instance of its class
                item.__dict__.pop(name, None)
        if getattr(item, "_request", None) is False:  # see `_pytest.runner.runtestprotocol`
            item._initrequest()  # type: ignore[attr-defined]  # noqa: SLF001

    def _do_phase(self, when: Phase, **more: object) -> bool:
        """Do one phase; whether it has raised nothing."""
        item, hook = self._item, getattr(self._item.ihook, f"pytest_runtest_{when}")
        call = pytest.CallInfo.from_call(lambda: hook(item=item, **more), when=when)
        # This hook lets plugins add exceptions that they have caught, such as unittest's failures.
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


def _brief(error: pytest.ExceptionInfo[BaseException], *_: object) -> ReprExceptionInfo:
    """A failure in one line: nobody sees more of it, and the whole takes longer than many tests."""
    crash = error._getreprcrash()  # noqa: SLF001 - plugins look at it
    return ReprExceptionInfo(ReprTracebackNative([error.exconly()]), crash)


def _settle(config: pytest.Config) -> None:
    """In a fork: share no captured output with the process before it, and leave little behind."""
    config.option.tbstyle = "native"  # the fastest of pytest's styles, for a set-up that fails
    if isinstance(getattr(signal.getsignal(signal.SIGINT), "__self__", None), bdb.Bdb):
        # With --pdb, pdb's handler of SIGINT stays set; and while a signal has a handler, stepdbg
        # cannot prove a deadlock.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    folders = getattr(config, "_tmp_path_factory", None)
    if folders is not None:  # else pytest keeps one for each schedule, for three test runs
        folders._retention_policy = "failed"  # noqa: SLF001 - the option has been read long ago
    capture = config.pluginmanager.get_plugin("capturemanager")
    if capture is None:
        return
    kept = [os.dup(descriptor) for descriptor in range(3)]
    capture.stop_global_capturing()  # puts the original streams back, so copies are kept
    for descriptor, copy in enumerate(kept):
        os.dup2(copy, descriptor)
        os.close(copy)
    capture.start_global_capturing()
    capture.suspend_global_capture(in_=True)
