"""What a child does to run single schedules for an explanation.

Owns: `Trials`, `in_order`; `packed`, which turns what came of a schedule into plain values.
Does not own: forks (children), trying many (workers), what follows (explaining).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepdbg.engine.exploring.deviating import FactFinder
from stepdbg.engine.exploring.explored import MOST_STEPS
from stepdbg.engine.exploring.lateness import lateness_of
from stepdbg.engine.exploring.trying import (
    FoundWrong,
    Tried,
    is_lock_cycle,
    text_of,
    try_once,
)
from stepdbg.model.standard import time
from stepdbg.render.knots import render_deadlock
from stepdbg.render.spans import plain

from .children import Chance, Child, Output, Said, Say, Work, get_ready

if TYPE_CHECKING:
    from collections.abc import Callable

    from stepdbg.engine.exploring.calls import Repeatable
    from stepdbg.engine.exploring.choosers import Chooser
    from stepdbg.engine.exploring.lateness import Lateness
    from stepdbg.engine.exploring.step_notes import StepNotes

    from .retries import Packed

_REPEATED = 50
"""If so many schedules in a row repeat earlier orders, hardly any other order is left."""

_WIDTH = 100
"""Columns for the text about a deadlock."""


class Trials:
    """Runs schedules in children, see `retries.Tries`.

    Args:
        call: what is run.
        answer: gives the message of a child.
        seed: the seed of random choices.
        alone: whether each schedule needs a process of its own.
    """

    def __init__(
        self, call: Repeatable, answer: Callable[[Child], Said], seed: int, *, alone: bool
    ) -> None:
        self._call, self._answer, self._seed, self._alone = call, answer, seed, alone

    def once(
        self,
        chooser: Chooser,
        late: Lateness | None,
        step_notes: StepNotes | None = None,
        *,
        text: bool = False,
        most: int = MOST_STEPS,
    ) -> Packed | None:
        """What comes of one schedule in a child, see `retries.Tries`."""
        work = in_order(self._call, chooser, late, step_notes, text=text, most=most)
        said = self._answer(Child(work))
        return said[1] if said[0] == "tried" else None

    def up_to_fault(
        self,
        chooser: Chooser,
        first: int,
        last: int,
        late: float,
        until: float,
        most: int = MOST_STEPS,
    ) -> tuple[int, Packed | None]:
        """Try schedules in children, up to one that fails, see `retries.Tries`."""
        seed = self._seed
        number = first
        while number < last and time.monotonic() <= until:
            work = first_fault(
                self._call,
                chooser,
                range(number, number + 1 if self._alone else last),
                lambda number: lateness_of(late, chooser, seed, number),
                until,
                most,
            )
            said = self._answer(Child(work))
            if said[0] != "stopped":
                return last, None
            _, number, failed = said
            if failed is not None or not self._alone:
                return number, failed
        return number, None


def in_order(
    call: Repeatable,
    chooser: Chooser,
    late: Lateness | None = None,
    step_notes: StepNotes | None = None,
    *,
    text: bool = True,
    most: int = MOST_STEPS,
) -> Work:
    """The work of a child that runs the call once.

    chooser: chooses the order.
    late: see `try_once`.
    step_notes: notes more of each step, if the message must include that.
    text: see `packed`.
    most: see `try_once`.
    """
    chance = Chance()

    def work(say: Say) -> None:
        output = Output()
        get_ready()
        chance.restore()
        tried = try_once(call, chooser, 0, step_notes=step_notes, late=late, most=most)
        message = packed(tried, output.take(), text=text)
        if step_notes is not None:
            step_notes.end()
            message |= _packed_notes(step_notes)
        facts = chooser.found if isinstance(chooser, FactFinder) else ()
        message["facts"] = [
            (tuple(each.step.task), each.step.nth, tuple(each.task)) for each in facts
        ]
        say(("tried", message))

    return work


def first_fault(
    call: Repeatable,
    chooser: Chooser,
    numbers: range,
    late_of: Callable[[int], Lateness | None],
    until: float,
    most: int,
) -> Work:
    """The work of a child that tries the schedules with some numbers, up to the first that fails.

    late_of: gives, for a number, the lateness in its schedule, see `try_once`.
    until: no schedule begins after this moment of `time.monotonic`.
    most: see `try_once`.

    It ends earlier if the same orders come again and again.
    """
    chance = Chance()

    def work(say: Say) -> None:
        output = Output()
        get_ready()
        orders: set[int] = set()
        repeated = 0
        for number in numbers:
            if repeated == _REPEATED or time.monotonic() > until:
                say(("stopped", number, None))
                return
            chance.restore()
            tried = try_once(call, chooser, number, late=late_of(number), most=most)
            written = output.take()
            if tried.spoilt:
                say(("stopped", number + 1, packed(tried, written, text=False)))
                return
            repeated = repeated + 1 if tried.order in orders else 0
            orders.add(tried.order)
        say(("stopped", numbers.stop, None))

    return work


def _packed_notes(step_notes: StepNotes) -> dict[str, Any]:
    """What was seen of a schedule's steps, as plain values for another process."""
    return {
        "lines": step_notes.lines,
        "usual": [tuple(who) for who in step_notes.usual],
        "names": [(tuple(who), *each) for who, each in step_notes.names.items()],
        "passed": [(place, tuple(who)) for place, _, who in step_notes.passed],
        "touched": step_notes.touched.plain(),
    }


def packed(tried: Tried, output: str, *, text: bool = True) -> dict[str, Any]:
    """What came of a schedule, as plain values for another process.

    text: whether they include the traceback, or who waits for what.
    """
    fault = tried.fault
    return {
        "cut": tried.cut,
        "log": [(who.root, who.path) for who in tried.log],
        "fault": None
        if fault is None
        else (fault.key, fault.title, _text_of(tried) if text else ""),
        "tasks": [(who.root, who.path) for who in tried.logged.tasks],
        "turns": tried.logged.turns,
        "steps": tried.logged.steps,
        "output": output,
        "locks": tried.deadlock is not None and is_lock_cycle(tried.deadlock),
        "fired": [each and (tuple(each.task), each.nth) for each in tried.fired],
        "late": tried.late,
        "own_clock": tried.own_clock,
    }


def _text_of(tried: Tried) -> str:
    """What `Fault.text` says of a schedule that failed."""
    if tried.deadlock is not None:
        return plain(render_deadlock(tried.deadlock, _WIDTH))
    fault, error = tried.fault, tried.error
    if fault is None or fault.text or isinstance(error, FoundWrong):
        return "" if fault is None else fault.text
    return "" if error is None else text_of(error)
