"""The order in which a stop is shown, lines are taken and answers are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

import pytest

from stepdbg.frontends.dialogue import Dialogue, is_silent
from stepdbg.model.replies import Answer, Message, StopShown
from stepdbg.model.stops import Continue, Quit, Resume, StepTask, Stop
from tests.frontends.plain_interpreter import PlainInterpreter, stop_with

if TYPE_CHECKING:
    from stepdbg.model.protocols import Inspector

NO_INSPECTOR = cast("Inspector", None)  # the plain interpreter looks at nothing


class Transcript:
    """A surface that writes down what it is told, and reads from a list."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.seen: list[str] = []

    def show_stop(self, shown: StopShown) -> None:  # noqa: ARG002 - the surface's
        self.seen.append("stop")

    def show_line(self, line: str) -> None:
        self.seen.append(f"> {line}")

    def read_line(self) -> str | None:
        return next(self.lines, None)

    def show_answer(self, answer: Answer) -> None:
        texts = [reply.text for reply in answer.replies if isinstance(reply, Message)]
        self.seen.append(f"= {' '.join(texts)}")


def hold(
    stop: Stop, *, queued: Iterable[str] = (), typed: Iterable[str] = ()
) -> tuple[Resume, list[str], PlainInterpreter]:
    transcript = Transcript(typed)
    interpreter = PlainInterpreter()
    resume = Dialogue(interpreter, transcript, queued).hold(stop, NO_INSPECTOR)
    return resume, transcript.seen, interpreter


def test_lines_are_taken_until_one_resumes() -> None:
    resume, seen, _ = hold(stop_with(), typed=["tasks", "step", "never"])

    assert resume == StepTask()
    assert seen == ["stop", "= tasks", "= "]


def test_the_end_of_input_is_quit() -> None:
    resume, seen, _ = hold(stop_with(), typed=["tasks"])

    assert resume == Quit(hard=False)
    assert seen == ["stop", "= tasks"]


def test_queued_lines_come_first_and_are_shown() -> None:
    resume, seen, _ = hold(stop_with(), queued=["tree"], typed=["continue"])

    assert resume == Continue()
    assert seen == ["stop", "> tree", "= tree", "= "]


def test_what_is_queued_was_not_typed_and_the_rest_of_a_typed_line_was() -> None:
    queued = ["tree", "step ;; tasks"]
    interpreter = PlainInterpreter()
    dialogue = Dialogue(interpreter, Transcript(["step ;; queue ;; continue"]), queued)

    resumes = [dialogue.hold(stop_with(), NO_INSPECTOR) for _ in range(3)]

    assert resumes == [StepTask(), StepTask(), Quit()]
    assert interpreter.fed == [*queued, "tasks", "step ;; queue ;; continue", "queue ;; continue"]
    assert interpreter.typed == ["step ;; queue ;; continue", "queue ;; continue"]


def test_queued_lines_last_over_several_stops() -> None:
    transcript = Transcript(["typed"])
    interpreter = PlainInterpreter()
    dialogue = Dialogue(interpreter, transcript, ["step", "tree", "continue", "queue"])

    resumes = [dialogue.hold(stop_with(), NO_INSPECTOR) for _ in range(3)]

    assert resumes == [StepTask(), Continue(), Quit()]
    assert interpreter.fed == ["step", "tree", "continue", "queue", "typed"]


def test_the_rest_of_a_line_that_resumes_comes_first_at_the_next_stop() -> None:
    interpreter = PlainInterpreter()
    dialogue = Dialogue(interpreter, Transcript(["continue"]), ["step ;; tree", "queue"])

    resumes = [dialogue.hold(stop_with(), NO_INSPECTOR) for _ in range(2)]

    assert resumes == [StepTask(), Continue()]
    assert interpreter.fed == ["step ;; tree", "tree", "queue", "continue"]


def test_lines_of_a_breakpoint_run_before_all_others() -> None:
    resume, seen, interpreter = hold(
        stop_with(("where", "p x")), queued=["tree"], typed=["continue"]
    )

    assert resume == Continue()
    assert interpreter.fed == ["where", "p x", "tree", "continue"]
    assert seen[:5] == ["stop", "> where", "= where", "> p x", "= p x"]


def test_a_resuming_line_ends_the_lists_of_all_breakpoints() -> None:
    resume, _, interpreter = hold(
        stop_with(("where", "continue ;; never", "never"), ("never",)), queued=["never"]
    )

    assert resume == Continue()
    assert interpreter.fed == ["where", "continue ;; never"]


def test_a_block_left_open_by_a_breakpoint_does_not_swallow_the_next_line() -> None:
    _, _, interpreter = hold(stop_with(("block",)), typed=["continue"])

    assert interpreter.fed == ["block", "", "continue"]


def test_silent_keeps_a_stop_from_being_shown_and_is_no_command() -> None:
    resume, seen, interpreter = hold(stop_with(("silent", "p x", "continue")))

    assert resume == Continue()
    assert seen == ["> p x", "= p x", "> continue", "= "]
    assert interpreter.fed == ["p x", "continue"]


@pytest.mark.parametrize(
    ("stop", "silent"),
    [
        (stop_with(), False),
        (stop_with(("p x",)), False),
        (stop_with((" silent ",)), True),
        (stop_with(("silent",), ("silent",)), True),
        (stop_with(("silent",), ()), False),
        (stop_with(("silent",), problem="NameError: x"), False),
    ],
    ids=["no hits", "loud", "silent", "both silent", "one loud", "failed condition"],
)
def test_which_stops_are_silent(stop: Stop, silent: bool) -> None:
    assert is_silent(stop) is silent
