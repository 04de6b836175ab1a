"""Two runs stop at once, in two threads: one has the prompt, the other waits its turn."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.frontends import children
from tests.frontends.at_terminal import debug
from tests.frontends.test_json_programs import on_standard_streams
from tests.terminal import ENTER

MEETS = """\
import threading, trio
meet = threading.Barrier(2)
async def work(name):
    await trio.lowlevel.checkpoint()
    meet.wait()
    breakpoint()
    print(name, "goes on", flush=True)
threads = [
    threading.Thread(target=trio.run, args=(work, name), name=f"thread-{name}")
    for name in ("left", "right")
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("both have ended", flush=True)
"""

RUN = re.compile(r"(->|  )  run ([12])  (\w+) .* thread (thread-\w+)")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "meets.py"
    path.write_text(MEETS)
    return path


def one_after_the_other(do: Callable[[str], list[str]], go_on: Callable[[], object]) -> None:
    """Ask at both stops who is held; `go_on` continues to the second."""
    held = []
    for turn in range(2):
        runs = [found.groups() for row in do("runs") if (found := RUN.match(row))]
        assert len(runs) == 2, "both are named"
        [(_, number, _, thread)] = [each for each in runs if each[2] == "stopped"]
        assert [each[0] for each in runs if each[1] == number] == ["->"]
        [name] = do("p name")
        assert thread == "thread-" + name.strip("'"), "the prompt is about the one that is held"
        assert do("p __import__('threading').current_thread().name") == [f"'{thread}'"]
        held.append(number)
        if turn == 0:
            go_on()
    assert sorted(held) == ["1", "2"]


def test_at_a_terminal(program: Path, tmp_path: Path) -> None:
    with debug(tmp_path, program, "-c", "continue", columns=120) as terminal:
        terminal.wait_for_prompt()
        while not any("waiting" in row for row in terminal.do("runs")):
            continue  # the other thread is on its way to its stop
        one_after_the_other(terminal.do, lambda: terminal.do("continue"))
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert "both have ended" in terminal.text
        assert terminal.modes == terminal.modes_before


def test_piped(program: Path) -> None:
    asks = "runs\np name\np __import__('threading').current_thread().name\ncontinue\n"
    done = children.run(
        "-m", "stepdbg", "-c", "continue", program, given=2 * asks.encode(), merged=True
    )

    assert done.returncode == 0
    blocks = done.stdout.decode().split("(stepdbg) ")[1:]
    # The other run begins and ends when it does: at a prompt, or before an answer, and on a line of
    # its own.
    comes = ("ended after", "begins, in thread")
    told = [
        [line for line in block.splitlines() if not any(each in line for each in comes)]
        for block in blocks
    ]
    answers = iter([[*filter(None, lines[1:])] for lines in told if lines and lines[0]])

    one_after_the_other(lambda _: next(answers), lambda: next(answers))
    assert done.stdout.decode().count("pause: ") == 2


def test_as_json(program: Path) -> None:
    with on_standard_streams("-c", "continue", program) as debuggee:
        assert debuggee.stops()["stop_kind"] == "start"
        names: set[str] = set()
        for _ in range(2):
            stop = debuggee.stops()
            [runs] = debuggee.asks("runs")
            while not names and "waiting" not in {each["state"] for each in runs["runs"]}:
                [runs] = debuggee.asks("runs")  # the other is on its way to its stop
            assert {each["thread"] for each in runs["runs"]} == {"thread-left", "thread-right"}
            assert [each["run"] for each in runs["runs"] if each["state"] == "stopped"] == [
                stop["run"]
            ]
            [value] = debuggee.asks("p name")
            names.add(value["value"]["text"])
            debuggee.says("continue")
        assert names == {"'left'", "'right'"}
        assert debuggee.ends() == 0
        assert [record["kind"] for record in debuggee.seen].count("stop") == 3
