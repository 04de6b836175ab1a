"""`step`, `continue`, `halt`, `quit`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdbg.model.replies import Answer, Failure, Message
from stepdbg.model.stops import Continue, Quit, Resume, StepTask
from tests.commands.fakes import MAIN, READER, RUN, WORKER_1, WORKER_2, Talk, only, stop


@pytest.mark.parametrize(
    ("line", "resume"),
    [
        ("step", StepTask()),
        ("s", StepTask()),
        ("step 12", StepTask(count=12)),
        ("step worker#2", StepTask((WORKER_2.number,))),
        ("step main 3", StepTask((MAIN.number,), 3)),
        ("step 4 2", StepTask((WORKER_2.number,), 2)),
        ("step 'my reader'", StepTask((READER.number,))),
        ("step worker", StepTask((WORKER_1.number, WORKER_2.number))),
        ("step wor* 2", StepTask((WORKER_1.number, WORKER_2.number), 2)),
        ("step -o worker#2", StepTask((WORKER_2.number,), alone=True)),
        ("continue", Continue()),
        ("c", Continue()),
        ("cont", Continue()),
        ("quit", Quit()),
        ("q", Quit()),
        ("exit", Quit()),
    ],
)
def test_how_the_run_goes_on(line: str, resume: Resume) -> None:
    assert Talk().do(line) == Answer(resume=resume)


def test_a_count_that_is_a_task_number_too_is_pointed_out() -> None:
    answer = Talk().do("step 4")

    assert answer.resume == StepTask(count=4)
    note = only(answer, Message)
    assert note.level == "note"
    assert "`step 4 1`" in note.text
    assert "worker#2 (4)" in note.text


@pytest.mark.parametrize("line", ["step 2", "step 1", "step 99"])
def test_other_counts_are_not(line: str) -> None:
    assert Talk().do(line).replies == ()


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("step 0", "at least one"),
        ("step main 0", "at least one"),
        ("step main x", "x is not a number of steps"),
        ("step main 1 2", "2"),
        ("step nobody", "nobody"),
        ("step -o worker", "`worker` means worker#1 (3), worker#2 (4)"),
        ("step -x", "-x"),
        ("continue 3", "3"),
        ("quit now", "now"),
    ],
)
def test_bad_arguments_do_not_resume(line: str, word: str) -> None:
    answer = Talk().do(line)

    assert answer.resume is None
    assert word in only(answer, Failure).text


def test_s_at_a_line_says_once_what_pdbs_s_is() -> None:
    talk = Talk()
    assert talk.do("s").replies == ()
    at_line = replace(stop(), in_step=True)
    talk.stop_again(at_line)
    assert talk.do("step").replies == ()
    talk.stop_again(at_line)
    answer = talk.do("s")
    assert answer.resume == StepTask()
    assert "type `i`" in only(answer, Message).text
    talk.stop_again(at_line)
    assert talk.do("s") == Answer(resume=StepTask())


@pytest.mark.parametrize("line", ["step", "continue"])
def test_a_run_that_is_not_alive_does_not_go_on(line: str) -> None:
    talk = Talk()
    talk.inspector.picture = replace(RUN, state="dumped")

    assert "needs a live run" in talk.failure(line).text


def test_halt_asks_a_running_program_to_stop() -> None:
    talk = Talk()
    only(talk.running("halt"), Message)

    assert talk.controller.told == ["halt"]


def test_halt_at_a_stop_fails() -> None:
    talk = Talk()

    assert "held already" in talk.failure("halt").text
    assert talk.controller.told == []


def test_a_second_quit_is_hard() -> None:
    talk = Talk()
    talk.do("quit")

    assert talk.do("quit").resume == Quit(hard=True)


def test_a_quit_at_a_later_stop_is_the_first_there() -> None:
    """In a process that is not ours the first one has ended another run."""
    talk = Talk()
    talk.do("quit")
    talk.stop_again()

    assert talk.do("quit").resume == Quit(hard=False)


def test_quit_while_running() -> None:
    talk = Talk()
    first = only(talk.running("quit"), Message)
    second = only(talk.running("q"), Message)

    assert talk.controller.told == ["quit", "quit hard"]
    assert "cleanup" in first.text
    assert second.text == "the program ends now"


def test_a_quit_at_a_stop_after_one_while_running_is_hard() -> None:
    talk = Talk()
    talk.running("quit")

    assert talk.do("quit").resume == Quit(hard=True)
