"""The pytest plugin: ``pytest --stepdbg`` and the options for dumps, time limits and exploring.

Owns: the options, and starting what they need.
Does not own: the session of a test run (launcher.pytest_session), exploring tests
(launcher.pytest_exploring), the prompt (frontends), what is shown of a failure (engine).

If stepdbg is installed, pytest loads this module in every test run.  It imports nothing more and
patches nothing unless one of the options is given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from stepdbg.model.standard import sys

if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session
    from stepdbg.model.schedules import Schedule

PLUGIN = "stepdbg-session"
_OUR_PDB = ("stepdbg", "Pdb")  # as pytest parses ``stepdbg:Pdb``

_MARKER = (
    "stepdbg_explore(budget=200, seed=0, jobs=1, strategy='portfolio', late=0.0, run=1, "
    "lints=False): "
    "run the test in many orders of its tasks' steps, until one fails"
)
_BUDGET = "--stepdbg-explore-budget"
_EXPLORER = "stepdbg-explorer"

_QUIT = 125  # the exit code of every program that was quit under stepdbg


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("stepdbg", "debugging Trio programs")
    group.addoption(
        "--stepdbg",
        action="store_true",
        help="prompt on failing tests, with all Trio tasks as they were at the first failure",
    )
    group.addoption(
        "--stepdbg-break",
        action="append",
        default=[],
        metavar="PATTERN",
        help="stop there, as the command `break PATTERN` does (repeatable)",
    )
    group.addoption(
        "--stepdbg-dump",
        metavar="DIR",
        help="write a dump for each test in which a Trio task fails or that hangs, for"
        " `stepdbg --open`",
    )
    group.addoption(
        "--stepdbg-no-values",
        action="store_true",
        help="leave all values out of the dumps",
    )
    group.addoption(
        "--stepdbg-timeout",
        metavar="SECONDS",
        type=_seconds,
        help="a test that takes longer hangs: show the tasks of its Trio run, and fail it",
    )
    group.addoption(
        "--stepdbg-explore",
        action="store_true",
        help="run each test that uses Trio in many orders of its tasks' steps, until one fails",
    )
    group.addoption(
        "--stepdbg-explore-budget",
        metavar="N|TIME",
        default="",
        help="the same, with N schedules or for a TIME (30s, 5m) for each test",
    )
    group.addoption(
        "--stepdbg-replay",
        metavar="SCHEDULE",
        default="",
        help="run one test in the order of a schedule, such as exploring gives for a failure",
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e9:
        raise ValueError(text)
    return seconds


def pytest_configure(config: pytest.Config) -> None:
    """Start a session, or explore, if any of the options was given."""
    from stepdbg.launcher.pytest_runs import running

    running.append(config)
    config.add_cleanup(lambda: running.remove(config))
    config.addinivalue_line("markers", _MARKER)
    _configure_session(config)
    everything = config.getoption("--stepdbg-explore") or config.getoption(_BUDGET)
    if everything or _is_explored():
        _explore(config, everything=True)


def _configure_session(config: pytest.Config) -> None:
    """Start a session if an option was given that needs one."""
    asks, breaks = config.getoption("--stepdbg"), config.getoption("--stepdbg-break")
    folder, limit = config.getoption("--stepdbg-dump"), config.getoption("--stepdbg-timeout")
    replayed = _schedule(config.getoption("--stepdbg-replay"))
    if not (asks or breaks or folder or limit or replayed):
        _watch_for_quit(config)
        _watch_for_failures(config)
        return
    if (asks or breaks or replayed) and config.getoption("numprocesses", None):
        option = "--stepdbg-replay" if replayed else "--stepdbg"
        raise pytest.UsageError(f"{option} needs tests in this process: leave out -n")
    from stepdbg.launcher.pytest_session import OneReplay, TestSession

    plugin = TestSession(config, asks=asks, folder=folder, limit=limit, replayed=replayed)
    if replayed:
        config.pluginmanager.register(OneReplay(plugin.front_end.warnings))
        _order_fixtures(config)
    set_breakpoints(plugin.session, breaks)
    config.pluginmanager.register(plugin, PLUGIN)
    # The user may quit at a stop, or at the prompt on a failed test.
    front_end, session = plugin.front_end, plugin.session
    config.pluginmanager.register(QuitWatch(lambda: front_end.has_quit or session.quitting))


def _schedule(text: str) -> Schedule | None:
    """The schedule in a line or a file; None if `text` is empty.

    Raises `pytest.UsageError`.
    """
    if not text:
        return None
    from stepdbg.model.errors import StepdbgError
    from stepdbg.option_checks import schedule

    try:
        return schedule(text)
    except StepdbgError as error:
        raise pytest.UsageError(f"--stepdbg-replay: {error}") from None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Prepare for exploring if a test is marked for that."""
    if any(item.get_closest_marker("stepdbg_explore") for item in items):
        _explore(config, everything=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the verdicts of tests that were explored, in this process or in workers."""
    from stepdbg.launcher.pytest_verdicts import summarise

    summarise(terminalreporter)


def _explore(config: pytest.Config, *, everything: bool) -> None:
    """Explore tests from now on.

    Raises:
        pytest.UsageError: an option makes no sense, or this Trio cannot be explored.
    """
    replays = config.getoption("--stepdbg-replay") or _is_replayed()
    if replays or config.pluginmanager.has_plugin(_EXPLORER):
        return
    from stepdbg.launcher.pytest_exploring import explorer_for
    from stepdbg.model.errors import StepdbgError

    session = getattr(config.pluginmanager.get_plugin(PLUGIN), "session", None)
    try:
        explorer = explorer_for(config.getoption(_BUDGET), session, everything=everything)
    except StepdbgError as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(explorer, _EXPLORER)
    _order_fixtures(config)


def _order_fixtures(config: pytest.Config) -> None:
    """Make pytest-trio start fixtures in an order that does not depend on addresses."""
    from stepdbg.launcher.pytest_steady import order_fixtures

    config.add_cleanup(order_fixtures())


def _watch_for_quit(config: pytest.Config) -> None:
    """Let `quit`, at a prompt that a test has asked for, end the whole test run.

    It does so under ``python -m stepdbg -m pytest`` as well.
    """
    session = _current_session()
    if _is_replayed():
        _order_fixtures(config)
    code = _QUIT if session is not None else None
    config.pluginmanager.register(QuitWatch(_has_quit, code), PLUGIN)


def _is_explored() -> bool:
    """Whether this process runs under ``python -m stepdbg --explore``."""
    pausing = sys.modules.get("stepdbg.launcher.pausing")
    return pausing is not None and hasattr(pausing.current(), "hand_over")


def _is_replayed() -> bool:
    """Whether this process runs under ``python -m stepdbg --replay``."""
    session = _current_session()
    return session is not None and session.options.replay is not None


def _has_quit() -> bool:
    session = _current_session()
    return session is not None and session.quitting


def _current_session() -> Session | None:
    """The session that debugs this process, if there is one; imports nothing to find out."""
    pausing = sys.modules.get("stepdbg.launcher.pausing")
    session: Session | None = None if pausing is None else pausing.current_session()
    return session


def _watch_for_failures(config: pytest.Config) -> None:
    """Look at failures from now on, with ``--pdb --pdbcls=stepdbg:Pdb``.

    pytest imports that class only after a test has failed, which is too late.
    """
    if config.getoption("usepdb", None) and config.getoption("usepdb_cls", None) == _OUR_PDB:
        from stepdbg.launcher.pausing import look_at_failures

        look_at_failures()


class QuitWatch:
    """Ends the test run if the user has quit.

    has_quit: tells whether the user has.
    code: the exit code of the test run then; None for pytest's.
    """

    def __init__(self, has_quit: Callable[[], bool], code: int | None = None) -> None:
        self._has_quit = has_quit
        self._code = code

    def pytest_collectreport(self) -> None:
        """A module has been collected: end the test run if the user has quit meanwhile."""
        self._exit_after_quit()

    def pytest_runtest_logfinish(self) -> None:
        """A test and its teardown are over: end the test run if the user has quit meanwhile."""
        self._exit_after_quit()

    def _exit_after_quit(self) -> None:
        if self._has_quit():
            pytest.exit("stepdbg was quit", returncode=self._code)


def set_breakpoints(session: Session, patterns: list[str]) -> None:
    """Set breakpoints as `break` does.  Raises `pytest.UsageError`: one cannot be set."""
    from stepdbg.commands.interpreter import Interpreter
    from stepdbg.engine.seeing.inspector import LiveInspector
    from stepdbg.model.replies import Failure

    interpreter = Interpreter(session.controller)
    inspector = LiveInspector(session, None)
    for pattern in patterns:
        answer = interpreter.feed_running(f"break {pattern}", inspector)
        for reply in answer.replies:
            if isinstance(reply, Failure):
                raise pytest.UsageError(f"--stepdbg-break {pattern}: {reply.text}")
