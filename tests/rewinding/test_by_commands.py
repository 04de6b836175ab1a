"""Going back with `-c`: what is shown, and what a run must not do once more."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from .recorded import told

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests" / "programs" / "back.py"


def transcript(program: Path, *lines: str, stdin: str = "", options: tuple[str, ...] = ()) -> str:
    """What is written with these commands, in one line."""
    return " ".join(told(program, lines, *options, stdin=stdin).split())


def of(tmp_path: Path, body: str) -> Path:
    """A program with a `main`, in a file."""
    program = tmp_path / "program.py"
    program.write_text(f"import trio\n{textwrap.dedent(body)}\ntrio.run(main)\n", "utf-8")
    return program


def test_lines_are_taken_in_their_order_there_and_back() -> None:
    said = transcript(
        PROGRAM,
        *("step 6", "back ;; p seen, amount", "step 9", "p 'now'"),
        stdin="goto 2\np 'then', amount\ngoto now\np 'at last'\ngoto 9\ncontinue\n",
    )
    there = ("(0, 2)", "the past ends here", "(stepdbg) p 'now'")
    again = ("before step 2 of 6", "('then', ", "(stepdbg) p 'at last'")
    places = [said.index(mark) for mark in (*there, *again)]
    assert places == sorted(places)
    assert "there is no step 9: the run has taken 6 so far" in said
    assert "run 1 ended" in said


def test_it_goes_to_the_beginning_of_the_step_that_is_under_way() -> None:
    said = transcript(
        PROGRAM, "break :pay", "continue", "next", "back", "p amount", "goto now", "q"
    )
    assert "before step 2 of 2" in said


def test_a_lost_update_is_found_by_the_step_that_changed_it() -> None:
    program = ROOT / "tests" / "programs" / "lost_update.py"
    said = transcript(
        program,
        *("continue", "rwatch balance", "p seen, amount"),
        *("rwatch balance", "rwatch balance", "rwatch balance", "rwatch balance +", "quit"),
        options=("--stop-on-failure",),
    )
    first = said.index("this step changes balance from 2 to 3; this is the past, before step 7")
    assert said.index("p seen, amount (0, 3)") > first
    assert said.index("changes balance from 0 to 1") > said.index("changes balance from 1 to 2")
    assert said.index("balance has not changed before that moment") > first
    assert "usage: rwatch" in said


BANK = """
    class Bank:
        def __init__(self):
            self.total = 0

    async def pay(bank, amount):
        seen = bank.total
        await trio.sleep(0.01 * amount)
        bank.total = seen + amount

    def check(bank):
        assert bank.total == 3

    async def main():
        bank = Bank()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(pay, bank, 1)
            nursery.start_soon(pay, bank, 2)
        check(bank)
"""


def test_what_a_function_of_this_step_sees_has_no_past(tmp_path: Path) -> None:
    """But its caller has; and that the caller returns is no change."""
    said = transcript(
        of(tmp_path, BANK),
        *("continue", "rwatch bank.total", "up", "rwatch bank.total", "quit", "quit"),
        options=("--stop-on-failure", "--record"),
    )
    assert "there is no earlier bank.total: its function had not begun before that step" in said
    assert "this step changes bank.total from 1 to 2" in said
    assert "to nothing" not in said


def test_a_local_variable_is_watched_in_its_frame() -> None:
    said = transcript(PROGRAM, "step 6", "rwatch seen", "p amount", "p seen", "quit", "quit")
    assert "this step changes seen from nothing to 0" in said
    assert "(stepdbg: past) p amount 3 (stepdbg: past) p seen error: NameError" in said


def test_the_last_hits_of_a_breakpoint_are_gone_back_to(tmp_path: Path) -> None:
    program = of(
        tmp_path,
        """
        async def main():
            for number in range(4):
                print(number)
                await trio.sleep(0)
            await trio.sleep(0)
        """,
    )
    back = ("rcontinue", "p 'was', number")
    said = transcript(program, "break 7", "c", "break 5", *back, *back, "next", "goto now", *back)
    assert said.count("('was', 3)") == 2
    assert said.index("('was', 3)") < said.index("('was', 2)")
    assert "inside step 4 of main" in said, "after `next`"


@pytest.mark.parametrize(
    ("body", "deed"),
    [
        ("open(FILE, 'w').close()", "open '{file}' for writing"),
        ("await trio.to_thread.run_sync(len, '')", "start a thread"),
        (
            "import os; os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
            "start a child process",
        ),
        ("await trio.open_tcp_listeners(0, host='127.0.0.1')", "bind a socket"),
    ],
)
def test_what_reaches_beyond_the_process_is_not_done_again(
    tmp_path: Path, body: str, deed: str
) -> None:
    file = tmp_path / "written"
    program = of(
        tmp_path,
        f"""
        FILE = {str(file)!r}
        async def main():
            await trio.sleep(0)
            {body}
            await trio.sleep(0)
            await trio.sleep(0)
        """,
    )
    said = transcript(program, "break 8", "continue", "back", "p 1", "goto 2", "p 2 + 2", "q", "q")
    refused = f"program.py:6 would {deed.format(file=file)} once more"
    assert refused.replace(" ", "") in said.replace(" ", "")  # a long path is broken at the margin
    assert said.index("(stepdbg) p 1") > said.index("there is no way beyond step")
    assert "(stepdbg: past) p 2 + 2 4" in said, "it is done after the second step began"


def test_a_run_that_does_something_else_is_told(tmp_path: Path) -> None:
    program = of(
        tmp_path,
        """
        import os
        first = os.getpid()
        async def main():
            async with trio.open_nursery() as nursery:
                if os.getpid() == first:
                    nursery.start_soon(trio.sleep, 0)
                nursery.start_soon(trio.sleep, 0)
            await trio.sleep(0)
        """,
    )
    said = transcript(program, "step 4", "back", "p 1", "q")
    assert "executed once more, the run does something else: main/1 should take step" in said
    assert "(stepdbg) p 1 1" in said


def test_why_there_is_no_way_back_is_said(tmp_path: Path) -> None:
    program = of(
        tmp_path,
        """
        import os
        kept = os.pipe()
        async def main():
            await trio.sleep(0)
        """,
    )
    assert "a pipe was open when the run began" in transcript(program, "step", "back", "q")


def test_a_log_file_is_open_and_has_each_line_once(tmp_path: Path) -> None:
    file = tmp_path / "log"
    program = of(
        tmp_path,
        f"""
        log = open({str(file)!r}, "w", buffering=1)
        source = open(__file__)
        async def main():
            for number in range(4):
                log.write(f"{{number}}\\n")
                line = source.readline()
                await trio.sleep(0)
        """,
    )
    said = transcript(program, "step 3", "goto 3", "p number, line", "goto now", "p number", "c")
    assert "(stepdbg: past) p number, line (1, '\\n')" in said
    assert "(stepdbg) p number 2" in said
    assert file.read_text() == "0\n1\n2\n3\n"


UNCONTROLLED = """
        import os, socket
        async def main():
            await trio.sleep(0)
            left, right = socket.socketpair()
            await trio.sleep(0)
            os.getrandom(1)
            await trio.to_thread.run_sync(len, "")
            await trio.sleep(0)
            await trio.sleep(0)
"""


def test_what_is_not_controlled_is_said_beforehand(tmp_path: Path) -> None:
    program = of(tmp_path, UNCONTROLLED)
    said = transcript(
        program,
        *("break 11", "continue", "goto 2", "p 'two'", "goto now", "goto 3", "p 'three'"),
        *("goto now", "back", "p 'refused'", "q"),
    )
    named = "warning: a re-execution does not control a socket or pipe at program.py:6"
    thread = "warning: a re-execution does not control a thread at program.py:9"
    deed = "program.py:9 would start a thread once more"
    marks = ("p 'two'", named, "p 'three'", thread, deed, "p 'refused'")
    places = [said.index(mark) for mark in marks]
    assert places == sorted(places), said
    assert said.count("does not control a socket") == 1, "it is said once"


def test_what_no_tape_holds_is_said_beforehand(tmp_path: Path) -> None:
    program = of(tmp_path, UNCONTROLLED.replace("os.getrandom(1)", "os.system('true')"))
    commands = ("break 11", "continue", "goto 2", "goto now", "back", "q", "q")
    said = transcript(program, *commands, options=("--tape",))
    _, _, first, _, second, *_ = said.split("(stepdbg")[1:]
    process = "warning: the tape does not hold a child process at program.py:8"
    assert process in first  # a tape does not say in which step that was
    assert process not in second, "it is said once"
    assert "there is no way beyond step 3: the tape does not hold a child process" in second


LOOP = """
async def main():
    for number in range(4):
        print(number)
        await trio.sleep(0)
    await trio.sleep(0)
"""


@pytest.mark.parametrize(
    ("way", "place", "seek", "nothing"),
    [
        (("goto 3",), "before step 3", "rcontinue", "no breakpoint was hit"),
        (("goto 2", "step"), "before step 3", "rcontinue", "no breakpoint was hit"),
        (("goto 3",), "before step 3", "rwatch number.real", "number.real has not changed"),
    ],
)
def test_who_finds_nothing_stays_at_the_moment(
    tmp_path: Path, way: tuple[str, ...], place: str, seek: str, nothing: str
) -> None:
    stays = (seek, "p 'stays', number", "goto now", "quit")
    said = transcript(of(tmp_path, LOOP), "break 7", "continue", *way, *stays)
    found = f"{nothing} before that moment; this is the past, {place} of 5"
    assert found in said
    assert said.index(found) < said.index("(stepdbg: past) p 'stays', number ('stays', 1)")


def test_who_finds_no_earlier_hit_stays_at_the_hit(tmp_path: Path) -> None:
    back = ("rcontinue", "p 'was', number")
    said = transcript(
        of(tmp_path, LOOP), "break 7", "c", "break 5 if number == 2", *back, *back, "goto now", "q"
    )
    assert said.count("(stepdbg: past) p 'was', number ('was', 2)") == 2
    assert "no breakpoint was hit before that moment; this is the past, in step 3 of 5" in said


def test_in_the_middle_of_a_step_its_beginning_is_shown_again(tmp_path: Path) -> None:
    way = ("goto 3", "next", "next", "p 'mid', number")
    said = transcript(
        of(tmp_path, LOOP), "break 7", "c", *way, "rcontinue", "p 'again', number", "goto now", "q"
    )
    assert "('mid', 2)" in said
    assert "no breakpoint was hit before that moment; this is the past, before step 3 of 5" in said
    assert "('again', 1)" in said
