"""Events: what happens to a run and needs no answer.

Owns: the lines of each event, of a note, of a lint and of a token.
Does not own: stops (stops).
"""

from __future__ import annotations

from typing import assert_never

from stepdbg.model.lints import Lint, LintFound
from stepdbg.model.stops import (
    DeadlockFound,
    Event,
    HaltDelayed,
    Note,
    Output,
    ProgramEnded,
    QuitDelayed,
    Resumed,
    RunEnded,
    RunStarted,
    StepLasts,
    StepUnderWay,
    Stop,
    TokenTold,
    Traced,
)

from . import knots, trace, waits, words
from .spans import EMPTY, Line, clean_lines, text, wrap


def render_event(event: Event, width: int) -> list[Line]:
    """An event in a line or two."""
    match event:
        case RunStarted():
            return wrap(_run_started(event), width)
        case RunEnded():
            return wrap(_run_ended(event), width, indent=2, first=0)
        case Resumed():
            return wrap(text(f"run {event.run} goes on: {event.how}", "dim"), width)
        case Note():
            return note(event.text, event.level, width)
        case Output():
            written = clean_lines(event.text.removesuffix("\n"))  # no empty line after the last one
            return [part for line in written for part in wrap(text(line), width)]
        case DeadlockFound():
            return knots.render_deadlock(event.deadlock, width)
        case TokenTold():
            return token(event)
        case LintFound():
            return lint(event.lint, width)
        case HaltDelayed():
            return _halt_delayed(event, width)
        case StepLasts():
            return _under_way(event.step, width)
        case QuitDelayed():
            return _quit_delayed(event, width)
        case Traced():
            return trace.render_traced(event, width)
        case ProgramEnded():
            return wrap(_program_ended(event), width, indent=2, first=0)
        case _:
            assert_never(event)


def _halt_delayed(event: HaltDelayed, width: int) -> list[Line]:
    """Which step has to end before the run stops, and where it is."""
    then = "the run stops when this step ends"
    if event.way_out:
        then += f"; Ctrl-C again {event.way_out}"
    return [*_under_way(event.step, width), *wrap(text(then), width, indent=2, first=2)]


def _under_way(step: StepUnderWay, width: int) -> list[Line]:
    """Which step has not ended, how long it has lasted, and where it is."""
    who = text(f"run {step.run}") if step.task is None else words.task(step.task)
    lasts = text(" is in the middle of a step")
    if step.seconds is not None:
        lasts = text(" has not yielded for ") + words.duration(step.seconds)
    lines = wrap(text("note: ", "key") + who + lasts, width, indent=2, first=0)
    for count, place in enumerate(step.stack):
        says = text("called from " if count else "") + words.place_in(place)
        lines += wrap(says + text(": ") + words.code(place), width, indent=6, first=2)
    return lines


def _quit_delayed(event: QuitDelayed, width: int) -> list[Line]:
    """That the program has not ended yet, and which tasks keep it from ending."""
    ends = event.way_out and f"{event.way_out} ends it at once, without the rest of its cleanup"
    if not event.blockers and not event.under_way:
        said = "the program is ending, its cleanup goes on"
        return note("; ".join(filter(None, (said, ends))), "note", width)
    lines = note(f"the program has not ended in {event.seconds:g} s, because", "note", width)
    for step in event.under_way:
        who = text(f"run {step.run}") if step.task is None else words.task(step.task)
        where = () if step.place is None else text(", ") + words.place(step.place)
        says = who + text(" is in the middle of a step") + where
        lines += wrap(says, width, indent=6, first=2)
    for link in event.blockers:
        lines += wrap(waits.sentence(link), width, indent=6, first=2)
    if event.unlisted:
        lines += wrap(text(f"and {event.unlisted} more tasks", "dim"), width, first=2)
    return [*lines, *(wrap(text(ends, "dim"), width) if ends else ())]


def token(event: Stop | TokenTold) -> list[Line]:
    """The schedule of a run up to now, if the stop or event has one."""
    if event.token is None:
        return []
    from .schedule import render_token  # few stops have one

    return render_token(event.token)


def note(sentence: str, level: str, width: int) -> list[Line]:
    """A sentence of stepdbg's, with its level unless that is `done`."""
    if level == "done":
        return wrap(text(sentence), width)
    style = "warn" if level == "warning" else "key"
    return wrap(text(f"{level}: ", style) + text(sentence), width, indent=2, first=0)


def lint(found: Lint, width: int) -> list[Line]:
    """What looks wrong, with the name of the lint."""
    return wrap(text(f"{found.name}: ", "warn") + text(found.text), width, indent=2, first=0)


def _run_started(event: RunStarted) -> Line:
    how = ", as a guest of another event loop" if event.guest else ""
    thread = "" if event.thread == "MainThread" else f", in thread {event.thread}"
    return text(f"run {event.run}", "title") + text(f" begins{thread}{how}")


def _run_ended(event: RunEnded) -> Line:
    after = words.duration(event.time)
    head = text(f"run {event.run}", "title")
    if event.outcome == "raised":
        return head + text(" ended after ") + after + text(": ") + text(event.detail, "error")
    if event.outcome == "quit":
        return head + text(" was quit after ") + after
    return head + text(" ended after ") + after


def _program_ended(event: ProgramEnded) -> Line:
    code = EMPTY
    if event.exit_code is not None:
        style = "good" if event.exit_code == 0 else "error"
        code = text(", exit code ") + text(str(event.exit_code), style)
    detail = text(": ") + text(event.detail) if event.detail else EMPTY
    return text("the program ended", "title") + code + detail
