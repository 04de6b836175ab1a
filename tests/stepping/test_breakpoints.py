"""Every kind of breakpoint, and what can be said of one behind a comma."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from contextlib import suppress
from itertools import chain
from pathlib import Path

import pytest

from stepdbg.model.replies import BreakpointList, BreakpointSet
from stepdbg.model.stops import Note, Stop
from tests.frontends import children
from tests.harness import Debugging, debugging

ROOT = Path(__file__).parents[2]
EVENTS = "tests/programs/stepping/events"


def hits(stop: Stop) -> list[int]:
    return [hit.number for hit in stop.hits]


def at(dbg: Debugging, mark: str) -> str:
    """A line as it is typed."""
    return f"{dbg.program.path.name}:{dbg.line(mark)}"


@pytest.mark.parametrize(
    ("target", "task", "mark", "in_step"),
    [
        ("task waiter on spawn", "waiter", None, False),
        ("task waiter on start", "waiter", None, False),
        ("task waiter on block", "waiter", "waits", False),
        ("task waiter on wake", "waiter", "waits", False),
        ("task endless on cancel", "endless", "endless", False),
        ("task waiter on exit", "waiter", None, False),
        ("task fails on fail", "fails", None, False),
        ("task fails on exit", "fails", None, False),
        ("task loops on step", "loops", None, False),
        ("task loops", "loops", None, False),
    ],
)
def test_events_of_a_task(target: str, task: str, mark: str | None, in_step: bool) -> None:
    with debugging(EVENTS) as dbg:
        dbg.do(f"tbreak {target}")
        stop = dbg.go("continue", kind="breakpoint", task=task)
        assert hits(stop) == [1]
        assert stop.in_step is in_step
        if mark is not None:
            dbg.expect_stop(line_mark=mark)
        dbg.resume("continue")
        dbg.expect_end()


def test_a_task_that_succeeds_does_not_fail() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do("break task waiter on fail")
        dbg.do("break task endless on fail")
        dbg.resume("continue")
        dbg.expect_end()


def test_exceptions_where_they_are_raised() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do("break exception")
        for mark in ("by-c", "key", "raises"):
            stop = dbg.go("continue", kind="breakpoint", line_mark=mark)
            assert stop.raised.endswith(("Error: no", "'key'", "'x'"))
        dbg.resume("continue")
        dbg.expect_end()


def test_exceptions_by_name_and_base_class() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do("break exception LookupError")
        dbg.go("continue", line_mark="key")
        dbg.resume("continue")
        dbg.expect_end()


def test_uncaught_exceptions_at_the_exit_of_their_task() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do("break exception ValueError uncaught")
        stop = dbg.go("continue", kind="breakpoint", task="fails")
        assert stop.raised == "ValueError: no"
        dbg.resume("continue")
        dbg.expect_end()


def test_a_group_counts_as_what_is_in_it() -> None:
    with debugging("tests/programs/stepping/uncaught_group") as dbg:
        dbg.do("break exception KeyError uncaught")
        dbg.go("continue", kind="breakpoint", task="fails")
        stop = dbg.go("continue", kind="breakpoint", task="main")
        assert "ExceptionGroup" in stop.raised
        dbg.resume("continue")
        dbg.expect_end(exit_code=1)


def test_cancel_and_deadline() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do("break deadline")
        dbg.do("break cancel")
        stop = dbg.go("continue", kind="breakpoint")
        assert hits(stop) == [1, 2]
        assert stop.cancelled is not None
        assert stop.cancelled.source == "deadline"
        while stop.cancelled is None or stop.cancelled.source != "explicit":
            stop = dbg.go("continue", kind="breakpoint")
        assert hits(stop) == [2]
        dbg.expect_stop(line_mark="cancels", task="main")


def test_slow_steps() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do("break slow 20ms")
        stop = dbg.go("continue", kind="breakpoint")
        while dbg.program.mark(stop.place.line if stop.place else 0) != "slow":  # a busy machine
            stop = dbg.go("continue", kind="breakpoint")
        assert stop.note.startswith("the step took ")
        assert 20 <= int(stop.note.split()[3]) < 2000


def test_idle() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do("break idle")
        stop = dbg.go("continue", kind="breakpoint", task=None)
        assert (stop.task, stop.note) == (None, "")  # its first line says that nothing is runnable
        dbg.do("clear")
        dbg.resume("continue")
        dbg.expect_end()


@pytest.mark.parametrize(
    ("said", "turns"),
    [
        ("turn == 3", [3]),
        ("if turn > 7", [8, 9]),
        ("hits >7", [7, 8, 9]),
        ("hits %4", [3, 7]),
        (">=9", [8, 9]),
        ("==2", [1]),
        ("ignore 8", [8, 9]),
        ("turn % 2, hits ==2", [3]),
        ("turn in [t for t in range(4) if t > turn - 1], ignore 3", [3]),
    ],
)
def test_conditions_and_counts(said: str, turns: list[int]) -> None:
    with debugging(EVENTS) as dbg:
        dbg.do(f"break {at(dbg, 'turn')}, {said}")
        for turn in turns:
            dbg.go("continue", kind="breakpoint", line_mark="turn", task="loops")
            assert dbg.text("p turn") == str(turn)
        dbg.resume("continue")
        dbg.expect_end()


def test_a_condition_that_fails_stops_and_says_why() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do(f"break {at(dbg, 'turn')}, missing > 2")
        stop = dbg.go("continue", kind="breakpoint", line_mark="turn")
        assert "missing" in stop.hits[0].problem
        assert "does not compile" in dbg.failure(f"break {at(dbg, 'turn')}, turn >")


def test_condition_and_ignore_commands() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do(f"break {at(dbg, 'turn')}")
        dbg.do("condition 1 turn == 5")
        dbg.go("continue", line_mark="turn")
        assert dbg.text("p turn") == "5"
        dbg.do("condition 1")
        dbg.do("ignore 1 2")
        dbg.go("continue", line_mark="turn")
        assert dbg.text("p turn") == "8"
        (listed,) = dbg.reply("break", BreakpointList).breakpoints
        assert listed.hits == 4


def test_log_points_print_and_never_stop() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do(f'break {at(dbg, "turn")}, turn < 3, log "turn {{turn}} of {{missing}}"')
        dbg.resume("continue")
        dbg.expect_end()
        logged = [
            each.text for each in dbg.events if isinstance(each, Note) and each.level == "log"
        ]
        assert [text.partition(" of ")[0] for text in logged] == ["turn 0", "turn 1", "turn 2"]
        assert "NameError" in logged[0]


def test_lines_of_some_tasks_only() -> None:
    with debugging("tests/programs/stepping/checkpoints_together") as dbg:
        dbg.do(f"break {at(dbg, 'step')} task worker#2")
        for _ in range(3):
            dbg.go("continue", kind="breakpoint", task="worker#2", line_mark="step")
        dbg.do("clear")
        dbg.do(f"break {at(dbg, 'step')} task nobody*")
        dbg.resume("continue")
        dbg.expect_end()


def test_who_has_passed_a_line_stops_there_for_what_comes_later() -> None:
    """Names that a line is not for are remembered, until its breakpoints change."""
    with debugging(EVENTS) as dbg:
        dbg.do(f"break {at(dbg, 'turn')} task nobody")
        dbg.do(f"break {at(dbg, 'print')}, turn in (6, 8)")
        dbg.go("continue", kind="breakpoint", line_mark="print")
        dbg.go("next", line_mark="for")
        stop = dbg.go("next", line_mark="turn")  # a plan is told of each line
        assert hits(stop) == []
        dbg.do(f"tbreak {at(dbg, 'turn')}")
        assert hits(dbg.go("continue", line_mark="turn")) == [3]
        dbg.go("continue", kind="breakpoint", line_mark="print")
        dbg.do(f"break {at(dbg, 'turn')} task loops")
        assert hits(dbg.go("continue", line_mark="turn")) == [4]
        dbg.resume("continue")
        dbg.expect_end()


def test_a_name_that_passes_a_line_does_not_pass_the_function_that_begins_there() -> None:
    """`serve` begins at a line that it comes to again when nobody calls it."""
    with debugging("tests/programs/stepping/begins_with_loop") as dbg:
        dbg.do(f"break {at(dbg, 'first')} task nobody")
        dbg.do("break :begins")
        for _ in range(3):
            assert hits(dbg.go("continue", kind="breakpoint", line_mark="first")) == [2]
        dbg.resume("continue")
        dbg.expect_end()


def test_temporary_ones_are_gone() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do(f"tbreak {at(dbg, 'turn')}")
        dbg.go("continue", line_mark="turn")
        assert dbg.reply("break", BreakpointList).breakpoints == ()
        dbg.resume("continue")
        dbg.expect_end()


def test_disabled_ones_wait() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do(f"break {at(dbg, 'turn')}")
        dbg.do(f"break {at(dbg, 'print')}, turn == 6")
        dbg.do("disable 1")
        dbg.go("continue", line_mark="print")
        dbg.do("enable 1")
        dbg.go("continue", line_mark="turn")
        assert dbg.text("p turn") == "7"


def test_a_line_without_code_moves_and_says_so() -> None:
    with debugging(EVENTS) as dbg:
        shown = dbg.reply(f"break {at(dbg, 'comment')}", BreakpointSet).breakpoint
        assert shown.note == (
            f"line {dbg.line('comment')} holds no code, so it is at line {dbg.line('print')}"
        )
        dbg.go("continue", line_mark="print")
        assert "no code at or after line 9999" in dbg.failure(f"break {dbg.program.path}:9999")


def test_a_missing_file_is_an_error() -> None:
    with debugging(EVENTS) as dbg:
        assert "there is no file missing.py" in dbg.failure("break missing.py:3")
        assert "there is no file /missing.py" in dbg.failure("break /missing.py:3")


@pytest.mark.parametrize(
    ("function", "mark"),
    [
        (":loops", "for"),
        ("events.loops", "for"),
        (":serve", "serve"),
        (":Shop.serve", "serve"),
        ("events.Shop.price", "price"),
        ("__main__.Shop.price", "price"),
        (":price task main", "price"),
    ],
)
def test_functions(function: str, mark: str) -> None:
    with debugging(EVENTS) as dbg:
        dbg.do(f"break {function}")
        dbg.go("continue", kind="breakpoint", line_mark=mark)


def test_decorated_and_nested_functions() -> None:
    with debugging("tests/programs/stepping/decorators") as dbg:
        dbg.do("break :double")
        dbg.do("break :logged.wrapper")
        dbg.go("continue", kind="breakpoint", line_mark="wrapper")
        dbg.go("continue", kind="breakpoint", line_mark="double")


def test_a_function_that_is_not_there_yet() -> None:
    with debugging(EVENTS) as dbg:
        shown = dbg.reply("break nowhere.function", BreakpointSet).breakpoint
        assert "pending" in shown.note


def test_a_line_that_defines_a_function_is_where_its_calls_begin() -> None:
    """Decorators, the ``def``, parameters, the docstring; blank lines are of nobody."""
    with debugging("tests/programs/stepping/defines") as dbg:
        first, body = dbg.line("decorator"), dbg.line("adds")
        for line in range(first, body):
            shown = dbg.reply(f"tbreak {line}", BreakpointSet).breakpoint
            assert shown.note == (
                f"line {line} only defines it, so it is at line {body}, "
                f"where each call of add begins"
            )
            dbg.do(f"clear {shown.number}")
        for line, told in (
            (first - 1, f"add begins at line {first}"),
            (body + 1, f"add ends at line {body}, main begins at line {body + 3}"),
        ):
            told = f"line {line} is in no function and holds no code: {told}"
            assert told in dbg.failure(f"break {line}")
        dbg.do(f"break {first + 1}")
        for result in (3, 5):
            dbg.go("continue", kind="breakpoint", line_mark="adds")
            assert dbg.text("p a + b") == str(result)
        dbg.do(f"break {dbg.line('inner')}")
        dbg.go("continue", kind="breakpoint", line_mark="inner")


@pytest.mark.parametrize(
    "name",
    [
        "offered.fetch",
        "offered.Client.send",
        "offered.Client.also",
        "offered.Client.static",
        "offered.Client.made",
        "offered.Client.value",
        "offered.Point.__init__",
        "offered.Point",
        "C.send",
        "client.send",
        "bound",
        ":bound",
        "partly",
        "get",
        "wrapped",
        "offered.cached",
        "trio.lowlevel.current_task",
    ],
)
def test_functions_under_the_names_that_users_know(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "offered").mkdir()
    (tmp_path / "offered" / "__init__.py").write_text("from ._inside import *\n")
    (tmp_path / "offered" / "_inside.py").write_text(OFFERED)
    monkeypatch.syspath_prepend(tmp_path)
    for module in ("offered", "offered._inside"):  # of a test before
        monkeypatch.delitem(sys.modules, module, raising=False)
    with debugging("tests/programs/stepping/uses_offered") as dbg:
        dbg.do(f"tbreak {at(dbg, 'bound')}")
        dbg.go("continue")
        shown = dbg.reply(f"break {name}", BreakpointSet).breakpoint
        assert "pending" not in shown.note
        stop = dbg.go("continue", kind="breakpoint")
        assert hits(stop) == [shown.number]
        assert dbg.text("p __import__('offered').asked") == "[]", "none of them was asked"
        dbg.do(f"clear {shown.number}")
        dbg.resume("continue")
        dbg.expect_end()


OFFERED = """\
import functools
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["Client", "Point", "asked", "cached", "fetch", "wrapped"]
asked = []


def _fetch(n):
    return n


fetch = _fetch


def _counts(n):
    return n


cached = functools.lru_cache(_counts)


class Asks(type):
    def __getattr__(cls, name):
        asked.append(name)
        raise AttributeError(name)


class Client(metaclass=Asks):
    def send(self, n):
        return n

    also = send

    @staticmethod
    def static(n):
        return n

    @classmethod
    def made(cls):
        return cls()

    @property
    def value(self):
        return 1

    def __getattr__(self, name):
        asked.append(name)
        raise AttributeError(name)


@dataclass
class Point:
    x: int


@contextmanager
def wrapped():
    yield
"""


def test_a_file_that_is_imported_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imported_late.py").write_text(
        "VALUE = 1\n\n# twice\nVALUE = 2\n\n\ndef late():\n    return VALUE\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with debugging("tests/programs/stepping/imports_late") as dbg:
        shown = dbg.reply("break imported_late.py:3", BreakpointSet).breakpoint
        assert "line 3 holds no code, so it is at line 4" in shown.note
        assert "not loaded yet: pending" in shown.note
        dbg.do("break imported_late.late")
        stop = dbg.go("continue", kind="breakpoint")
        assert stop.place is not None
        assert stop.place.line == 4
        assert "line 7 only defines it, so it is at line 8" in (
            dbg.reply("break imported_late.py:7", BreakpointSet).breakpoint.note
        )
        dbg.do("clear 3")
        assert "pending" not in dbg.reply("break", BreakpointList).breakpoints[0].note
        stop = dbg.go("continue", kind="breakpoint")
        assert stop.place is not None
        assert (stop.place.line, hits(stop)) == (8, [2])
        dbg.resume("continue")
        dbg.expect_end()


def test_save_and_load(tmp_path: Path) -> None:
    file = tmp_path / "breakpoints"
    lines = [
        "task worker-* on spawn",
        'task "a name" on fail, if 1 > 2',
        ":loops, if len('a, b') > 1, hits >=3",
        "__main__.Shop.price task main",
        "exception KeyError uncaught",
        "exception",
        "cancel",
        "deadline",
        "slow 1.5ms",
        "idle, per task, ignore 4",
    ]
    with debugging(EVENTS) as dbg:
        for line in lines:
            dbg.reply(f"break {line}", BreakpointSet)
        dbg.reply(
            f"tbreak {at(dbg, 'turn')} task loop*, turn < 3, log 'it is {{turn}}', disabled",
            BreakpointSet,
        )
        for line in ("commands 3", "p turn", "continue"):
            dbg.do(line)
        before = dbg.reply("break", BreakpointList).breakpoints
        assert len(before) == 11
        dbg.do(f"break save {file}")
        dbg.do("clear")
        replies = dbg.do(f"break load {file}").replies
        assert not [reply for reply in replies if not isinstance(reply, BreakpointSet)]
        after = dbg.reply("break", BreakpointList).breakpoints
        assert [(b.spec, b.enabled, b.commands) for b in after] == [
            (b.spec, b.enabled, b.commands) for b in before
        ]


def test_commands_of_a_breakpoint() -> None:
    with debugging(EVENTS) as dbg:
        dbg.do(f"break {at(dbg, 'turn')}, turn == 2")
        for line in ("commands", "silent", "p turn", "end"):
            dbg.do(line)
        stop = dbg.go("continue", line_mark="turn")
        assert stop.hits[0].commands == ("silent", "p turn")


def test_the_step_that_a_stop_stands_before_may_be_slow() -> None:
    with debugging("tests/programs/stepping/slow_at_once") as dbg:
        dbg.do("break slow 10ms")
        dbg.go("continue", kind="breakpoint", line_mark="first")
        dbg.do("clear")
        dbg.do("tbreak task child on start")
        dbg.go("continue", kind="breakpoint", task="child", step=1)
        dbg.do("break slow 10ms")
        dbg.go("continue", kind="breakpoint", task="child", line_mark="second")
        # The time at the prompt is not part of the step.
        dbg.go("step", task="child", step=2)
        dbg.call(lambda: time.sleep(0.03))
        dbg.resume("continue")
        dbg.expect_end()


OURS_CALL_IT = (
    *("fnmatch.fnmatchcase", "contextlib.suppress.__enter__", "contextlib.suppress.__exit__"),
    *("signal.signal", "signal.getsignal", "linecache.getline", "linecache.checkcache"),
    *("linecache.updatecache", "tokenize.open", "threading.current_thread", "os.fspath"),
    *("weakref.WeakKeyDictionary.get", "traceback.walk_tb", "ast.parse"),
    *("threading.main_thread", "threading.enumerate", "inspect.unwrap", "dis.findlinestarts"),
)


def test_what_ours_call_is_no_stop() -> None:
    """A function of the library has one code, whoever calls it."""
    program = "tests/programs/stepping/called_by_ours.py"
    worker = next(
        number
        for number, line in enumerate((ROOT / program).read_text().splitlines(), 1)
        if "@mark worker" in line
    )
    lines = [
        *(f"break {name}" for name in OURS_CALL_IT),
        *(
            "break task worker* on exit",
            f"break {program}:{worker}, log '{{shown!r}} {{asked(2)}}'",
        ),
        *("continue", "where") * 15,
    ]
    words = chain.from_iterable(("-c", line) for line in lines)
    done = subprocess.run(
        [sys.executable, "-m", "stepdbg", "--output", "stdout", "-v", "--record", *words, program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    stops = re.findall(r"^\S+:\d+ in (\S+)$", done.stdout, re.MULTILINE)
    # What the program and Trio call does stop; the first is the stop before the first line.
    assert stops[:4] == ["main", "suppress.__enter__", "fnmatchcase", "suppress.__exit__"]
    assert stops.count("fnmatchcase") == 1, done.stdout
    assert "of stepdbg" not in done.stdout
    assert done.stdout.count("log: shown True") == 4
    assert done.stdout.count("\nit has no Python code to show") == 4
    assert "the program ended, exit code 0" in done.stdout


def test_what_a_condition_calls_is_no_stop() -> None:
    with debugging("tests/programs/stepping/called_by_ours") as dbg:
        marks = ("asked", "repr", "format")
        for mark in marks:
            dbg.do(f"break called_by_ours.py:{dbg.line(mark)}")
        dbg.do("break exception KeyError")
        dbg.do("break :worker, if asked(number)")
        dbg.do(f"break called_by_ours.py:{dbg.line('worker')}, log '{{shown}} {{shown!r}}'")
        dbg.do("break task worker* on exit, if asked(3)")
        stops = []
        while stop := stop_after(dbg, "continue"):
            stops.append(stop)
    lines = [stop.place.text.rpartition("# @mark ")[2] for stop in stops if stop.place]
    # Two workers, each at its begin; four that exit; then what the program calls itself.
    assert sorted(set(lines)) == sorted({*lines})
    assert lines[-4:] == ["asked", "asked", "format", "repr"]
    assert len(stops) == 2 + 4 + 4


def stop_after(dbg: Debugging, line: str) -> Stop | None:
    """The next stop, None when the program has ended."""
    dbg.resume(line)
    with suppress(AssertionError):
        return dbg.stop
    assert dbg.ended is not None
    return None


def test_sources_of_all_kinds() -> None:
    """What a code object names may be nothing, no file, endless, or not to be read."""
    lines = ["break :odd", *("into", "list", "where") * 130, "clear", "continue"]
    words = chain.from_iterable(("-c", line) for line in lines)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "stepdbg",
            "--output",
            "stdout",
            *words,
            "tests/programs/stepping/odd_sources.py",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    assert "bug in stepdbg" not in done.stdout + done.stderr
    assert done.stdout.count("(stepdbg) into") == 130
    assert done.stdout.count("\n-> ") > 60
    assert "\nend\n" in done.stdout
    assert done.returncode == 0


def test_a_statement_over_several_lines_is_one_arrival() -> None:
    """However often the interpreter comes back to its first line; loops and calls arrive anew.

    The end of a ``with`` is an arrival of its own.
    """
    program = ROOT / "tests" / "programs" / "stepping" / "over_lines.py"
    marked = [
        (number, found[1], found[2])
        for number, line in enumerate(program.read_text().splitlines(), 1)
        if (found := re.search(r"# @mark (\w+) (\d+)", line))
    ]
    assert len(marked) > 10
    commands = [f"break {number}, log '{name}'" for number, name, _ in marked]
    typed = [word for each in (*commands, "continue") for word in ("-c", each)]
    child = children.run("-m", "stepdbg", *typed, program, merged=True)
    logged = [line.split()[1] for line in child.stdout.decode().splitlines() if "log: " in line]
    assert {name: logged.count(name) for _, name, _ in marked} == {
        name: int(times) for _, name, times in marked
    }
    line = marked[3][0]  # the call in a task
    words = ("-c", f"break {line}, hits == 2", "-c", "continue", "-c", "p n", "-c", "continue")
    counted = children.run("-m", "stepdbg", *words, program, merged=True)
    assert "(stepdbg) p n\n1\n" in counted.stdout.decode()
