"""Exploring the tests of a test run: which tests, how, and what pytest reports of them.

Owns: `Explorer`, the plugin that explores them; the verdicts in its summary.
Does not own: one schedule of a test (exploring.one_test), exploring (exploring.search), options
(pytest_plugin).

A test is explored before pytest runs it.  If an order fails, pytest then runs the test in that
order; else it runs the test as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from stepdbg.engine.ending import ways_out
from stepdbg.engine.exploring.calls import Around, carried, is_inside_run
from stepdbg.engine.exploring.explored import MOST_STEPS, ExploredRun
from stepdbg.model.errors import BadUsage, StepdbgError
from stepdbg.model.exploring import Verdict, VerdictKind
from stepdbg.model.records import replace
from stepdbg.model.standard import inspect, os
from stepdbg.render.exploring import report
from stepdbg.render.spans import plain

from . import pausing
from .exploring.again import is_exception, order_of
from .exploring.obstacles import why_not_explorable
from .exploring.one_test import OneTest
from .exploring.script import ExploringWiring
from .exploring.search import NO_RUN, Search
from .exploring.wish import ExploreWish, budget, wish_of
from .pytest_verdicts import PROPERTY

if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session

MARK = "stepdbg_explore"

_MOST, _SECONDS = 200, 10.0
"""The budget of one test, schedules and seconds: small, since a test run has many tests."""

_USUAL = ExploreWish(schedules=_MOST, seconds=_SECONDS)

_OF_MARK: dict[str, Any] = {
    "budget": "",
    "seed": 0,
    "jobs": 1,
    "strategy": _USUAL.strategy,
    "late": 0.0,
    "run": 1,
    "lints": False,
}
"""The arguments of a mark, each with the value that it has by default."""

_WIDTH = 100
_TITLE = "explored by stepdbg"


class Explorer:
    """Explores tests, before pytest runs them.

    Args:
        everything: whether tests without a mark are explored as well.
        asked: how the command line wants tests explored, in place of what marks say; None if it
            says nothing.
        most: the schedules and seconds that the command line gives, in place of those of marks;
            None if it gives none.
        tell: called with each verdict and the id of its test, if there is such a function.
        session: the session that debugs the tests, if there is one.
    """

    def __init__(
        self,
        *,
        everything: bool,
        asked: ExploreWish | None = None,
        most: tuple[int | None, float | None] | None = None,
        tell: Callable[[Verdict, str], None] | None = None,
        session: Session | None = None,
    ) -> None:
        self._everything, self._asked, self._tell = everything, asked, tell
        self._most = most
        self._failing: _Failing | None = None
        self._fixtures: dict[str, None] = {}
        if session is not None:
            ways_out.leave_forked_children(session)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """A test is about to be run: explore it, and arrange what pytest will see."""
        self._let_go()
        try:
            wish = self._wish_for(item)
            if wish is None:
                return
            verdict = _explored(item, wish, list(self._fixtures))
        except StepdbgError as error:
            self._failing = _NotRun(item, f"the mark {MARK} cannot be followed: {error}")
            return
        why = verdict.notes[0] if verdict.kind is VerdictKind.NOT_EXPLORED else ""
        sentence = f"{verdict}: {why}" if why else "; ".join(_said_of(verdict))
        item.user_properties.append((PROPERTY, sentence))
        if self._tell is not None:
            self._tell(verdict, item.nodeid)
        if verdict.faults:
            self._failing = _failing(item, verdict, wish)
        elif why not in ("", NO_RUN) and item.get_closest_marker(MARK) is not None:
            self._failing = _NotRun(item, sentence)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any]
    ) -> Generator[None, object, object]:
        """Note a fixture that may have a run: an asynchronous one, before a plugin wraps it."""
        function = fixturedef.func
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            self._fixtures[fixturedef.argname] = None
        return (yield)

    def pytest_fixture_post_finalizer(self, fixturedef: pytest.FixtureDef[Any]) -> None:
        """The fixture was torn down: its run is no longer in the way."""
        self._fixtures.pop(fixturedef.argname, None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the report of a test that fails say what exploring has found."""
        made = yield
        if self._failing is not None and self._failing.item is item:
            self._failing.put_into(made, call)
        return made

    def pytest_runtest_logfinish(self) -> None:
        """The test is over: let it be as it was."""
        self._let_go()

    def _let_go(self) -> None:
        if self._failing is not None:
            self._failing.end()
            self._failing = None

    def _wish_for(self, item: pytest.Item) -> ExploreWish | None:
        """How to explore a test; None if it is not explored.

        Raises:
            BadUsage: a mark has arguments that make no sense.
        """
        mark = item.get_closest_marker(MARK)
        if mark is None and not self._everything:
            return None
        wish = self._asked
        if wish is None:
            wish = _USUAL if mark is None else _wish_of_mark(mark)
            if self._most is not None:
                schedules, seconds = self._most
                wish = replace(wish, schedules=schedules, seconds=seconds)
        return replace(wish, explains=False) if _is_expected_to_fail(item) else wish


def explorer_for(most: str, session: Session | None, *, everything: bool) -> Explorer:
    """The plugin that explores the tests of a test run.

    Under ``python -m stepdbg --explore`` the options of that command line say how.

    Args:
        most: the budget that pytest's command line gives, as text; empty for none.
        session, everything: see `Explorer`.

    Raises:
        BadUsage: `most` is not a budget.
    """
    given = budget("--stepdbg-explore-budget", most) if most else None
    wiring = pausing.current()
    if not isinstance(wiring, ExploringWiring):
        return Explorer(everything=everything, most=given, session=session)
    asked, tell = wiring.hand_over()
    return Explorer(everything=True, asked=asked, tell=tell, session=session)


def _wish_of_mark(mark: pytest.Mark) -> ExploreWish:
    """How a mark wants its test explored.  Raises `BadUsage`: its arguments make no sense."""
    said = {**_OF_MARK, **mark.kwargs}
    if mark.args or len(said) > len(_OF_MARK):
        raise BadUsage(f"say only {', '.join(_OF_MARK)}, each by its name")
    run, given = said["run"], said["budget"]
    how = (said["seed"], said["jobs"], said["strategy"], said["late"])
    wish = wish_of(given or _MOST, *how, lints=said["lints"])
    if not isinstance(run, int) or run < 1:
        raise BadUsage(f"run {run}: not a number from 1")
    return replace(wish, run=run, seconds=wish.seconds if given else _SECONDS)


def _is_expected_to_fail(item: pytest.Item) -> bool:
    """Whether a mark says, without a condition, that a test fails: pytest does not show how."""
    return any(not (each.args or "condition" in each.kwargs) for each in item.iter_markers("xfail"))


def _said_of(verdict: Verdict) -> Iterator[str]:
    """What the summary says of a test, in clauses."""
    yield str(verdict)
    if verdict.cut:
        yield f"{verdict.cut:,} of them were cut and show nothing"
    yield from verdict.notes


def _explored(item: pytest.Item, wish: ExploreWish, fixtures: list[str]) -> Verdict:
    """Explore a test.

    fixtures: the names of the asynchronous fixtures that are set up.

    Raises:
        KeyboardInterrupt: Ctrl-C has ended it, and must end the test run as well.
    """
    call = Around(OneTest(item), wish.run)
    why = _alive(fixtures) if is_inside_run() else why_not_explorable(call)
    if why:
        return Verdict(VerdictKind.NOT_EXPLORED, notes=(why,))
    if "tmp_path_factory" in getattr(item, "fixturenames", ()):
        # Else each fork would make a base folder of its own.
        item.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # noqa: SLF001
    with _no_time_limit(item):
        search = Search(call, wish)
        verdict = search.verdict()
    if search.interrupted:
        raise KeyboardInterrupt
    return verdict


def _alive(fixtures: list[str]) -> str:
    """Why a test is not explored while a run is alive.

    fixtures: the names of the fixtures to which the run belongs.
    """
    of = f" of fixture {' and '.join(fixtures)}" if fixtures else ""
    return (
        f"the Trio run{of} was alive before the test, and cannot be repeated with it: "
        "only fixtures with function scope can be explored"
    )


@contextmanager
def _no_time_limit(item: pytest.Item) -> Iterator[None]:
    """A block that pytest-timeout does not end: its limit is meant for one run of the test."""
    hooks, plugin = item.ihook, item.config.pluginmanager.get_plugin("timeout")
    settings: Any = None
    settings_of = getattr(plugin, "_get_item_settings", None)
    if settings_of is not None and getattr(item, "cancel_timeout", None) is not None:
        settings = settings_of(item)
        hooks.pytest_timeout_cancel_timer(item=item)
    try:
        yield
    finally:
        if settings is not None:
            hooks.pytest_timeout_set_timer(item=item, settings=settings)


def _failing(item: pytest.Item, verdict: Verdict, wish: ExploreWish) -> _Failing:
    """What makes pytest report the failure that was found."""
    first = verdict.faults[0]
    inside = item.nodeid.partition("::")[2]
    command = ("-m", "pytest", f"{os.path.relpath(item.path)}::{inside}")
    if not is_exception(first):
        return _NotRun(item, plain(report(verdict, _WIDTH, command)))
    return _Repeated(item, verdict, command, wish.run)


class _Failing:
    """Makes a test fail in pytest's report.

    item: the test.
    """

    def __init__(self, item: pytest.Item) -> None:
        self.item = item

    def put_into(self, made: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        """A phase of the test is over: put what was found into its report."""

    def end(self) -> None:
        """The test is over: take back what was changed for it."""


class _NotRun(_Failing):
    """Fails without running the test; pytest shows only what exploring has found."""

    def __init__(self, item: pytest.Item, text: str) -> None:
        super().__init__(item)

        def fails() -> None:
            pytest.fail(text, pytrace=False)

        item.runtest = fails  # type: ignore[method-assign]

    def end(self) -> None:
        """Let the test be as it was."""
        self.item.__dict__.pop("runtest", None)


class _Repeated(_Failing):
    """Lets pytest run the test in the order that fails, and show its exception as for any test.

    Args:
        item: the test.
        verdict: what was found.
        command: see `report`.
        number: which run of the test was explored, from 1.
    """

    def __init__(
        self, item: pytest.Item, verdict: Verdict, command: tuple[str, ...], number: int
    ) -> None:
        super().__init__(item)
        self._whole = plain(report(verdict, _WIDTH, command))
        first = verdict.faults[0]
        # pytest itself shows the exception and the output.
        less = replace(first, fault=replace(first.fault, text=""), output="")
        brief = replace(verdict, faults=(less, *verdict.faults[1:]))
        self._brief = plain(report(brief, _WIDTH, command))
        self._has_failed = False
        chooser, late = order_of(first)
        chooser.begin(0)
        run = ExploredRun(chooser, MOST_STEPS, lambda: False, late=late)
        self._begun, self._restore = carried(run, number)

    def put_into(self, made: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        """Put the report of the exploration beside the exception, or in its place."""
        self._has_failed |= call.excinfo is not None
        left = any(each.ended for each in self._begun)
        if made.when == "teardown" and not self._has_failed:
            made.outcome = "failed"
            made.longrepr = f"an order fails, but not in this process\n{self._whole}"
        elif made.failed and left:
            made.longrepr = self._whole
        elif made.failed:
            made.sections.append((_TITLE, self._brief))

    def end(self) -> None:
        """Let runs that begin from now on take any order."""
        self._restore()
