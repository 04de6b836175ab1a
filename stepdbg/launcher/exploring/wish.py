"""What to explore, and for how long.

Owns: `ExploreWish`, reading a budget.
Does not own: which options there are (cli), names of strategies (engine.exploring.choosers).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.records import dataclass, replace
from stepdbg.model.standard import os

STRATEGIES = ("portfolio", "urw", "rw", "pos", "pct", "bounded", "exhaustive")
"""The values of ``--strategy``."""

_SECONDS = 30.0
"""The budget by default."""


@dataclass(frozen=True, slots=True)
class ExploreWish:
    """What ``--explore`` must do.

    schedules: at most so many, None for any number.
    seconds: at most so long, None for any time.
    seed: the seed of all random choices.
    jobs: how many processes try schedules.
    strategy: see `STRATEGIES`.
    run: which run of the program, from 1.
    all_failures: whether to go on after the first failure, until the budget is spent.
    asked: whether ``--explore`` was given, and not only options that say how to explore.
    late: how many seconds a runnable task may wait for its step while deadlines pass.
    same_result: whether a result that is not that of the default order is a failure.
    same_output: whether an output that is not that of the default order is a failure.
    lints: whether a lint is a failure.
    explains: whether to reduce and explain failures, which takes some seconds each.
    report: the path of a page about what is found, empty for none.
    """

    schedules: int | None = None
    seconds: float | None = _SECONDS
    seed: int = 0
    jobs: int = 1
    strategy: str = "portfolio"
    run: int = 1
    all_failures: bool = False
    asked: bool = True
    explains: bool = True
    late: float = 0.0
    same_result: bool = False
    same_output: bool = False
    lints: bool = False
    report: str = ""

    def one_process(self) -> bool:
        """Whether the strategy cannot be shared: each schedule follows from the one before."""
        return self.strategy in ("bounded", "exhaustive")


def budget(name: str, value: str) -> tuple[int | None, float | None]:
    """The schedules and the seconds of a budget such as ``5000``, ``30s`` or ``2m``.

    Raises:
        BadUsage: the value is neither.
    """
    number = value.removesuffix("s").removesuffix("m")
    try:
        if value.isascii() and value.isdecimal() and int(value) > 0:
            return int(value), None
        seconds = float(number) * (60 if value.endswith("m") else 1)
        if value[len(number) :] in ("s", "m") and 0 < seconds < 1e7:
            return None, seconds
    except ValueError:
        pass
    raise BadUsage(f"{name} {value}: say a number of schedules (5000), or a time (30s, 5m)")


def report(name: str, value: str) -> str:
    """The absolute path of a page.

    Raises:
        BadUsage: the name does not end in .html or .htm.
        StepdbgError: there is a file that stepdbg has not written.
    """
    from stepdbg.drawing.explored_page import FIRST_LINE
    from stepdbg.model.whole_files import check_own

    if not value.lower().endswith((".html", ".htm")):
        raise BadUsage(f"{name} {value}: say a file that ends in .html")
    path = os.path.abspath(value)
    check_own(path, ours=(FIRST_LINE,))
    return path


def strategy(name: str, value: str) -> str:
    """The name of a strategy.  Raises `BadUsage`: there is no such strategy."""
    if value not in STRATEGIES:
        words = f"{', '.join(STRATEGIES[:-1])} or {STRATEGIES[-1]}"
        raise BadUsage(f"{name} {value}: say {words}")
    return value


def lateness(name: str, value: str) -> float:
    """A number of seconds such as ``0.5`` or ``0.5s``.  Raises `BadUsage`: it is not one."""
    try:
        seconds = float(value.removesuffix("s"))
        if 0 <= seconds < 1e7:
            return seconds
    except ValueError:
        pass
    raise BadUsage(f"{name} {value}: say a number of seconds (0.5)")


def count(name: str, value: str) -> int:
    """A number of things, at least 1.  Raises `BadUsage`: it is not one."""
    if not (value.isascii() and value.isdecimal() and 0 < int(value) < 10_000):
        raise BadUsage(f"{name} {value}: not a number from 1")
    return int(value)


def wish_of(
    given: int | str,
    seed: int,
    jobs: int,
    named: str,
    late: float = 0.0,
    *,
    same_result: bool = False,
    lints: bool = False,
) -> ExploreWish:
    """The wish of a program that calls stepdbg.  Raises `BadUsage`: an argument makes no sense."""
    schedules, seconds = budget("budget", str(given))
    count("jobs", str(jobs))
    chosen, seconds_late = strategy("strategy", named), lateness("late", str(late))
    wish = ExploreWish(schedules, seconds, seed, jobs, chosen, late=seconds_late)
    wish = replace(wish, same_result=bool(same_result), lints=bool(lints))
    if wish.one_process() and jobs > 1:
        raise BadUsage(f"strategy {named} takes one process: leave out jobs")
    return wish
